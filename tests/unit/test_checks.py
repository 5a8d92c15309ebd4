"""What the doctor concludes from what AWS answers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import dns.exception
import dns.resolver
import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from earshot.aws.config_store import Config
from earshot.domain.heartbeat_reader import Arrival
from earshot.domain.retention import Found, Round, Violation
from earshot.errors import SecretMissingError
from earshot_ops.checks import finding, heart, keeping, listening, mail, pipeline
from earshot_ops.checks.finding import Check, Level, fail, ok, warn
from earshot_ops.errors import StackError

SENDER = (
    {
        "ParameterKey": "MailFrom",
        "ParameterValue": "alerts@mail.acme.example",
    },
    {"ParameterKey": "MailIdentity", "ParameterValue": "acme.example"},
)


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "Asked")


class Answers:
    """A client whose every operation gives the answer it was made with, or raises it."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers

    def __getattr__(self, operation: str) -> Any:
        answer = self._answers[operation]

        def answered(**request: Any) -> Any:
            found = answer(**request) if callable(answer) else answer
            if isinstance(found, Exception):
                raise found
            return found

        return answered


def on(**parts: Any) -> Any:
    """A target with clients by service under ``clients`` and anything else by name."""
    clients = parts.pop("clients", {})
    access = SimpleNamespace(client=clients.__getitem__, endpoint=None)
    return SimpleNamespace(stage="prod", access=access, **parts)


def levels(check: Check, target: Any) -> list[str]:
    return [f"{one.level} {one.what}: {one.detail}" for one in check(target)]


def stack(status: str) -> dict[str, Any]:
    return {"Stacks": [{"StackStatus": status, "Parameters": list(SENDER)}]}


def test_each_stack_has_its_state() -> None:
    states = {
        "earshot-prod-data": stack("UPDATE_COMPLETE"),
        "earshot-prod-layer": stack("UPDATE_IN_PROGRESS"),
        "earshot-prod-ingest": stack("UPDATE_ROLLBACK_COMPLETE"),
        "earshot-prod-enrich": refused("ValidationError"),
        "earshot-prod-alerts": stack("CREATE_COMPLETE"),
    }
    client = Answers(describe_stacks=lambda **asked: states[asked["StackName"]])
    assert levels(pipeline.check_stacks, on(clients={"cloudformation": client})) == [
        "ok stack earshot-prod-data: UPDATE_COMPLETE",
        "warn stack earshot-prod-layer: UPDATE_IN_PROGRESS",
        "fail stack earshot-prod-ingest: UPDATE_ROLLBACK_COMPLETE",
        "fail stack earshot-prod-enrich: is not there",
        "ok stack earshot-prod-alerts: CREATE_COMPLETE",
    ]


@pytest.mark.parametrize(
    ("name", "waiting", "level"),
    [
        ("deliveries", 1000, "ok"),
        ("deliveries", 1001, "warn"),
        ("deliveries-dlq", 0, "ok"),
        ("mentions-dlq.fifo", 1, "fail"),
    ],
)
def test_a_dead_letter_is_a_failure_and_a_backlog_a_warning(
    name: str, waiting: int, level: str
) -> None:
    count = {"Attributes": {"ApproximateNumberOfMessages": str(waiting)}}
    target = on(queues={name: "url"}, sqs=Answers(get_queue_attributes=count))
    assert levels(pipeline.check_queues, target) == [f"{level} queue {name}: {waiting} messages"]


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((), ["warn alarms: there are none"]),
        (("OK", "INSUFFICIENT_DATA"), ["ok alarms: none of 2 rings"]),
        (("OK", "ALARM"), ["fail alarm a1: says so"]),
    ],
)
def test_an_alarm_that_rings_is_a_failure(states: tuple[str, ...], expected: list[str]) -> None:
    alarms = [
        {"AlarmName": f"a{number}", "StateValue": state, "AlarmDescription": "says so"}
        for number, state in enumerate(states)
    ]
    pages = SimpleNamespace(paginate=lambda **_: [{"MetricAlarms": alarms}])
    target = on(clients={"cloudwatch": SimpleNamespace(get_paginator=lambda _: pages)})
    assert levels(pipeline.check_alarms, target) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (refused("404"), "fail watchlist: was never compiled"),
        (timedelta(minutes=5), "ok watchlist: compiled 5 minutes ago"),
        (timedelta(hours=3), "warn watchlist: compiled 3 hours ago"),
    ],
)
def test_an_old_watchlist_is_a_warning(answer: Any, expected: str) -> None:
    if isinstance(answer, timedelta):
        answer = {"LastModified": datetime.now(UTC) - answer}
    target = on(s3=Answers(head_object=answer), bucket="b")
    assert levels(listening.check_watchlist, target) == [expected]


