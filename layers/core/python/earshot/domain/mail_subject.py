"""Subject lines: short, the same for all mails of a thread, and no stranger's but for a name."""

from earshot.domain import mail_wording as wording
from earshot.domain.digest import Digest
from earshot.domain.mail_content import MailContent
from earshot.domain.mail_parts import subject_name
from earshot.domain.models import Intent
from earshot.domain.untrusted import line

LONGEST_SUBJECT = 69

_RE = "Re: "
_LEAST_NAME = 12


def subject_of(content: MailContent) -> str:
    """Made of what began the thread and of the present name, so that it stays. What does not fit
    is taken from the number of posts first, then from the name, never from what happened."""
    intent, _ = begun_with(content)
    start = f"{'[Observing] ' if content.observer else ''}[{label_of(content)}] "
    happened = f": {wording.HEADLINE[intent]}"
    room = LONGEST_SUBJECT - len(_RE + start + happened)
    count = content.root.posts - content.root.moved
    posts = f" ({count:,} posts)" if count > 1 else ""
    if room - len(posts) < _LEAST_NAME:
        posts = ""
    name = subject_name(content.stories[0].signal, room - len(posts))
    answers = _RE if content.alert.alert_id != content.root.alert_id else ""
    return f"{answers}{start}{name}{happened}{posts}"


def label_of(content: MailContent) -> str:
    """How soon to look, at a glance; the same for all mails of a thread."""
    return wording.KIND_LABEL.get(content.root.kind) or wording.label(begun_with(content)[1])


def begun_with(content: MailContent) -> tuple[Intent, int]:
    """Intent and score that the thread began with; the present ones where that was not noted."""
    if content.root.intent is None:
        return content.stories[0].signal.intent, content.decision.relevance.score
    return content.root.intent, content.root.score


def digest_subject(digest: Digest) -> str:
    items = sum(len(group.items) for group in digest.groups) + digest.more_items
    waiting = len(digest.open) + digest.open_more
    parts = [f"{items:,} for you" if items else "nothing new"]
    if waiting:
        parts.append(f"{waiting:,} {'waits' if waiting == 1 else 'wait'} for your answer")
    observing = "[Observing] " if digest.observer else ""
    return line(f"{observing}Earshot today: {', '.join(parts)}", LONGEST_SUBJECT)
