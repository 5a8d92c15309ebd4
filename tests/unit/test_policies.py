"""What is said of policies that allow too much, too little, or for a reason."""

import json
from pathlib import Path

import pytest

from earshot_ops import policies
from earshot_ops.deployment import Deployed
from earshot_ops.policies import Permission, Reason

TABLE = "arn:aws:dynamodb:eu-central-1:123456789012:table/t"
BUCKET = "arn:aws:s3:::b"
NAMES = policies.names(
    Deployed("prod", "", {"TableArn": TABLE, "BucketArn": BUCKET}, {}), identity="acme.example"
)
GET = Permission("learn", "dynamodb:GetItem", "${Data.TableArn}")
INDEX = Permission("learn", "dynamodb:Query", "${Data.TableArn}/index/due")
READ = Permission("learn", "s3:GetObject", "${Data.BucketArn}/raw/*")
LOG = Permission("learn", "logs:PutLogEvents", "${Stage}-learn:*")
GRANTS = [GET, INDEX, READ]
CALLS = {
    GET._replace(resource=TABLE),
    INDEX._replace(resource=f"{TABLE}/index/due"),
    READ._replace(resource=f"{BUCKET}/raw/github/x"),
}


def differences(
    grants: list[Permission], calls: set[Permission], *reasons: Reason
) -> dict[Permission, str]:
    used = policies.uses(grants, calls, NAMES)
    return policies.differences(used, calls, policies.excuses(used, reasons))


def reason(of: Permission) -> Reason:
    return Reason(
        functions=(of.function,),
        actions=(of.action,),
        resources=(of.resource,),
        because="it has to be",
    )


def test_what_is_done_and_allowed_is_no_difference() -> None:
    assert differences(GRANTS, CALLS) == {}


@pytest.mark.parametrize(
    "call",
    [
        GET._replace(function="send_alerts", resource=TABLE),
        GET._replace(action="dynamodb:GetItems", resource=TABLE),
        GET._replace(resource=f"{TABLE}2"),
        GET._replace(resource=TABLE.replace(":table/", "xtable/")),
        INDEX._replace(resource=TABLE),
        READ._replace(resource=f"{BUCKET}/journal/raw/github/x"),
        READ._replace(resource="*"),
    ],
)
def test_a_call_of_another_function_action_or_resource_is_not_allowed(call: Permission) -> None:
    assert differences(GRANTS, {*CALLS, call}) == {call: "no policy allows it"}


@pytest.mark.parametrize("grant", GRANTS)
def test_what_is_allowed_and_never_done_needs_a_reason(grant: Permission) -> None:
    calls = {call for call in CALLS if call.action != grant.action}
    found = differences(GRANTS, calls)
    assert found == {grant: "is allowed and not used, without a reason"}
    assert differences(GRANTS, calls, reason(grant)) == {}


def test_of_two_resources_of_a_statement_both_are_to_be_used() -> None:
    journal = READ._replace(resource="${Data.BucketArn}/journal/*")
    assert differences([*GRANTS, journal], CALLS).keys() == {journal}


def test_a_reason_for_what_is_done_after_all_is_wrong() -> None:
    found = differences(GRANTS, CALLS, reason(GET))
    assert found == {GET: "is used, for all that its reason says"}


def test_a_reason_for_what_no_policy_allows_is_wrong() -> None:
    gone = GET._replace(action="dynamodb:Scan")
    found = differences(GRANTS, CALLS, reason(gone))
    assert found == {gone: "has a reason and is not allowed"}


def test_a_reason_may_hold_for_each_function_with_its_own_name() -> None:
    every = Reason(
        actions=(LOG.action,), resources=("${Stage}-{function}:*",), because="Lambda writes logs"
    )
    others = LOG._replace(function="send_alerts", resource="${Stage}-send_alerts:*")
    assert differences([LOG, others], set(), every) == {}
    crossed = LOG._replace(resource="${Stage}-send_alerts:*")
    assert differences([crossed], set(), every).keys() == {crossed, LOG}


def test_what_was_recorded_is_told_by_the_names_of_functions(tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    file.write_text(json.dumps(["earshot-prod-learn", "dynamodb:GetItem", TABLE]) + "\n")
    assert policies.recorded(file, "prod") == {GET._replace(resource=TABLE)}


def test_every_reason_is_given_and_of_a_permission_that_a_policy_has() -> None:
    grants = policies.granted()
    given = policies.reasons()
    assert all(one.because.strip() for one in given)
    assert set(policies.excuses(grants, given)) <= set(grants)


def test_the_table_says_of_each_permission_whether_it_is_used_or_why_not() -> None:
    used = policies.uses([*GRANTS, LOG], CALLS, NAMES)
    excused = policies.excuses(used, [reason(LOG)])
    denied = GET._replace(resource=f"{TABLE}2")
    wrong = policies.differences(used, {*CALLS, denied}, excused)
    lines = policies.table(used, excused, wrong).splitlines()
    assert [line.split(maxsplit=3) for line in lines] == [
        ["function", "action", "resource", "used"],
        [*GET, "yes"],
        [*denied[:2], "table/t2", "no policy allows it"],
        [*INDEX, "yes"],
        [*LOG, "no: it has to be"],
        [*READ, "yes"],
    ]
    assert len({line.index(line.split(maxsplit=3)[3]) for line in lines}) == 1
