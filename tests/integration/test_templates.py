"""The built templates and packages, for every stage: what would be deployed, as it would be."""

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from earshot.aws import keys
from earshot.domain import heartbeat
from earshot.flows import settle_mail
from earshot.flows.counting import count
from earshot.settings import Settings
from earshot_ops import build, chalice_configuration, layer
from earshot_ops.chalice_configuration import ROOT, LambdaConfiguration

CONFIGURATION = chalice_configuration.read()
CORE_LIMIT = 60_000_000
LAMBDAS = [(app, name) for app, names in CONFIGURATION.apps.items() for name in names]
AARCH64 = 0xB7

# Promise 7 of the design: only the suffix of an object key, a log stream or a secret's name.
OPEN_SUFFIXES = (
    re.compile(r"^\$\{DataBucketArn\}/[a-z-]+/\*$"),
    re.compile(r"^arn:\S+:log-group:/aws/lambda/earshot-\$\{Stage\}-[a-z_]+:log-stream:\*$"),
    re.compile(r"^arn:\S+:secret:earshot/\$\{Stage\}/connections/(generic/earshot-heartbeat)?\*$"),
)


@dataclass(frozen=True)
class Built:
    stage: str
    folder: Path

    @cached_property
    def data(self) -> dict[str, Any]:
        resources: dict[str, Any] = self._read("data.json")["Resources"]
        return resources

    @cached_property
    def apps(self) -> dict[str, dict[str, Any]]:
        return {app: self._read(f"{app}/sam.json") for app in CONFIGURATION.apps}

    def _read(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    def function(self, app: str, name: str) -> dict[str, Any]:
        resources = self.apps[app]["Resources"]
        found: dict[str, Any] = resources[self.logical_id(app, name)]["Properties"]
        return found

    def logical_id(self, app: str, name: str) -> str:
        return chalice_configuration.logical_id(name, self.configuration(app, name))

    def configuration(self, app: str, name: str) -> LambdaConfiguration:
        return dict(CONFIGURATION.apps.items())[app][name]  # type: ignore[index]

    def of_type(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for resources in (self.data, *(one["Resources"] for one in self.apps.values())):
            for logical_id, resource in resources.items():
                if resource["Type"] == kind:
                    yield logical_id, resource

    def members(self, archive: str) -> list[str]:
        with zipfile.ZipFile(self.folder / archive) as opened:
            return opened.namelist()


@pytest.fixture(scope="module", params=sorted(CONFIGURATION.stages))
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    stage: str = request.param
    return Built(stage, build.build(stage, tmp_path_factory.mktemp(stage)))


def _queue(built: Built, name: str) -> dict[str, Any]:
    found: dict[str, Any] = built.data[name]["Properties"]
    return found


@pytest.mark.parametrize("name", ["Deliveries", "Mentions", "Inbox"])
def test_every_queue_has_a_dead_letter_queue_that_keeps_14_days(built: Built, name: str) -> None:
    redrive = _queue(built, f"{name}Queue")["RedrivePolicy"]
    assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": [f"{name}Dlq", "Arn"]}
    assert redrive["maxReceiveCount"] == 5
    dlq = _queue(built, f"{name}Dlq")
    assert dlq["MessageRetentionPeriod"] == 14 * 86400
    assert dlq.get("FifoQueue") == _queue(built, f"{name}Queue").get("FifoQueue")


def test_there_is_no_queue_beyond_these(built: Built) -> None:
    names = {name for name, _ in built.of_type("AWS::SQS::Queue")}
    assert names == {
        f"{name}{end}" for name in ("Deliveries", "Mentions", "Inbox") for end in ("Queue", "Dlq")
    }


@pytest.mark.parametrize(
    ("queue", "app", "consumer"),
    [
        ("Deliveries", "enrich", "understand_posts"),
        ("Mentions", "enrich", "decide_signals"),
        ("Inbox", "enrich", "import_dropped"),
    ],
)
def test_a_message_stays_hidden_six_times_as_long_as_its_consumer_may_run(
    built: Built, queue: str, app: str, consumer: str
) -> None:
    assert _queue(built, f"{queue}Queue")["VisibilityTimeout"] == {"Ref": f"{queue}Visibility"}
    given = build.visibilities(CONFIGURATION)[f"{queue}Visibility"]
    assert int(given) >= 6 * built.function(app, consumer)["Timeout"]


@pytest.mark.parametrize(
    ("app", "consumer"),
    [
        ("enrich", "understand_posts"),
        ("enrich", "decide_signals"),
        ("enrich", "import_dropped"),
        ("alerts", "send_alerts"),
    ],
)
def test_batches_fail_one_record_at_a_time(built: Built, app: str, consumer: str) -> None:
    (source,) = built.function(app, consumer)["Events"].values()
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["Properties"].get("Queue", source["Properties"].get("Stream")) != "merged"


def test_the_stream_brings_nothing_but_outbox_inserts(built: Built) -> None:
    (source,) = built.function("alerts", "send_alerts")["Events"].values()
    (only,) = source["Properties"]["FilterCriteria"]["Filters"]
    assert json.loads(only["Pattern"]) == {
        "eventName": ["INSERT"],
        "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "OUTBOX#"}]}}},
    }


def test_no_bucket_is_public_or_open_without_tls(built: Built) -> None:
    artifacts = json.loads((built.folder / "artifacts.json").read_text(encoding="utf-8"))
    for resources in (built.data, artifacts["Resources"]):
        buckets = {k: v for k, v in resources.items() if v["Type"] == "AWS::S3::Bucket"}
        assert buckets
        for name, bucket in buckets.items():
            block = bucket["Properties"]["PublicAccessBlockConfiguration"]
            assert len(block) == 4
            assert all(block.values())
            assert bucket["Properties"]["BucketEncryption"]
            assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"
            (policy,) = [
                one["Properties"]["PolicyDocument"]["Statement"]
                for one in resources.values()
                if one["Type"] == "AWS::S3::BucketPolicy"
                and one["Properties"]["Bucket"] == {"Ref": name}
            ]
            (deny,) = policy
            assert deny["Effect"] == "Deny"
            assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_nothing_but_tls_reaches_a_queue(built: Built) -> None:
    queues = {name for name, _ in built.of_type("AWS::SQS::Queue")}
    policies = [built.data[name]["Properties"] for name in ("QueuePolicy", "InboxQueuePolicy")]
    assert {one["Ref"] for policy in policies for one in policy["Queues"]} == queues
    (deny,) = policies[0]["PolicyDocument"]["Statement"]
    _, only_tls = policies[1]["PolicyDocument"]["Statement"]
    assert only_tls == {"Fn::If": ["SpeaksTls", deny, {"Ref": "AWS::NoValue"}]}
    assert (deny["Effect"], deny["Action"]) == ("Deny", "sqs:*")


def test_s3_of_this_account_and_nobody_else_tells_of_dropped_files(built: Built) -> None:
    notified = built.data["RawBucket"]["Properties"]["NotificationConfiguration"]
    (one,) = notified["QueueConfigurations"]
    assert one["Filter"] == {"S3Key": {"Rules": [{"Name": "prefix", "Value": keys.inbox()}]}}
    allow, _ = built.data["InboxQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert allow["Principal"] == {"Service": "s3.amazonaws.com"}
    assert allow["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert built.data["RawBucket"]["DependsOn"] == "InboxQueuePolicy"


def test_only_the_local_stage_does_without_tls(built: Built) -> None:
    conditions = json.loads((built.folder / "data.json").read_text(encoding="utf-8"))["Conditions"]
    assert conditions["SpeaksTls"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "local"]}]}
    policies = ["RawBucketPolicy", "QueuePolicy"]
    assert {built.data[name].get("Condition", "SpeaksTls") for name in policies} == {"SpeaksTls"}


def test_the_table_expires_streams_and_recovers(built: Built) -> None:
    table = built.data["Table"]
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    properties = table["Properties"]
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert properties["StreamSpecification"] == {"StreamViewType": "KEYS_ONLY"}
    assert properties["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"] == 7


@pytest.mark.parametrize(("app", "name"), LAMBDAS)
def test_every_log_is_kept_as_long_as_the_stage_says(built: Built, app: str, name: str) -> None:
    groups = {
        resource["Properties"]["LogGroupName"]["Fn::Sub"]: resource["Properties"]
        for _, resource in built.of_type("AWS::Logs::LogGroup")
    }
    group = groups[f"/aws/lambda/${{{built.logical_id(app, name)}}}"]
    assert group["RetentionInDays"] == CONFIGURATION.stages[built.stage].log_retention_days


@pytest.mark.parametrize(("app", "name"), LAMBDAS)
def test_every_function_has_the_layer_its_size_and_its_place(
    built: Built, app: str, name: str
) -> None:
    function = built.function(app, name)
    configuration = built.configuration(app, name)
    stage = CONFIGURATION.stages[built.stage]
    assert function["FunctionName"] == {"Fn::Sub": f"earshot-${{Stage}}-{name}"}
    assert function["Layers"] == [{"Ref": "CoreLayerArn"}]
    assert function["Timeout"] == configuration.timeout_s
    assert function["MemorySize"] == configuration.memory_mb
    assert function["Runtime"] == layer.RUNTIME
    assert function["Architectures"] == [chalice_configuration.architecture(stage)]
    assert built.stage == "local" or function["Architectures"] == ["arm64"]


@pytest.mark.parametrize("app", sorted(CONFIGURATION.apps))
def test_functions_get_every_setting_and_loopback_in_the_local_stage_only(
    built: Built, app: str
) -> None:
    variables = built.apps[app]["Globals"]["Function"]["Environment"]["Variables"]
    optional = {"EARSHOT_WEBSITE_URL", "EARSHOT_GLEIF_URL", "EARSHOT_PAGES_URL"}
    optional |= {"EARSHOT_HOOKS_URL"}
    optional |= {"EARSHOT_LOOPBACK_HOSTS"} if built.stage != "local" else set()
    assert Settings.model_fields.keys() - optional == {
        name for name in variables if name.startswith("EARSHOT_")
    }
    assert variables["POWERTOOLS_SERVICE_NAME"] == app


@pytest.mark.parametrize(("app", "name"), LAMBDAS)
@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_every_function_has_its_alarms(built: Built, app: str, name: str, metric: str) -> None:
    logical_id = built.logical_id(app, name)
    alarm = built.apps[app]["Resources"][f"{logical_id}{metric}Alarm"]["Properties"]
    assert alarm["MetricName"] == metric
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": logical_id}}]
    assert alarm["AlarmActions"]


def test_dead_letters_and_waiting_messages_have_their_alarms(built: Built) -> None:
    watched = {
        (alarm["MetricName"], alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0]): alarm["Threshold"]
        for _, resource in built.of_type("AWS::CloudWatch::Alarm")
        if (alarm := resource["Properties"])["Namespace"] == "AWS/SQS"
    }
    assert watched == {
        ("ApproximateNumberOfMessagesVisible", "DeliveriesDlq"): 0,
        ("ApproximateNumberOfMessagesVisible", "MentionsDlq"): 0,
        ("ApproximateNumberOfMessagesVisible", "InboxDlq"): 0,
        ("ApproximateAgeOfOldestMessage", "DeliveriesQueue"): 300,
        ("ApproximateAgeOfOldestMessage", "MentionsQueue"): 300,
    }


