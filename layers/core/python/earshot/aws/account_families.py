"""Accounts that are shown as one: read together, changed in one transaction."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from earshot.aws import account_rows
from earshot.aws.account_rows import AccountRow, Action
from earshot.domain import merging
from earshot.domain.business import Account
from earshot.domain.merging import Book, Dossier
from earshot.errors import BusyError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

TRIES = 8

Change = Callable[[Book], Sequence[Dossier]]


def book(table: "Table", account_id: str) -> dict[str, Dossier]:
    """The dossiers of the whole family of the account, by id; empty when there is no account."""
    return {name: row.dossier for name, row in _rows(table, [account_id]).items()}


def change(
    table: "Table",
    account_ids: Sequence[str],
    apply: Change,
    *,
    beside: Sequence[Action] = (),
) -> dict[str, Account]:
    """Rewrites every row whose dossier or view the change touches, in one transaction with what is
    to be done ``beside``. Returns the views after it. ``BusyError`` when others change the rows all
    the time; ``apply`` may run more than once."""
    for _ in range(TRIES):
        rows = _rows(table, account_ids)
        before = {name: row.dossier for name, row in rows.items()}
        after = {**before, **{one.account_id: one for one in apply(before)}}
        views = {name: merging.view(after, name) for name in after}
        wanted = [
            action
            for name, dossier in after.items()
            if dossier is not before.get(name) or views[name] != rows[name].seen
            for action in account_rows.actions(
                table, rows.get(name), dossier=dossier, seen=views[name]
            )
        ]
        if not wanted or account_rows.commit(table, [*wanted, *beside]):
            return views
    raise BusyError(account_ids[0])


def _rows(table: "Table", account_ids: Sequence[str]) -> dict[str, AccountRow]:
    rows: dict[str, AccountRow] = {}

    def find(account_id: str) -> Dossier | None:
        rows.update(account_rows.read(table, [account_id]))
        return rows[account_id].dossier if account_id in rows else None

    for account_id in account_ids:
        merging.book_of(account_id, find)
    return rows