def test_a_watchlist_that_may_not_be_read_is_not_taken_for_a_missing_one() -> None:
    target = on(s3=Answers(head_object=refused("403")), bucket="b")
    with pytest.raises(ClientError):
        list(listening.check_watchlist(target))


def connected(source: str, *, age: timedelta, heard: bool = False, **parts: Any) -> Any:
    one = SimpleNamespace(
        source=source,
        connection_id="main",
        created_at=datetime.now(UTC) - age,
        cursor={},
        hub=None,
        url="https://news.example/feed" if source == "rss" else None,
    )
    vars(one).update(parts)

    def since(*_: Any, until: datetime) -> Iterator[str]:
        return iter(["delivery"] if heard else [])

    def secrets(*_: str) -> tuple[bytes, ...]:
        if parts.get("secret_missing"):
            raise SecretMissingError("main")
        return (b"s",)

    return on(
        connections=SimpleNamespace(list=lambda: [one], last_error=lambda _: parts.get("error")),
        secrets=SimpleNamespace(secrets=secrets),
        receipts=SimpleNamespace(since=since),
    )


WEEK, HOUR = timedelta(days=7), timedelta(hours=1)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (
            connected("github", age=WEEK, secret_missing=True),
            "fail connection github/main: has no secret, so its deliveries get 503",
        ),
        (
            connected("github", age=WEEK, heard=True),
            "ok connection github/main: was heard within a day",
        ),
        (
            connected("generic", age=WEEK),
            "warn connection generic/main: nothing came for 24 hours",
        ),
        (connected("generic", age=HOUR), "warn connection generic/main: nothing came yet"),
        (
            connected("rss", age=WEEK, error="TimeoutError"),
            "fail connection rss/main: the last fetch failed: TimeoutError",
        ),
        (
            connected("rss", age=WEEK, cursor={"etag": "1"}),
            "ok connection rss/main: the last fetch worked",
        ),
        (connected("rss", age=HOUR), "warn connection rss/main: nothing came yet"),
    ],
)
def test_a_connection_works_is_silent_or_is_broken(target: Any, expected: str) -> None:
    assert levels(listening.check_connections, target) == [expected]


def test_without_connections_sellers_or_operator_nobody_hears_of_anything() -> None:
    config = SimpleNamespace(live=False, operator_email=None)
    target = on(
        connections=SimpleNamespace(list=list),
        sellers=SimpleNamespace(all=list),
        config=SimpleNamespace(get=lambda: config),
    )
    assert levels(listening.check_connections, target) == ["warn connections: there are none"]
    assert levels(listening.check_sellers, target) == ["fail sellers: there are none"]
    assert levels(listening.check_mode, target) == [
        "fail mode: observing without an operator: nobody is mailed"
    ]


@pytest.mark.parametrize(
    ("live", "level"), [(True, "ok mode: live"), (False, "warn mode: observing")]
)
def test_observing_is_a_warning(live: bool, level: str) -> None:
    config = SimpleNamespace(live=live, operator_email="ops@acme.example")
    target = on(
        config=SimpleNamespace(get=lambda: config), sellers=SimpleNamespace(all=lambda: [1])
    )
    (found,) = levels(listening.check_mode, target)
    assert found.startswith(level)
    assert "@" not in found
    assert levels(listening.check_sellers, target) == ["ok sellers: 1"]


# Mail


@pytest.mark.parametrize(
    ("enabled", "production", "expected"),
    [
        (True, True, ["ok SES: out of the sandbox"]),
        (
            True,
            False,
            ["warn SES: in the sandbox: mail goes to verified addresses only, 200 a day"],
        ),
        (False, True, ["fail SES: sending is paused", "ok SES: out of the sandbox"]),
    ],
)
def test_the_sandbox_is_a_warning(enabled: bool, production: bool, expected: list[str]) -> None:
    account = {"SendingEnabled": enabled, "ProductionAccessEnabled": production}
    target = on(clients={"sesv2": Answers(get_account=account)})
    assert levels(mail.check_ses, target) == expected


