"""The mails that the embedded AWS took, as files to open."""

import json
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import urllib3

_UNSAFE = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True)
class SentMail:
    message_id: str
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str


def sent(endpoint: str) -> list[SentMail]:
    """All mails since the start, in the order of sending."""
    answer = urllib3.request("GET", f"{endpoint}/_ministack/ses/messages", timeout=30.0)
    by_account: dict[str, list[dict[str, Any]]] = json.loads(answer.data)["messages"]
    return [_mail_of(record) for records in by_account.values() for record in records]


def _mail_of(record: dict[str, Any]) -> SentMail:
    return SentMail(
        message_id=record["MessageId"],
        sender=record["Source"],
        to=tuple(record["To"]),
        subject=record["Subject"],
        text=record["BodyText"] or "",
        html=record["BodyHtml"] or "",
    )


def save(found: list[SentMail], folder: Path) -> None:
    """An ``.eml`` and an ``.html`` each, numbered in the order of sending. The embedded AWS keeps
    subject, addresses and the two bodies of a mail, so these are what the files hold."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("*.eml"), *folder.glob("*.html")):
        old.unlink()
    for number, mail in enumerate(found, start=1):
        name = f"{number:02d}-{_UNSAFE.sub('-', mail.subject).strip('-').lower()[:60]}"
        (folder / f"{name}.eml").write_bytes(_message(mail).as_bytes(policy=SMTP))
        (folder / f"{name}.html").write_text(mail.html, encoding="utf-8")


def _message(mail: SentMail) -> EmailMessage:
    message = EmailMessage()
    message["From"] = mail.sender
    message["To"] = ", ".join(mail.to)
    message["Subject"] = mail.subject
    message["Message-ID"] = f"<{mail.message_id}>"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
