"""What a seller chooses for themself: the form, and unsubscribing."""

from chalice.app import Response

from earshot.domain.actions import ActionKind, Form, MailList
from earshot.domain.models import Preferences
from earshot.domain.pages import PreferencesPage
from earshot.domain.pages_done import unsubscribed
from earshot.domain.pages_preferences import filled_in, form_of
from earshot.domain.pages_questions import unsubscribe_question
from earshot.domain.pages_refusals import PageRefusal
from earshot.flows.act import Acting
from earshot.flows.matters import Matters
from earshot.flows.page_refusals import PageRefusedError
from earshot.flows.page_visits import PageVisit, chosen_of


def preferences(visit: PageVisit, matters: Matters, acting: Acting) -> Response:
    form = Form(action=ActionKind.PREFERENCES, seller_id=visit.seller_id())
    imported = matters.sellers.get(form.seller_id)
    if imported is None:
        raise PageRefusedError(PageRefusal.UNKNOWN_SELLER)
    chosen = acting.chosen.get(form.seller_id)
    shown = form_of(imported, chosen, visit.now)
    if visit.asks:
        return visit.page(imported, shown, form=form)
    fields = visit.sent(form)
    filled = filled_in(shown, fields, imported, chosen=chosen)
    if isinstance(filled, PreferencesPage):
        return visit.page(imported, filled, form=form, status=422)

    def anew(before: Preferences) -> Preferences:
        again = filled_in(shown, fields, imported, chosen=before)
        return again if isinstance(again, Preferences) else before

    saved = acting.change(form, anew, visit.now)
    acting.note_of(form.seller_id, "preferred", visit.now, version=saved.version)
    return visit.page(imported, form_of(imported, saved, visit.now, saved=True), form=form)


def unsubscribe(visit: PageVisit, matters: Matters, acting: Acting) -> Response:
    seller = matters.seller(visit.seller_id())
    form = Form(action=ActionKind.UNSUBSCRIBE, seller_id=seller.seller_id)
    named = visit.query("list")
    question = unsubscribe_question(MailList(named) if named in {*MailList} else MailList.ALERTS)
    if visit.asks:
        return visit.page(seller, question, form=form)
    what = chosen_of(question, visit.sent(form))["what"]
    lists = [*MailList] if what == "both" else [MailList(what)]
    acting.unsubscribe(form, lists, visit.now)
    links = (("Preferences", "preferences"), ("My signals", "open"))
    return visit.page(seller, unsubscribed(lists, links=links))
