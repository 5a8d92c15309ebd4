"""Hand a mail to SES, and say truly whether it was accepted."""

import re
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import TYPE_CHECKING, Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ProxyConnectionError,
)

from earshot.domain.mail import Mail
from earshot.errors import MailOutcomeUnknownError, MailRefusedError

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

# The answer to SendEmail that no retry changes. The others may be different later, MessageRejected
# too: it is also how SES says that an address is not verified yet.
# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors
_PERMANENT = frozenset({"BadRequestException"})
# No connection, so not a byte of the mail has left.
_NEVER_CONNECTED = (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError)
# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageTag.html
_TAG = re.compile(r"[A-Za-z0-9_.@-]{1,256}")
# A line of a message has 998 octets at most (RFC 5322, 2.1.1).
_URL = re.compile(r"https?://[\x21-\x3b\x3d\x3f-\x7e]{1,900}")
_WHOLE = frozenset({"To", "References", "In-Reply-To", "List-Id", "List-Unsubscribe"})


class _WholeIdentities(EmailPolicy):
    """As SMTP wants it, but what identifies stays in one piece: folded as text, an id or a URL of
    more than a line becomes encoded words, which no mail program reads there."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name in _WHOLE and value.isascii():
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _WholeIdentities(linesep="\r\n")


class Mailer:
    def __init__(self, ses: "SESV2Client", *, configuration_set: str, sender: str) -> None:
        self._ses = ses
        self._configuration_set = configuration_set
        self._sender = sender

    def send(self, mail: Mail, alert_id: str) -> str:
        """The message id of SES. ``MailRefusedError`` when it is known that nothing was sent;
        ``MailOutcomeUnknownError`` when SES may have accepted the mail without our learning it."""
        if not _TAG.fullmatch(alert_id) or not _TAG.fullmatch(mail.thread_id):
            raise MailRefusedError("alert_id_is_no_tag", permanent=True)
        try:
            answer = self._ses.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [mail.to]},
                Content={"Raw": {"Data": raw_message(mail, self._sender)}},
                ConfigurationSetName=self._configuration_set,
                EmailTags=[{"Name": "alert_id", "Value": alert_id}],
            )
        except ClientError as error:
            raise _meaning_of(error) from error
        except ParamValidationError as error:
            raise MailRefusedError("ParamValidation", permanent=True) from error
        except _NEVER_CONNECTED as error:
            raise MailRefusedError(type(error).__name__, permanent=False) from error
        except BotoCoreError as error:
            raise MailOutcomeUnknownError(type(error).__name__) from error
        return answer["MessageId"]


def raw_message(mail: Mail, sender: str) -> bytes:
    """A multipart/alternative message. SES sets Message-ID and Date itself, so mails of one
    thread refer to a root that was never sent."""
    domain = sender.rpartition("@")[2].strip("<> ")
    root = f"<thread-{mail.thread_id}@{domain}>"
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["References"] = root
    message["In-Reply-To"] = root
    message["List-Id"] = f"Earshot {mail.list_name} <{mail.list_name}.{domain}>"  # RFC 2919
    if _URL.fullmatch(mail.one_click):  # RFC 8058: the mail program posts these words there
        message["List-Unsubscribe"] = f"<{mail.one_click}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(mail.text, cte=_lighter(mail.text))
    message.add_alternative(mail.html, subtype="html", cte=_lighter(mail.html))
    return message.as_bytes()


def _lighter(text: str) -> str:
    """Quoted-printable makes three bytes of one that is not ASCII, base64 four of any three."""
    encoded = text.encode()
    tripled = sum(byte > 126 or byte == ord("=") for byte in encoded)
    return "base64" if 6 * tripled > len(encoded) else "quoted-printable"


def _meaning_of(error: ClientError) -> MailRefusedError | MailOutcomeUnknownError:
    """By class of status: 4xx is an answer, 5xx may have come from behind the acceptance."""
    code = error.response["Error"]["Code"]
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    if 400 <= status < 500:
        return MailRefusedError(code, permanent=code in _PERMANENT)
    return MailOutcomeUnknownError(code)