@pytest.mark.parametrize(
    ("app", "metric"),
    [("alerts", "mail_paused"), ("alerts", "mail_resent"), ("enrich", "retention_violation")],
)
def test_what_must_not_go_unseen_rings_by_the_metric_that_is_counted(
    built: Built,
    app: str,
    metric: str,
    *,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    variables = built.apps[app]["Globals"]["Function"]["Environment"]["Variables"]
    namespace, service = variables["POWERTOOLS_METRICS_NAMESPACE"], "POWERTOOLS_SERVICE_NAME"
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", namespace["Fn::Sub"])
    monkeypatch.setenv(service, variables[service])
    count(metric)
    written = json.loads(capsys.readouterr().out)
    (counted,) = written["_aws"]["CloudWatchMetrics"]
    (alarm,) = (
        resource["Properties"]
        for _, resource in built.of_type("AWS::CloudWatch::Alarm")
        if resource["Properties"]["MetricName"] == metric
    )
    assert namespace == {"Fn::Sub": "Earshot/${Stage}"} == alarm["Namespace"]
    assert counted["Namespace"] == namespace["Fn::Sub"]
    assert counted["Dimensions"] == [[one["Name"] for one in alarm["Dimensions"]]]
    assert [one["Value"] for one in alarm["Dimensions"]] == [written["service"]]
    assert [one["Name"] for one in counted["Metrics"]] == [metric]
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 0)
    assert alarm["TreatMissingData"] == "notBreaching"
    assert alarm["AlarmActions"]