@pytest.mark.parametrize(
    ("ours", "most", "expected", "advice"),
    [
        (10, 14.0, "ok mail rate: 10 mails a second at most, and SES takes 14", ""),
        (10, 10.0, "ok mail rate: 10 mails a second at most, and SES takes 10", ""),
        (
            10,
            1.0,
            "warn mail rate: 10 mails a second at most, and SES takes 1",
            "lower it: earshot mail --rate 1",
        ),
    ],
)
def test_a_rate_above_that_of_the_account_is_a_warning(
    ours: int, most: float, expected: str, advice: str
) -> None:
    account = {"SendQuota": {"MaxSendRate": most}}
    config = SimpleNamespace(get=lambda: Config(mails_per_second=ours))
    target = on(clients={"sesv2": Answers(get_account=account)}, config=config)
    (found,) = mail.check_rate(target)
    assert (levels(mail.check_rate, target), found.advice) == ([expected], advice)


def mailing(identity: Any = None, parameters: Any = SENDER) -> Any:
    stacks = {"Stacks": [{"StackStatus": "CREATE_COMPLETE", "Parameters": list(parameters)}]}
    return on(
        clients={
            "cloudformation": Answers(describe_stacks=stacks),
            "sesv2": Answers(get_email_identity=identity),
        }
    )


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (refused("NotFoundException"), ["fail identity acme.example: is not known to SES"]),
        (
            {"VerifiedForSendingStatus": True, "DkimAttributes": {"Status": "SUCCESS"}},
            ["ok identity acme.example: is verified", "ok DKIM acme.example: signs"],
        ),
        (
            {"VerifiedForSendingStatus": False},
            [
                "fail identity acme.example: is not verified",
                "warn DKIM acme.example: does not sign: NOT_STARTED",
            ],
        ),
    ],
)
def test_the_sender_is_verified_and_signs(identity: Any, expected: list[str]) -> None:
    assert levels(mail.check_sender, mailing(identity)) == expected


def test_a_stage_without_a_sender_cannot_mail() -> None:
    assert levels(mail.check_sender, mailing(parameters=())) == ["fail sender: there is none"]
    assert levels(mail.check_dmarc, mailing(parameters=())) == []


def test_an_identity_that_may_not_be_read_is_not_taken_for_a_missing_one() -> None:
    with pytest.raises(ClientError):
        list(mail.check_sender(mailing(refused("AccessDeniedException"))))


NO_NAME = dns.resolver.NXDOMAIN()  # type: ignore[no-untyped-call]
NO_ANSWER = dns.exception.Timeout()  # type: ignore[no-untyped-call]


def records(monkeypatch: pytest.MonkeyPatch, **texts: str | Exception) -> None:
    """What DNS answers, by the first label after ``_dmarc``; nothing for other names."""

    def resolve(name: str, kind: str, *, lifetime: float) -> list[Any]:
        assert kind == "TXT"
        found = texts.get(name.split(".")[1], NO_NAME)
        if isinstance(found, Exception):
            raise found
        half = len(found) // 2
        return [SimpleNamespace(strings=(found[:half].encode(), found[half:].encode()))]

    monkeypatch.setattr(dns.resolver, "resolve", resolve)


def test_the_policy_of_the_domain_or_of_the_one_above_it_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records(monkeypatch, mail="v=spf1 -all", acme="v=DMARC1; p=reject ; rua=mailto:x@acme.example")
    assert levels(mail.check_dmarc, mailing()) == ["ok DMARC mail.acme.example: policy reject"]


