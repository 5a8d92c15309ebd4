"""One visit of a browser: who it is, what was sent, and the page that goes back."""

from dataclasses import dataclass
from datetime import datetime

from chalice.app import Request, Response

from earshot.domain.actions import Form
from earshot.domain.models import Model, Seller
from earshot.domain.pages import Frame, QuestionPage, render
from earshot.domain.pages_questions import answers
from earshot.domain.pages_refusals import PageRefusal
from earshot.flows import page_http
from earshot.flows.action_tokens import Session, TokenError, TokenExpiredError, Tokens
from earshot.flows.page_http import Fields
from earshot.flows.page_refusals import PageRefusedError


@dataclass(frozen=True)
class PageVisit:
    request: Request
    tokens: Tokens
    now: datetime

    @property
    def asks(self) -> bool:
        """It only wants to see."""
        return str(self.request.method) == "GET"

    def query(self, name: str) -> str:
        return page_http.query_of(self.request, name)

    def seller_id(self) -> str:
        """Whoever opened a link from a mail in this browser, in the last hours."""
        token = page_http.session_of(self.request)
        try:
            return self.tokens.read(Session, token, self.now).seller_id
        except TokenError as error:
            raise PageRefusedError(PageRefusal.NO_SESSION) from error

    def sent(self, form: Form) -> Fields:
        """The fields, if the form was made for this seller and this page."""
        fields = page_http.fields_of(self.request)
        try:
            made_for = self.tokens.read(Form, one_of(fields, "form"), self.now)
        except TokenExpiredError as error:
            raise PageRefusedError(PageRefusal.OLD_FORM) from error
        except TokenError as error:
            raise PageRefusedError(PageRefusal.BAD_FORM) from error
        if made_for != form:
            raise PageRefusedError(PageRefusal.BAD_FORM)
        return fields

    def page(
        self, seller: Seller, page: Model, *, form: Form | None = None, status: int = 200
    ) -> Response:
        frame = Frame(root=page_http.root_of(self.request), seller_name=seller.name)
        token = self.tokens.write(form, self.now) if form else ""
        return page_http.html(render(page, frame, token=token), status)


def one_of(fields: Fields, name: str) -> str:
    return next(iter(fields.get(name, ())), "")


def chosen_of(question: QuestionPage, fields: Fields, *, signal_id: str = "") -> dict[str, str]:
    """What was chosen of what was offered."""
    chosen = answers(question, {name: one_of(fields, name) for name in fields})
    if chosen is None or not question.button:
        raise PageRefusedError(PageRefusal.NOT_OFFERED, signal_id=signal_id)
    return chosen
