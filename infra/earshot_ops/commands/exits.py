"""How a command ends: its exit code, and what failed in one plain sentence."""

from enum import IntEnum

from botocore.exceptions import BotoCoreError, ClientError

from earshot.errors import EarshotError
from earshot_ops.connecting import ConnectingError
from earshot_ops.errors import EmbeddedAwsError, OperationError, StackError


class ExitCode(IntEnum):
    OK = 0
    PROBLEMS = 1
    USAGE = 2
    UNREACHABLE = 3


EXPECTED = (OperationError, EarshotError, BotoCoreError, ClientError, OSError)
Expected = OperationError | EarshotError | BotoCoreError | ClientError | OSError

_CREDENTIALS = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_NO_STACK = "ValidationError"


def explain(error: Expected, stage: str) -> tuple[str, ExitCode]:
    """For what commands may raise; anything else is a defect of the command."""
    cause = error.__cause__ if isinstance(error, StackError) else error
    if isinstance(cause, ClientError):
        return _refused(cause, stage), ExitCode.UNREACHABLE
    if isinstance(cause, BotoCoreError):
        return f"AWS cannot be reached: {_without_full_stop(cause)}", ExitCode.UNREACHABLE
    if isinstance(error, StackError | EmbeddedAwsError):
        return str(error), ExitCode.UNREACHABLE
    code = ExitCode.USAGE if isinstance(error, ConnectingError) else ExitCode.PROBLEMS
    return str(error) or type(error).__name__, code


def _refused(error: ClientError, stage: str) -> str:
    code = error.response.get("Error", {}).get("Code", "")
    if code == _NO_STACK and error.operation_name == "DescribeStacks":
        return (
            f"the stage {stage!r} is not deployed there; deploy it with: make deploy STAGE={stage}"
        )
    if code in _CREDENTIALS:
        return f"AWS refuses these credentials ({code}); sign in again or name a --profile"
    return f"AWS refused {error.operation_name}: {code}"


def _without_full_stop(error: BotoCoreError) -> str:
    return " ".join(str(error).split()).rstrip(".")
