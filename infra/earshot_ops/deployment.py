"""Deploy a stage, and remove it: the data stack, the layer, and the apps over them.

Tested on the embedded AWS and by checks of the templates only: never yet in an AWS account.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from earshot_ops import build, chalice_configuration, layer, stacks
from earshot_ops.aws_access import AwsAccess
from earshot_ops.chalice_configuration import ChaliceConfiguration
from earshot_ops.errors import StackError

APPS = ("ingest", "enrich", "alerts")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Choices:
    """What only the deploying person knows. What is empty keeps its value in an update."""

    mail_from: str = ""
    mail_identity: str = ""
    operator_email: str = ""
    loopback_hosts: str = ""
    pages_url: str = ""

    @property
    def identity(self) -> str:
        """The identity verified in SES: unless named, the domain that mail comes from."""
        return self.mail_identity or self.mail_from.rpartition("@")[2]

    def parameters(self) -> dict[str, str]:
        """For the apps; a template takes of them what it declares."""
        return {
            "MailFrom": self.mail_from,
            "MailIdentity": self.identity,
            "LoopbackHosts": self.loopback_hosts,
            "PagesUrl": self.pages_url,
        }


@dataclass(frozen=True)
class Deployed:
    """A stage as it stands. ``settings`` is the environment that `earshot.settings` reads."""

    stage: str
    api_url: str
    outputs: dict[str, str]
    settings: dict[str, str]

    @property
    def pages_url(self) -> str:
        """Where the links in mails lead."""
        return self.settings["EARSHOT_PAGES_URL"]


def stack_name(stage: str, part: str) -> str:
    return f"earshot-{stage}-{part}"


def deploy(stage: str, access: AwsAccess, choices: Choices, *, say: Say) -> Deployed:
    """Build and deploy one stage; safe to repeat. ``OperationError`` says what is wrong."""
    if not choices.mail_from and not stacks.exists(access, stack_name(stage, "alerts")):
        raise StackError("say which address alerts come from: MAIL_FROM=alerts@example.com")
    with build.alone(stage):
        return _deploy_parts(stage, access, choices, say=say)


def _deploy_parts(stage: str, access: AwsAccess, choices: Choices, *, say: Say) -> Deployed:
    configuration = chalice_configuration.read()
    say("building the layer and the apps")
    folder = build.build(stage)
    say("deploying the data")
    data = {"Stage": stage, "OperatorEmail": choices.operator_email}
    data |= build.visibilities(configuration)
    with ThreadPoolExecutor() as pool:
        made = pool.submit(_deploy, access, folder / "data.json", parameters=data)
        artifacts = _deploy(access, folder / "artifacts.json", parameters={})
        made.result()
    bucket = artifacts["ArtifactsBucketName"]
    say("deploying the layer")
    layers = _deploy_layers(access, folder, configuration, bucket=bucket)
    say("deploying the apps")
    parameters = {
        "Stage": stage,
        **layers,
        "LogLevel": configuration.stage(stage).log_level,
        **choices.parameters(),
        "EmbeddedEndpoint": access.endpoint or "",
    }
    _deploy_apps(access, folder, parameters=parameters, bucket=bucket)
    return read(stage, access)


def _deploy_layers(
    access: AwsAccess, folder: Path, configuration: ChaliceConfiguration, *, bucket: str
) -> dict[str, str]:
    """The ARNs by the parameters that take them."""
    stage = configuration.stage(folder.name)
    parameters = {
        "Stage": folder.name,
        "Runtime": layer.RUNTIME,
        "Architecture": chalice_configuration.architecture(stage),
    }
    return _deploy(access, folder / "layer.json", parameters=parameters, bucket=bucket)


def _deploy_apps(
    access: AwsAccess, folder: Path, *, parameters: dict[str, str], bucket: str
) -> None:
    with ThreadPoolExecutor() as pool:
        made = [
            pool.submit(
                _deploy, access, folder / app / "sam.json", parameters=parameters, bucket=bucket
            )
            for app in APPS
        ]
    for one in made:
        one.result()


def _deploy(
    access: AwsAccess, template: Path, *, parameters: dict[str, str], bucket: str = ""
) -> dict[str, str]:
    """`build/<stage>/<part>.json` or `build/<stage>/<app>/sam.json`; each takes of the parameters
    what it declares, and those without a value keep theirs."""
    is_app = template.stem == "sam"
    part = template.parent.name if is_app else template.stem
    name = stack_name(template.parents[is_app].name, part)
    given = {key: value for key, value in parameters.items() if value}
    return stacks.deploy(access, name, template, parameters=given, bucket=bucket)


def read(stage: str, access: AwsAccess) -> Deployed:
    """A stage that is deployed already; ``StackError`` when it is not."""
    data = stacks.outputs(access, stack_name(stage, "data"))
    api = stacks.outputs(access, stack_name(stage, "ingest"))
    url = api["EndpointURL"]
    if access.endpoint:
        url = f"{access.endpoint}/restapis/{api['RestAPIId']}/{stage}/_user_request_/"
    handler = access.client("lambda").get_function_configuration(
        FunctionName=f"earshot-{stage}-sweep_outbox"
    )
    settings: dict[str, str] = handler["Environment"]["Variables"]
    return Deployed(stage=stage, api_url=url, outputs={**data, **api}, settings=settings)
