"""Whether it all came true."""

from collections.abc import Iterator, Sequence

from earshot.domain.why import Fate, SellerWhy
from earshot_ops.demo import scenario
from earshot_ops.demo.mails import SentMail
from earshot_ops.stores import places_with
from earshot_ops.target import Target

EXPECTED = {
    "sana": ({Fate.ALERTED}, "worth_an_alert"),
    "nora": ({Fate.DIGESTED}, "worth_an_alert"),
    "theo": ({Fate.DIGESTED}, "unsubscribed"),
    "maya": ({Fate.NOT_TOLD}, "muted_topic"),
}
"""Of the post that four sellers hear of in four ways, or not: what became of it, and by which
decision."""


def broken(target: Target, found: Sequence[SentMail]) -> Iterator[str]:
    """A sentence for everything that did not come true."""
    told = {address for mail in found for address in mail.to}
    if len(told) < 4:
        yield f"{len(told)} sellers were mailed where at least 4 were expected"
    digests = [mail for mail in found if mail.subject.startswith("Earshot today")]
    if len(digests) < 4:
        yield f"{len(digests)} digests went out where 4 sellers work at any hour"
    yield from _kept_out(target)
    if target.explainer.why(scenario.NOBODY_URL) is None:
        yield "why knows nothing of the post that nobody heard of"
    alerts = [
        mail for mail in found if mail.to[0].startswith("nora") and "Northwind" in mail.subject
    ]
    if len(alerts) != 1:
        yield f"the delivery that was sent 5 times made {len(alerts)} mails to its owner"
    yield from _decided(target)
    for mail in digests:
        is_told = scenario.DECIDED_WORDS in mail.text
        if is_told != mail.to[0].startswith(("nora", "theo")):
            yield f"the digest to {mail.to[0]} {'has' if is_told else 'lacks'} the last question"


def _kept_out(target: Target) -> Iterator[str]:
    for words, what in (
        (scenario.ERASED_WORDS, "the erased post"),
        (scenario.FORGED_WORDS, "the forged delivery"),
    ):
        for place in places_with(target, words):
            yield f"words of {what} lie in {place}"


def _decided(target: Target) -> Iterator[str]:
    why = target.explainer.why(scenario.DECIDED_URL)
    sellers = [one for signal in (why.signals if why else ()) for one in signal.sellers]
    by_id: dict[str, SellerWhy] = {one.decision.seller_id: one for one in sellers}
    for seller_id, (fates, reason) in EXPECTED.items():
        one = by_id.get(seller_id)
        if one is None:
            yield f"{seller_id} was no candidate for the last question"
        elif one.fate not in fates or one.decision.reason != reason:
            yield f"{seller_id} and the last question: {one.fate}, {one.decision.reason}"