def test_a_heart_that_stops_rings_where_it_beats_by_itself(built: Built) -> None:
    """The local stage has nobody to wake, and its schedules are run by hand."""
    alarm = built.apps["alerts"]["Resources"]["HeartbeatAlarm"]
    assert alarm["Condition"] == "BeatsByItself"
    condition = built.apps["alerts"]["Conditions"]["BeatsByItself"]
    assert condition == {"Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "local"]}]}
    rings = alarm["Properties"]
    assert (rings["MetricName"], rings["Statistic"]) == ("heartbeat_arrived", "Sum")
    assert (rings["Threshold"], rings["ComparisonOperator"]) == (1, "LessThanThreshold")
    assert (rings["Period"], rings["EvaluationPeriods"]) == (900, 1)
    assert rings["TreatMissingData"] == "breaching"
    assert rings["Dimensions"] == [{"Name": "service", "Value": "alerts"}]
    assert rings["AlarmActions"]


def test_the_heart_beats_at_the_beginning_of_each_slot_through_the_public_door(
    built: Built,
) -> None:
    heart = built.function("ingest", "send_heartbeat")
    (event,) = heart["Events"].values()
    assert event["Properties"]["Schedule"] == "cron(0/5 * * * ? *)"
    assert event["Properties"].get("Enabled", True) == (built.stage != "local")
    url = heart["Environment"]["Variables"]["EARSHOT_HOOKS_URL"]["Fn::Sub"]
    assert ("_user_request_/" in url) == (built.stage == "local")
    assert "${RestAPI}" in url


def test_the_heart_may_touch_its_own_secret_and_nothing_else(built: Built) -> None:
    role_id = built.function("ingest", "send_heartbeat")["Role"]["Fn::GetAtt"][0]
    (policy,) = built.apps["ingest"]["Resources"][role_id]["Properties"]["Policies"]
    own, log = policy["PolicyDocument"]["Statement"]
    (secret,) = map(_text, own["Resource"])
    assert secret.endswith(f"/connections/generic/{heartbeat.NAME}*")
    assert log["Sid"] == "OwnLog"


def test_it_rings_when_no_scan_was_finished_for_two_days_whether_or_not_it_runs(
    built: Built,
) -> None:
    alarm = built.apps["enrich"]["Resources"]["ScanUnfinishedAlarm"]["Properties"]
    assert alarm["MetricName"] == "scan_finished"
    assert alarm["Period"] * alarm["EvaluationPeriods"] == 2 * 86_400
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["AlarmActions"]


def test_only_the_scan_may_scan(built: Built) -> None:
    able = {
        name
        for template in built.apps.values()
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role" and "dynamodb:Scan" in json.dumps(resource)
    }
    assert able == {"ScanHoldingsRole"}


def test_every_event_that_ses_publishes_is_known_to_who_settles(built: Built) -> None:
    destination = built.data["MailEvents"]["Properties"]["EventDestination"]
    published = {kind.casefold() for kind in destination["MatchingEventTypes"]}
    assert published == {kind.casefold() for kind in settle_mail.EVENT_TYPES}


def test_who_makes_mails_knows_where_the_links_lead_and_nobody_else(built: Built) -> None:
    """The pages themselves must not: the API is made after their function."""
    told = {
        name: variables["EARSHOT_PAGES_URL"]
        for app, name in LAMBDAS
        if "EARSHOT_PAGES_URL"
        in (variables := built.function(app, name).get("Environment", {}).get("Variables", {}))
    }
    assert set(told) == {"send_alerts", "sweep_outbox"}
    for said in told.values():
        _, own, below = said["Fn::If"]
        assert own == {"Ref": "PagesUrl"}
        embedded = "_user_request_/" in below["Fn::Sub"]
        assert embedded == (built.stage == "local")
        assert "${RestAPI}" in below["Fn::Sub"]


@pytest.mark.parametrize("app", ["ingest", "alerts"])
def test_the_api_is_throttled(built: Built, app: str) -> None:
    (settings,) = built.apps[app]["Resources"]["RestAPI"]["Properties"]["MethodSettings"]
    assert settings["ThrottlingRateLimit"] > 0
    assert settings["ThrottlingBurstLimit"] > 0


def _text(resource: Any) -> str:
    """What a resource of a policy says, with imports as ${DataX}."""
    if isinstance(resource, str):
        return resource
    if "Fn::ImportValue" in resource:
        name = resource["Fn::ImportValue"]["Fn::Sub"].rpartition("-")[2]
        return f"${{Data{name}}}"
    said = resource["Fn::Sub"]
    return said if isinstance(said, str) else str(said[0])


@pytest.mark.parametrize(("app", "name"), LAMBDAS)
def test_a_function_may_do_only_what_it_does(built: Built, app: str, name: str) -> None:
    role_id = built.function(app, name)["Role"]["Fn::GetAtt"][0]
    role = built.apps[app]["Resources"][role_id]["Properties"]
    assert "ManagedPolicyArns" not in role
    (policy,) = role["Policies"]
    for statement in policy["PolicyDocument"]["Statement"]:
        assert statement["Effect"] == "Allow"
        assert not {"NotAction", "NotResource"} & statement.keys()
        assert not any("*" in action for action in statement["Action"])
        if built.stage == "local" and statement["Sid"] == "SendMail":
            assert statement["Resource"] == "*"  # the embedded AWS asks for no other
            continue
        for resource in map(_text, statement["Resource"]):
            is_open = "*" in resource or "?" in resource
            assert not is_open or any(one.fullmatch(resource) for one in OPEN_SUFFIXES), resource


def test_every_role_belongs_to_one_function(built: Built) -> None:
    used = [(app, built.function(app, name)["Role"]["Fn::GetAtt"][0]) for app, name in LAMBDAS]
    assert len(used) == len(set(used))
    assert set(used) == {
        (app, name)
        for app, template in built.apps.items()
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role"
    }


def test_only_alerts_may_send_mail(built: Built) -> None:
    able = {
        app
        for app, template in built.apps.items()
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::IAM::Role" and "ses:Send" in json.dumps(resource)
    }
    assert able == {"alerts"}


def test_what_serves_pages_sends_no_mail_and_reads_nothing_raw(built: Built) -> None:
    role_id = built.function("alerts", "serve_pages")["Role"]["Fn::GetAtt"][0]
    role = json.dumps(built.apps["alerts"]["Resources"][role_id])
    assert "ses:" not in role
    assert "s3:GetObject" not in role
    assert "/raw/" not in role
    assert "dynamodb:DeleteItem" not in role


def test_no_stack_exports_the_layer(built: Built) -> None:
    template = json.loads((built.folder / "layer.json").read_text(encoding="utf-8"))
    assert not any("Export" in output for output in template["Outputs"].values())
    assert template["Resources"]["CoreLayer"]["Properties"]["RetentionPolicy"] == "Retain"


def test_the_layer_holds_the_package_and_what_the_lock_names(built: Built) -> None:
    members = built.members("layer.zip")
    assert "python/earshot/flows/receive_webhook.py" in members
    tops = {name.split("/")[1].removesuffix(".py") for name in members if name[:7] == "python/"}
    lock = (ROOT / "requirements/layer.txt").read_text(encoding="utf-8")
    named = {line.split("==")[0].replace("-", "_") for line in lock.splitlines() if "==" in line}
    named = named - {"pynacl"} | {"nacl", "_cffi_backend"}  # what these two are imported by
    assert {top.partition(".")[0] for top in tops} == named | {"earshot"}


def test_nothing_of_tests_or_development_is_shipped(built: Built) -> None:
    archives = ["layer.zip", *(f"{app}/deployment.zip" for app in CONFIGURATION.apps)]
    unwanted = re.compile(
        r"(^|/)(tests?|conftest\.py|__pycache__|pytest|hypothesis|mypy|ruff|boto3|botocore|"
        r"earshot_ops)(/|$)|\.pyc$|\.dist-info/"
    )
    for archive in archives:
        assert [name for name in built.members(archive) if unwanted.search(name)] == []


@pytest.mark.parametrize("app", sorted(CONFIGURATION.apps))
def test_an_app_ships_its_wiring_and_the_chalice_runtime(built: Built, app: str) -> None:
    members = built.members(f"{app}/deployment.zip")
    assert {name.split("/")[0] for name in members} == {"app.py", "chalice"}
    assert (built.folder / app / "deployment.zip").stat().st_size < 100_000


def test_every_native_library_is_for_the_stage_it_ships_to(built: Built) -> None:
    machines = {}
    with zipfile.ZipFile(built.folder / "layer.zip") as archive:
        for name in archive.namelist():
            header = archive.read(name)[:20]
            if header[:4] == b"\x7fELF":
                machines[name] = int.from_bytes(header[18:20], "little")
    assert any("pydantic_core" in name for name in machines)
    if built.stage != "local":
        assert set(machines.values()) == {AARCH64}


def test_the_layer_is_the_same_byte_for_byte_when_built_again(built: Built, tmp_path: Path) -> None:
    architecture = chalice_configuration.architecture(CONFIGURATION.stages[built.stage])
    size = layer.build(tmp_path / "layer.zip", architecture, libraries=tmp_path / "libraries")
    assert (tmp_path / "layer.zip").read_bytes() == (built.folder / "layer.zip").read_bytes()
    assert size < CORE_LIMIT


def test_what_the_gateway_refuses_by_itself_is_a_problem_body_too(built: Built) -> None:
    """The embedded AWS answers these with its own bodies, so the template is what can be asked."""
    responses = built.apps["ingest"]["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
    assert set(responses) >= {"DEFAULT_4XX", "DEFAULT_5XX", "MISSING_AUTHENTICATION_TOKEN"}
    for response in responses.values():
        headers = response["ResponseParameters"]["Headers"]
        assert headers["Content-Type"] == "'application/problem+json'"


def test_what_the_gateway_refuses_before_a_page_is_a_page_too(built: Built) -> None:
    responses = built.apps["alerts"]["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
    assert set(responses) >= {"DEFAULT_4XX", "DEFAULT_5XX", "MISSING_AUTHENTICATION_TOKEN"}
    for response in responses.values():
        headers = response["ResponseParameters"]["Headers"]
        assert headers["Content-Type"] == "'text/html; charset=utf-8'"
        assert headers["Cache-Control"] == "'no-store'"
        (page,) = response["ResponseTemplates"].values()
        assert page.startswith('<!DOCTYPE html><html lang="en">')
