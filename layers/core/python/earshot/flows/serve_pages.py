"""Answer a seller who followed a link from a mail: GET shows, POST acts.

Scanners of mail open links, so no GET changes anything. A link begins a session (a cookie) and
leads to a clean address; a form carries a token for its seller and its action, so that no other
site can send it. A mail program's own unsubscribing alone needs neither.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from aws_lambda_powertools import Logger
from chalice.app import Request, Response

from earshot.aws import clients
from earshot.aws.journal import Journal
from earshot.domain.actions import (
    ABOUT_A_SIGNAL,
    ACTS_ONCE,
    ActionKind,
    Form,
    Link,
    address_of,
    link_id,
)
from earshot.domain.pages import Frame, render
from earshot.domain.pages_done import unsubscribed
from earshot.domain.pages_questions import question_of
from earshot.domain.pages_refusals import PageRefusal
from earshot.flows import page_http, serve_preferences
from earshot.flows.act import Acting, acting_on
from earshot.flows.action_tokens import Session, TokenError, TokenExpiredError, Tokens, tokens
from earshot.flows.counting import count
from earshot.flows.do_asked import Asked, do_asked
from earshot.flows.matters import Matters, matters_on
from earshot.flows.page_refusals import PageRefusedError
from earshot.flows.page_visits import PageVisit, chosen_of, one_of
from earshot.flows.show_pages import PageShowing
from earshot.flows.take_care import Care
from earshot.settings import settings

logger = Logger()


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Pages:
    """Each method answers one route; ``PageRefusedError`` and ``TokenError`` say why not."""

    tokens: Tokens
    matters: Matters
    acting: Acting
    showing: PageShowing
    clock: Callable[[], datetime] = utc_now

    def follow(self, request: Request, token: str) -> Response:
        """A link from a mail, opened by hand or by a scanner."""
        now = self.clock()
        link = self.tokens.read(Link, token, now)
        self.matters.seller(link.seller_id)
        session = self.tokens.write(Session(seller_id=link.seller_id), now)
        if link.acts_once and self.acting.links.is_used(link.link_id):
            count("page_refused")
            used = PageRefusedError(PageRefusal.USED, signal_id=link.signal_id)
            return page_http.refused(used, request, session=session)
        return page_http.redirect(page_http.root_of(request) + address_of(link), session=session)

    def one_click(self, request: Request, token: str) -> Response:
        """RFC 8058: a mail program posts this, without cookies and without following anything."""
        now = self.clock()
        link = self.tokens.read(Link, token, now)
        body = page_http.raw_body(request)
        if link.action is not ActionKind.ONE_CLICK or b"One-Click" not in body:
            raise PageRefusedError(PageRefusal.NO_CONSENT)
        form = Form(action=link.action, seller_id=self.matters.seller(link.seller_id).seller_id)
        self.acting.unsubscribe(form, [link.list], now)
        return page_http.html(render(unsubscribed([link.list]), Frame()))

    def open(self, request: Request) -> Response:
        visit = self._visit(request)
        seller = self.matters.seller(visit.seller_id())
        return visit.page(seller, self.showing.open(seller, visit.now))

    def signal(self, request: Request, signal_id: str) -> Response:
        visit = self._visit(request)
        seller = self.matters.seller(visit.seller_id())
        matter, posts = self.matters.of(seller, signal_id, visit.query("alert"), now=visit.now)
        return visit.page(seller, self.showing.signal(matter, posts, visit.now))

    def ask(self, request: Request, signal_id: str, name: str) -> Response:
        visit = self._visit(request)
        seller = self.matters.seller(visit.seller_id())
        if name not in {*ABOUT_A_SIGNAL}:
            raise PageRefusedError(PageRefusal.UNKNOWN_ACTION)
        form = _form(visit, ActionKind(name), signal_id)
        if form.link_id and self.acting.links.is_used(form.link_id):
            raise PageRefusedError(PageRefusal.USED, signal_id=signal_id)
        matter, _ = self.matters.of(seller, signal_id, form.alert_id, now=visit.now)
        question = question_of(form.action, matter, visit.now)
        if visit.asks:
            return visit.page(seller, question, form=form)
        fields = visit.sent(form)
        asked = Asked(
            form=form,
            matter=matter,
            chosen=chosen_of(question, fields, signal_id=signal_id),
            note=one_of(fields, "note"),
            now=visit.now,
        )
        return visit.page(seller, do_asked(asked, Care(self.acting, self.matters)))

    def preferences(self, request: Request) -> Response:
        return serve_preferences.preferences(self._visit(request), self.matters, self.acting)

    def unsubscribe(self, request: Request) -> Response:
        return serve_preferences.unsubscribe(self._visit(request), self.matters, self.acting)

    def _visit(self, request: Request) -> PageVisit:
        return PageVisit(request, self.tokens, self.clock())


def handle(request: Request, answer: Callable[[Pages], Response]) -> Response:
    """What is refused is answered by a page that says why, and what to do."""
    try:
        return answer(pages())
    except PageRefusedError as error:
        known = error
    except TokenExpiredError:
        known = PageRefusedError(PageRefusal.EXPIRED)
    except TokenError:
        known = PageRefusedError(PageRefusal.FORGED)
    count("page_refused")
    logger.warning("page_refused", reason=known.refusal.value)
    return page_http.refused(known, request)


@cache
def pages() -> Pages:
    table = clients.table(settings().EARSHOT_TABLE)
    matters = matters_on(table)
    acting = acting_on(table, Journal(clients.s3(), settings().EARSHOT_BUCKET))
    showing = PageShowing(matters, acting.claims, acting.given, acting.plays)
    return Pages(tokens=tokens(), matters=matters, acting=acting, showing=showing)


def _form(visit: PageVisit, action: ActionKind, signal_id: str) -> Form:
    """What the page's form is made for; a link of a mail that acts once is used by it."""
    alert_id = visit.query("alert")
    once = alert_id and action in ACTS_ONCE
    return Form(
        action=action,
        seller_id=visit.seller_id(),
        signal_id=signal_id,
        alert_id=alert_id,
        link_id=link_id(action, alert_id, signal_id) if once else "",
    )
