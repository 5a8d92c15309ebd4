"""TransactWriteItems: all actions or none, and the same answer for the same token.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.standin.clock import LogicalClock
from tests.standin.expressions import Expressions
from tests.standin.tables import Table
from tests.standin.values import invalid
from tests.standin.wire import ServiceError
from tests.standin.writes import PLANS, Planned

MOST_ACTIONS = 100
LARGEST = 4 * 1024 * 1024
TOKEN_LIFE = timedelta(minutes=10)

Action = dict[str, Any]
Reason = dict[str, Any]


class Transactions:
    def __init__(self, clock: LogicalClock) -> None:
        self._clock = clock
        self._done: OrderedDict[str, tuple[datetime, bytes]] = OrderedDict()

    def write(self, tables: Mapping[str, Table], request: Mapping[str, Any]) -> None:
        """A second request under the token of one that was done does nothing: so a retry of the
        client whose answer was lost is told of its success."""
        actions, token = request["TransactItems"], request.get("ClientRequestToken", "")
        if not 1 <= len(actions) <= MOST_ACTIONS:
            raise invalid(
                "1 validation error detected: Value at 'transactItems' failed to satisfy "
                "constraint: Member must have length less than or equal to 100"
            )
        digest = hashlib.sha256(json.dumps(actions, sort_keys=True).encode()).digest()
        if not self._is_done(token, digest):
            _write(tables, actions)
            self._done[token] = self._clock.now(), digest

    def _is_done(self, token: str, digest: bytes) -> bool:
        now = self._clock.now()
        while self._done and now - next(iter(self._done.values()))[0] >= TOKEN_LIFE:
            self._done.popitem(last=False)
        if token not in self._done:
            return False
        if self._done[token][1] != digest:
            raise ServiceError(
                "IdempotentParameterMismatchException", "another request had this token"
            )
        return True


def _write(tables: Mapping[str, Table], actions: list[Action]) -> None:
    wanted = [(kind, body) for action in actions for kind, body in action.items()]
    _refuse_malformed(tables, wanted)
    planned: list[Planned] = []
    reasons = [_plan(kind, tables[body["TableName"]], body, into=planned) for kind, body in wanted]
    if len(planned) < len(wanted):
        codes = ", ".join(reason["Code"] for reason in reasons)
        raise ServiceError(
            "TransactionCanceledException",
            "Transaction cancelled, please refer cancellation reasons for specific reasons "
            f"[{codes}]",
            CancellationReasons=reasons,
        )
    if sum(one.new.size for one in planned if one.new and not one.only_checks) > LARGEST:
        raise invalid("Collection size exceeded: the items of a transaction may have 4 MB")
    for one in planned:
        one.carry_out()


def _refuse_malformed(tables: Mapping[str, Table], wanted: list[tuple[str, Action]]) -> None:
    places = set()
    for kind, body in wanted:
        if body["TableName"] not in tables:
            raise ServiceError("ResourceNotFoundException", "Requested resource not found")
        Expressions(body)
        table = tables[body["TableName"]]
        place = table.place_of_item(body["Item"]) if kind == "Put" else table.place(body["Key"])
        places.add((table.name, place))
    if len(places) < len(wanted):
        raise invalid("Transaction request cannot include multiple operations on one item")


def _plan(kind: str, table: Table, body: Action, *, into: list[Planned]) -> Reason:
    """Why this action cancels the transaction: ``None`` when it does not. An update that does not
    fit the stored item cancels; any other malformed request is refused outright."""
    try:
        into.append(PLANS[kind](table, body))
    except ServiceError as error:
        if error.code == "ConditionalCheckFailedException":
            return {"Code": "ConditionalCheckFailed", "Message": error.message, **error.fields}
        if kind != "Update":
            raise
        return {"Code": "ValidationError", "Message": error.message}
    return {"Code": "None"}
