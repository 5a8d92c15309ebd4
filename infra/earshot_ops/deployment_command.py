"""Deploy a stage to AWS, or remove it.

Tested on the embedded AWS and by checks of the templates only: never yet in an AWS account.
"""

import argparse
import sys

from botocore.exceptions import BotoCoreError, ClientError

from earshot_ops.aws_access import AwsAccess
from earshot_ops.deployment import Choices, deploy
from earshot_ops.errors import OperationError
from earshot_ops.removal import destroy


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="earshot_ops.deployment_command", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    deploying = commands.add_parser("deploy", description=__doc__, help="create or update a stage")
    removing = commands.add_parser("destroy", help="remove the apps of a stage, keep its data")
    for command in (deploying, removing):
        command.add_argument("--stage", required=True, help="a stage of chalice.json: dev, prod")
        command.add_argument("--profile", help="a profile of the AWS configuration")
        command.add_argument("--region", help="an AWS region; else the profile's")
    deploying.add_argument("--mail-from", default="", help="the address that alerts come from")
    deploying.add_argument(
        "--mail-identity", default="", help="its identity in SES; else the domain"
    )
    deploying.add_argument(
        "--pages-url", default="", help="a domain of your own for the pages, https://.../"
    )
    deploying.add_argument("--operator", default="", help="who hears of alarms by mail")
    removing.add_argument(
        "--with-data", action="store_true", help="table and raw data too, for good"
    )
    return parser.parse_args()


def _say(sentence: str) -> None:
    print(f"deployment: {sentence}", file=sys.stderr, flush=True)


def _run(arguments: argparse.Namespace) -> None:
    access = AwsAccess(profile=arguments.profile, region=arguments.region)
    if arguments.stage == "local":
        raise OperationError("the local stage lives in the embedded AWS: use make dev")
    if arguments.command == "destroy":
        destroy(arguments.stage, access, with_data=arguments.with_data, say=_say)
        return
    choices = Choices(
        mail_from=arguments.mail_from,
        mail_identity=arguments.mail_identity,
        operator_email=arguments.operator,
        pages_url=arguments.pages_url,
    )
    _say(
        f"{arguments.stage} answers at {deploy(arguments.stage, access, choices, say=_say).api_url}"
    )


def main() -> int:
    try:
        _run(_arguments())
    except (OperationError, BotoCoreError, ClientError) as error:
        _say(str(error))
        return 1
    except KeyboardInterrupt:
        _say("interrupted; run it again to go on")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