def test_a_domain_without_a_policy_is_a_warning_with_the_record_to_publish(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records(monkeypatch, mail=NO_NAME, acme="v=DMARC1; nonsense")
    (found,) = mail.check_dmarc(mailing())
    assert (found.level, found.what) == (Level.WARN, "DMARC mail.acme.example")
    assert "_dmarc.mail.acme.example" in found.advice


def test_a_silent_dns_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    records(monkeypatch, mail=NO_ANSWER)
    assert levels(mail.check_dmarc, mailing()) == [
        "warn DMARC mail.acme.example: DNS did not answer: Timeout"
    ]


# The heartbeat


def beaten(minutes_ago: int | None, *, stage: str = "prod", is_known: bool = True) -> Any:
    arrived_at = datetime.now(UTC) - timedelta(minutes=minutes_ago or 0)
    arrival = Arrival(slot=arrived_at - timedelta(seconds=12), arrived_at=arrived_at)
    latest = None if minutes_ago is None else arrival
    target = on(
        heartbeats=SimpleNamespace(latest=lambda: latest),
        posts=SimpleNamespace(head=lambda source, native_id: is_known and (source, native_id)),
    )
    target.stage = stage
    return target


@pytest.mark.parametrize(
    ("minutes_ago", "stage", "said"),
    [
        (3, "prod", "ok heartbeat: the last one arrived 3 minutes ago and took 12 seconds"),
        (16, "prod", "fail heartbeat: the last one arrived 16 minutes ago and took 12 seconds"),
        (None, "prod", "warn heartbeat: none arrived yet"),
        (60, "local", "ok heartbeat: the last one arrived 60 minutes ago and took 12 seconds"),
        (None, "local", "ok heartbeat: does not beat by itself in this stage"),
    ],
)
def test_a_heartbeat_that_stopped_is_told(minutes_ago: int | None, stage: str, said: str) -> None:
    assert levels(heart.check_heartbeat, beaten(minutes_ago, stage=stage)) == [said]


@pytest.mark.parametrize(
    ("is_known", "advice"),
    [(True, "earshot why generic:earshot-heartbeat-20"), (False, "the log of send_heartbeat")],
)
def test_where_a_heartbeat_stopped_is_where_to_look(is_known: bool, advice: str) -> None:
    (found,) = heart.check_heartbeat(beaten(30, is_known=is_known))
    assert advice in found.advice


# Checks that could not look


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (refused("AccessDenied"), "AWS refused Asked: AccessDenied"),
        (NoCredentialsError(), "cannot be looked at: Unable to locate credentials"),
        (StackError("no stack"), "cannot be looked at: no stack"),
    ],
)
def test_a_check_that_could_not_look_is_a_failure(error: Exception, detail: str) -> None:
    def check_the_weather(_target: Any) -> Iterator[finding.Finding]:
        raise error

    (found,) = finding.run(check_the_weather, on())
    assert (found.level, found.what, found.detail) == (Level.FAIL, "the weather", detail)


def test_what_a_check_found_is_all_it_found() -> None:
    found = (ok("a", "b"), warn("a", "b", "c"), fail("a", "b", "c"))
    assert finding.run(lambda _: iter(found), on()) == found


def scan(**changes: Any) -> Any:
    now = datetime.now(UTC)
    report = Round.model_validate({"started_at": now, "finished_at": now, "rows": 5, **changes})
    return on(scans=SimpleNamespace(report=lambda: report))


def test_a_scan_that_found_nothing_lately_is_well() -> None:
    assert levels(keeping.check_holdings, scan()) == [
        "ok scan of all stores: 5 rows and 0 objects, 0 days ago: nothing found"
    ]


def test_a_scan_that_is_too_old_or_never_was_is_told() -> None:
    old = datetime.now(UTC) - timedelta(days=2, hours=1)
    (late,) = keeping.check_holdings(scan(finished_at=old))
    assert (late.level, late.what) == (Level.FAIL, "scan of all stores")
    never = on(scans=SimpleNamespace(report=lambda: None))
    (none,) = keeping.check_holdings(never)
    assert (none.level, none.detail) == (Level.WARN, "none was finished yet")


@pytest.mark.parametrize("violation", list(Violation))
def test_each_kind_of_finding_says_where_and_what_to_do(violation: Violation) -> None:
    named = (Found(violation=violation, place="LINK#1 LINK"),)
    (told,) = keeping.check_holdings(scan(counts={violation: 1_200}, named=named))
    assert told.level is Level.FAIL
    assert told.detail == "1,200 places, such as LINK#1 LINK"
    assert told.advice.endswith("see the runbook, what the scan finds")


def test_a_finding_whose_keys_were_forgotten_is_counted() -> None:
    (told,) = keeping.check_holdings(scan(counts={Violation.ERASED: 2}))
    assert told.detail == "2 places"
