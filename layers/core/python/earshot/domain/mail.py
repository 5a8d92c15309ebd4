"""Mails, ready to send: what each kind says is in the modules ``mail_…``."""

from collections.abc import Callable
from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from earshot.domain.digest import Digest
from earshot.domain.links import ActionLinks
from earshot.domain.mail_content import Mail, MailContent, PlayShown, Story
from earshot.domain.mail_digest import digest_page
from earshot.domain.mail_page import page_of
from earshot.domain.mail_parts import web_link
from earshot.domain.mail_subject import LONGEST_SUBJECT, digest_subject, subject_of
from earshot.domain.models import Model

__all__ = [
    "LONGEST_SUBJECT",
    "Mail",
    "MailContent",
    "PlayShown",
    "Story",
    "compose",
    "compose_digest",
]

# A mail shows less until both its parts are as light as this: mail clients cut what is longer than
# some 100 KB, and what is sent is a third longer than what is said.
HEAVIEST = 70_000
_POSTS_SHOWN = (5, 3, 1)
_STORIES_SHOWN = (24, 12, 6, 3, 0)


def compose(content: MailContent) -> Mail:
    """The mail about a signal that ``content.alert.kind`` asks for. The same content gives the same
    mail. Nothing of it loads from elsewhere."""
    text, html = _light("signal", partial(page_of, content), _POSTS_SHOWN)
    return Mail(
        to=content.observer or content.seller.email,
        subject=subject_of(content),
        text=text,
        html=html,
        thread_id=content.root.alert_id,
        one_click=_one_click(content.links),
    )


def compose_digest(digest: Digest) -> Mail:
    """The same for a digest."""
    text, html = _light("digest", partial(digest_page, digest), _STORIES_SHOWN)
    return Mail(
        to=digest.observer or digest.seller.email,
        subject=digest_subject(digest),
        text=text,
        html=html,
        thread_id=digest.alert.alert_id,
        list_name="digest",
        one_click=_one_click(digest.links),
    )


def _light(
    name: str, page_with: Callable[[int], Model], counts: tuple[int, ...]
) -> tuple[str, str]:
    """Text and HTML with the first of these counts that makes a light mail, else with the last."""
    *more, fewest = counts
    for most in more:
        text, html = _render(name, page_with(most))
        if len(text.encode()) + len(html.encode()) <= HEAVIEST:
            return text, html
    return _render(name, page_with(fewest))


def _render(name: str, page: Model) -> tuple[str, str]:
    templates = (_environment().get_template(f"{name}.{kind}") for kind in ("txt", "html"))
    text, html = (template.render(page=page) for template in templates)
    return text, html


def _one_click(links: ActionLinks | None) -> str:
    return web_link(links.one_click) if links else ""


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("earshot", "mail"),
        autoescape=select_autoescape(enabled_extensions=("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
