"""`chalice.json`: the one configuration of all Chalice apps and stages.

Unknown keys are refused. Each app's own `.chalice/config.json` is rendered from it.
"""

import platform
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from earshot_ops.errors import ConfigurationFileError

ROOT = Path(__file__).resolve().parents[2]

Architecture = Literal["arm64", "x86_64"]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,30}$")]
AppName = Literal["ingest", "enrich", "alerts"]
# CloudWatch Logs takes no other numbers of days.
RetentionDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400]


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class LambdaConfiguration(Strict):
    memory_mb: Annotated[int, Field(ge=128, le=10240)]
    timeout_s: Annotated[int, Field(ge=1, le=900)]
    serves_api: bool = False


class StageConfiguration(Strict):
    architecture: Literal["arm64", "x86_64", "host"]
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"]
    log_retention_days: RetentionDays
    embedded: bool = False
    semantic: bool = False
    consumers_at_most: Annotated[int, Field(ge=2, le=1000)] | None = None


class ChaliceConfiguration(Strict):
    apps: dict[AppName, dict[Word, LambdaConfiguration]]
    stages: dict[Word, StageConfiguration]

    def lambdas(self) -> dict[str, LambdaConfiguration]:
        """Every Lambda of every app by its name."""
        return {name: one for app in self.apps.values() for name, one in app.items()}

    def stage(self, name: str) -> StageConfiguration:
        try:
            return self.stages[name]
        except KeyError:
            known = ", ".join(self.stages)
            raise ConfigurationFileError(f"no stage {name!r} in chalice.json ({known})") from None


def read(path: Path = ROOT / "chalice.json") -> ChaliceConfiguration:
    """``ConfigurationFileError`` says where the file is wrong."""
    try:
        return ChaliceConfiguration.model_validate_json(path.read_bytes())
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
            for problem in error.errors()
        )
        raise ConfigurationFileError(f"{path.name}: {problems}") from error


def architecture(stage: StageConfiguration) -> Architecture:
    """What the stage's Lambdas run on."""
    return host_architecture() if stage.architecture == "host" else stage.architecture


def host_architecture() -> Architecture:
    return "arm64" if platform.machine() in {"aarch64", "arm64"} else "x86_64"


def chalice_name(name: str, one: LambdaConfiguration) -> str:
    """How Chalice itself calls the Lambda: the one behind the API always has the same name."""
    return "api_handler" if one.serves_api else name


def logical_id(name: str, one: LambdaConfiguration) -> str:
    """The resource in the template that `chalice package` writes."""
    if one.serves_api:
        return "APIHandler"
    return "".join(part.capitalize() for part in name.split("_"))


def policy_file(name: str) -> str:
    return f"policy-{name}.json"


def render(configuration: ChaliceConfiguration, app: AppName, *, stage: str) -> dict[str, Any]:
    """The app's `.chalice/config.json` for one stage. Names that CloudFormation knows come in by
    the merge template, since Chalice takes strings only."""
    chosen = configuration.stage(stage)
    return {
        "version": "2.0",
        "app_name": app,
        "automatic_layer": False,
        "autogen_policy": False,
        "layers": [{"Ref": "CoreLayerArn"}],
        "stages": {
            stage: {
                "api_gateway_stage": stage,
                "lambda_architecture": architecture(chosen),
                "log_retention_in_days": chosen.log_retention_days,
                "lambda_functions": {
                    chalice_name(name, one): _render_lambda(name, one)
                    for name, one in configuration.apps[app].items()
                },
            }
        },
    }


def _render_lambda(name: str, one: LambdaConfiguration) -> dict[str, Any]:
    return {
        "iam_policy_file": policy_file(name),
        "lambda_memory_size": one.memory_mb,
        "lambda_timeout": one.timeout_s,
    }
