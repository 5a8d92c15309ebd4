"""Deaths around side effects: where the next one is, which were met, and which were hit."""

import random
from collections import Counter
from collections.abc import Callable
from threading import local
from typing import Any

from tests.standin.event_sources import Handler
from tests.standin.wire import Call
from tests.standin.workers import Killed

SideEffect = tuple[str, str]
"""The flow that did it, and what it did to rows of which kinds."""

BEFORE, AFTER = "before", "after"
MOST = 4
NEW, KNOWN = 0.6, 0.04
"""How often somebody dies where nobody died before, and elsewhere."""

Hits = Counter[tuple[SideEffect, str]]


class Kills:
    """Ends whoever does the ``first``-th side effect, on that ``side`` of it. With a ``chance``,
    others die after that, the sooner where nobody died in earlier runs (``hit``). `before` and
    `after` belong among the hooks of a stand-in."""

    def __init__(
        self, first: int, side: str, *, chance: random.Random | None = None, hit: Hits | None = None
    ) -> None:
        self.met: Counter[SideEffect] = Counter()
        self.hit: Hits = Counter()
        self.order: list[SideEffect] = []
        self._first = first
        self._side = side
        self._chance = chance
        self._known = hit or Counter()
        self._at = local()

    def watched(self, handle: Handler) -> Handler:
        """Notes which flow is running, for the names of what it does."""

        def run(event: dict[str, Any], context: Any) -> dict[str, Any]:
            self._at.flow = handle.__module__.rpartition(".")[2]
            try:
                return handle(event, context)
            finally:
                self._at.flow = ""

        return run

    def before(self, call: Call) -> None:
        flow: str = vars(self._at).get("flow", "")
        if not flow or not call.is_side_effect:
            return
        effect = flow, what(call)
        self.order.append(effect)
        self.met[effect] += 1
        self._at.side = self._next_side(effect)
        self._at.effect = effect
        self._strike(BEFORE)

    def after(self, call: Call) -> None:
        if call.is_side_effect and vars(self._at).get("flow"):
            self._strike(AFTER)

    def _next_side(self, effect: SideEffect) -> str:
        if len(self.order) == self._first:
            return self._side
        if not self._chance or len(self.order) < self._first or self.hit.total() >= MOST:
            return ""
        sides = [one for one in (BEFORE, AFTER) if not self._known[effect, one]]
        if sides and self._chance.random() < NEW:
            return sides[0]
        return self._chance.choice((BEFORE, AFTER)) if self._chance.random() < KNOWN else ""

    def _strike(self, side: str) -> None:
        if self._at.side == side:
            self.hit[self._at.effect, side] += 1
            raise Killed


def _kinds(body: Any) -> list[str]:
    key = body.get("Key") or body["Item"]
    first, second = (str(key[name]["S"]).partition("#")[0] for name in ("pk", "sk"))
    return [f"{first}/{second}" if second.isupper() and second != first else first]


_REQUESTS: dict[str, Callable[[Any], list[str]]] = {
    "TransactWriteItems": lambda request: [
        name for one in request["TransactItems"] for kind, body in one.items()
        if kind != "ConditionCheck" for name in _kinds(body)
    ],
    "BatchWriteItem": lambda request: [
        name for many in request["RequestItems"].values() for one in many
        for body in one.values() for name in _kinds(body)
    ],
    "PutItem": _kinds,
    "UpdateItem": _kinds,
    "DeleteItem": _kinds,
}  # fmt: skip


def what(call: Call) -> str:
    """The operation and the kinds of rows or objects."""
    if call.service == "dynamodb":
        kinds = sorted(set(_REQUESTS[call.operation](call.json())))
        return f"{call.operation} {' '.join(kinds)}"
    if call.service == "s3":
        return f"{call.operation} {'/'.join(call.path.strip('/').split('/')[:-1][-1:])}"
    return call.operation
