"""May we send mail, does it flow, and will it arrive? What asks SES or DNS is for AWS only."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import dns.exception
import dns.resolver
from botocore.exceptions import ClientError

from earshot.domain.mail_health import DAYS
from earshot_ops.checks.finding import Finding, fail, ok, warn
from earshot_ops.deployment import stack_name
from earshot_ops.target import Target

_SECONDS = 5.0


def check_flow(target: Target) -> Iterator[Finding]:
    config = target.config.get()
    figures = target.mail_health.figures(datetime.now(UTC), config.mail_resumed_at)
    detail = (
        f"{figures.sent} mails in {DAYS} days, {figures.bounced} bounced, "
        f"{figures.complained} complained about"
    )
    if config.mail_paused_at:
        since = f"{config.mail_paused_at:%Y-%m-%d %H:%M} UTC ({config.mail_paused_reason})"
        advice = "see the runbook, mail is paused; then: earshot mail --resume"
        yield fail("mail", f"is paused since {since}; {detail}", advice)
    else:
        yield ok("mail", f"flows; {detail}")


def check_suppressed(target: Target) -> Iterator[Finding]:
    """The list holds no addresses, so ours are asked for one by one."""
    addresses = [seller.email for seller in target.sellers.all()]
    found = target.mail_health.suppressions(addresses)
    suppressed = sum(address in found for address in addresses)
    detail = f"{suppressed} of {len(addresses)} sellers"
    if suppressed:
        yield warn("suppressed", f"{detail} get no mail", "see who and why: earshot mail")
    else:
        yield ok("suppressed", detail)


def check_rate(target: Target) -> Iterator[Finding]:
    """Of the account, which others may use too."""
    quota = target.access.client("sesv2").get_account()["SendQuota"]
    most, ours = int(quota["MaxSendRate"]), target.config.get().mails_per_second
    detail = f"{ours} mails a second at most, and SES takes {most}"
    if ours > most:
        yield warn("mail rate", detail, f"lower it: earshot mail --rate {max(1, most)}")
    else:
        yield ok("mail rate", detail)


def check_ses(target: Target) -> Iterator[Finding]:
    account = target.access.client("sesv2").get_account()
    if not account["SendingEnabled"]:
        yield fail("SES", "sending is paused", "see the reputation dashboard of SES")
    if account["ProductionAccessEnabled"]:
        yield ok("SES", "out of the sandbox")
    else:
        yield warn(
            "SES",
            "in the sandbox: mail goes to verified addresses only, 200 a day",
            "ask for production access in the SES console",
        )


def check_sender(target: Target) -> Iterator[Finding]:
    sender, identity = sender_of(target)
    if not sender:
        advice = f"make deploy STAGE={target.stage} with an address to send from"
        yield fail("sender", "there is none", advice)
        return
    try:
        found = target.access.client("sesv2").get_email_identity(EmailIdentity=identity)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":
            raise
        advice = "create it in the SES console and follow the mail or the DNS records it shows"
        yield fail(f"identity {identity}", "is not known to SES", advice)
        return
    yield from _identity(identity, found)


def _identity(identity: str, found: dict[str, Any]) -> Iterator[Finding]:
    what = f"identity {identity}"
    if found["VerifiedForSendingStatus"]:
        yield ok(what, "is verified")
    else:
        yield fail(what, "is not verified", "publish the DNS records that SES shows for it")
    status = found.get("DkimAttributes", {}).get("Status", "NOT_STARTED")
    if status == "SUCCESS":
        yield ok(f"DKIM {identity}", "signs")
    else:
        advice = "publish the three CNAME records that SES shows, for the domain of the sender"
        yield warn(f"DKIM {identity}", f"does not sign: {status}", advice)


def check_dmarc(target: Target) -> Iterator[Finding]:
    """RFC 7489, section 6.6.3: the policy of the sender's domain, else of its organisation."""
    domain = sender_of(target)[0].rpartition("@")[2].strip("<> ")
    if not domain:
        return
    what = f"DMARC {domain}"
    try:
        policy = dmarc_policy(domain)
    except dns.exception.DNSException as error:
        yield warn(what, f"DNS did not answer: {type(error).__name__}", "try again later")
        return
    if policy is None:
        advice = f'publish at _dmarc.{domain} the TXT record "v=DMARC1; p=quarantine"'
        yield warn(what, "has no policy, so mailboxes trust it less", advice)
    else:
        yield ok(what, f"policy {policy}")


def sender_of(target: Target) -> tuple[str, str]:
    """Address and SES identity, as the alerts were deployed with."""
    name = stack_name(target.stage, "alerts")
    stack = target.access.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    given = {one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", ())}
    return given.get("MailFrom", ""), given.get("MailIdentity", "")


def dmarc_policy(domain: str) -> str | None:
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        for record in _texts(f"_dmarc.{'.'.join(labels[start:])}"):
            tags = dict(_tags(record))
            if tags.get("v") == "DMARC1" and "p" in tags:
                return tags["p"]
    return None


def _texts(name: str) -> Iterator[str]:
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return
    for record in answer:
        yield b"".join(record.strings).decode(errors="replace")


def _tags(record: str) -> Iterator[tuple[str, str]]:
    for part in record.split(";"):
        name, found, value = part.partition("=")
        if found:
            yield name.strip(), value.strip()
