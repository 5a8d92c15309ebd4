"""SES v2: takes raw mails and keeps them, in the order of their acceptance."""

import base64
from dataclasses import dataclass

from tests.standin.wire import Call, Reply, ServiceError, json_refusal, json_reply

MOST_RECIPIENTS = 50


@dataclass(frozen=True)
class SentMail:
    message_id: str
    sender: str
    to: tuple[str, ...]
    raw: bytes
    tags: dict[str, str]
    configuration_set: str


class Ses:
    def __init__(self) -> None:
        self.mails: list[SentMail] = []
        self.refuse = json_refusal

    def create_email_identity(self, call: Call) -> Reply:
        return json_reply({"IdentityType": "EMAIL_ADDRESS", "VerifiedForSendingStatus": True})

    def send_email(self, call: Call) -> Reply:
        request = call.json()
        to = tuple(request["Destination"]["ToAddresses"])
        if not 1 <= len(to) <= MOST_RECIPIENTS:
            raise ServiceError("BadRequestException", "Recipient count exceeds 50.")
        mail = SentMail(
            message_id=f"mail-{len(self.mails) + 1:06d}",
            sender=request["FromEmailAddress"],
            to=to,
            raw=base64.b64decode(request["Content"]["Raw"]["Data"]),
            tags={tag["Name"]: tag["Value"] for tag in request.get("EmailTags", ())},
            configuration_set=request.get("ConfigurationSetName", ""),
        )
        self.mails.append(mail)
        return json_reply({"MessageId": mail.message_id})
