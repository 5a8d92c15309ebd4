"""Hand a mail over, and tell what is known of it afterwards."""

from email import message_from_bytes
from email.policy import default
from typing import Any, cast

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)

from earshot.aws.mailer import Mailer, raw_message
from earshot.domain.mail import Mail
from earshot.errors import MailOutcomeUnknownError, MailRefusedError

MAIL = Mail(
    to="kim@example.com",
    subject="[Hot] Müller & Söhne: complains",
    text="Grüße\n.\nFrom nowhere\n",
    html="<p>Grüße</p>\n",
    thread_id="5f0c",
)


class Ses:
    def __init__(self, answer: Exception | None = None) -> None:
        self.answer = answer
        self.requests: list[dict[str, Any]] = []

    def send_email(self, **request: Any) -> dict[str, str]:
        self.requests.append(request)
        if self.answer:
            raise self.answer
        return {"MessageId": "0102"}


def mailer(ses: Ses, sender: str = "Earshot <alerts@earshot.example>") -> Mailer:
    return Mailer(cast(Any, ses), configuration_set="earshot", sender=sender)


def test_a_mail_is_tagged_with_its_alert_and_goes_to_one_address() -> None:
    ses = Ses()
    assert mailer(ses).send(MAIL, "a1") == "0102"
    (request,) = ses.requests
    assert request["Destination"] == {"ToAddresses": ["kim@example.com"]}
    assert request["ConfigurationSetName"] == "earshot"
    assert request["EmailTags"] == [{"Name": "alert_id", "Value": "a1"}]


def test_a_mail_holds_both_parts_as_they_were_written() -> None:
    ses = Ses()
    mailer(ses).send(MAIL, "a1")
    raw = ses.requests[0]["Content"]["Raw"]["Data"]
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998  # RFC 5322, 2.1.1
    message = message_from_bytes(raw, policy=default)
    parts = {
        part.get_content_type(): part.get_content().replace("\r\n", "\n")
        for part in message.iter_parts()
    }
    assert parts == {"text/plain": MAIL.text, "text/html": MAIL.html}
    assert message["Subject"] == MAIL.subject
    assert message["References"] == "<thread-5f0c@earshot.example>"
    assert message["In-Reply-To"] == "<thread-5f0c@earshot.example>"
    assert message["List-Id"] == "Earshot alerts <alerts.earshot.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None


def headers(mail: Mail) -> list[str]:
    raw = raw_message(mail, "Earshot <alerts@earshot.example>")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    return raw.decode("ascii").partition("\r\n\r\n")[0].split("\r\n")


def test_a_mail_program_can_take_the_reader_off_the_list_by_one_click() -> None:
    """RFC 8058, 3.1. What is longer than a line must not become encoded words."""
    url = "https://actions.example/prod/one-click?t=" + "aB3-_." * 140
    digest = MAIL.model_copy(update={"one_click": url, "list_name": "digest"})
    found = headers(digest)
    assert f"List-Unsubscribe: <{url}>" in found
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in found
    assert "List-Id: Earshot digest <digest.earshot.example>" in found


@pytest.mark.parametrize(
    "url", ["mailto:x@y.example", "https://a>,<b", "https://a b", "https://" + "a" * 999]
)
def test_what_is_no_url_takes_nobody_off_a_list(url: str) -> None:
    found = headers(MAIL.model_copy(update={"one_click": url}))
    assert not [header for header in found if header.startswith("List-Unsubscribe")]


def test_long_identities_stay_in_one_piece() -> None:
    root, address = "a" * 64, f"{'k' * 60}@{'long.' * 30}example"
    found = headers(MAIL.model_copy(update={"thread_id": root, "to": address}))
    assert f"References: <thread-{root}@earshot.example>" in found
    assert f"In-Reply-To: <thread-{root}@earshot.example>" in found
    assert f"To: {address}" in found


def test_an_address_beyond_ascii_is_encoded() -> None:
    found = headers(MAIL.model_copy(update={"to": "kim@bücher.example"}))
    assert "To: kim@=?utf-8?q?b=C3=BCcher?=.example" in found


def client_error(code: str, status: int) -> ClientError:
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(cast(Any, answer), "SendEmail")


@pytest.mark.parametrize(
    ("answer", "code", "permanent"),
    [
        (client_error("MessageRejected", 400), "MessageRejected", False),
        (client_error("BadRequestException", 400), "BadRequestException", True),
        (client_error("TooManyRequestsException", 429), "TooManyRequestsException", False),
        (client_error("SendingPausedException", 400), "SendingPausedException", False),
        (client_error("AccountSuspendedException", 400), "AccountSuspendedException", False),
        (client_error("AccessDeniedException", 403), "AccessDeniedException", False),
        (EndpointConnectionError(endpoint_url="x"), "EndpointConnectionError", False),
        (ConnectTimeoutError(endpoint_url="x"), "ConnectTimeoutError", False),
        (ParamValidationError(report="x"), "ParamValidation", True),
    ],
)
def test_a_known_refusal_says_that_nothing_was_sent(
    answer: Exception, code: str, permanent: bool
) -> None:
    with pytest.raises(MailRefusedError) as raised:
        mailer(Ses(answer)).send(MAIL, "a1")
    assert (raised.value.code, raised.value.permanent) == (code, permanent)


@pytest.mark.parametrize(
    "answer",
    [
        client_error("InternalFailure", 500),
        client_error("ServiceUnavailable", 503),
        ReadTimeoutError(endpoint_url="x"),
        ConnectionClosedError(endpoint_url="x"),
        BotoCoreError(),
    ],
)
def test_what_may_have_been_accepted_is_not_called_refused(answer: Exception) -> None:
    with pytest.raises(MailOutcomeUnknownError):
        mailer(Ses(answer)).send(MAIL, "a1")


def test_an_alert_id_that_cannot_be_a_tag_is_never_sent() -> None:
    ses = Ses()
    with pytest.raises(MailRefusedError, match="alert_id_is_no_tag"):
        mailer(ses).send(MAIL, "a#1")
    with pytest.raises(MailRefusedError, match="alert_id_is_no_tag"):
        mailer(ses).send(MAIL.model_copy(update={"thread_id": "a>b"}), "a1")
    assert ses.requests == []
