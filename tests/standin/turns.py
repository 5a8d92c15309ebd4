"""Threads that take turns: one runs at a time, and a seed says who goes on after each call.

So what sixteen workers do is as tangled as can be, and the same for the same seed.
"""

import random
from collections.abc import Callable, Sequence
from threading import Lock, Thread, local

from tests.standin.wire import Call

_LOOKS_UP = 0.1
"""How often whoever rests sees whether there is something to do."""


class _Worker:
    def __init__(self, work: Callable[[], None]) -> None:
        self.work = work
        self.gate = Lock()
        self.gate.acquire()
        self.rests = False


class Turns:
    """`pass_on` belongs among the ``before`` hooks of a stand-in. Of ``stays`` of all calls the
    caller goes on itself: to change threads takes longer than to answer a call."""

    def __init__(self, chance: random.Random, *, stays: float = 0.0) -> None:
        self._chance = chance
        self._stays = stays
        self._present: list[_Worker] = []
        self._mine = local()
        self._errors: list[BaseException] = []
        self._ended = Lock()

    def run(self, works: Sequence[Callable[[], None]]) -> None:
        """Returns when all have ended, and raises what they raised."""
        self._present = [_Worker(work) for work in works]
        threads = [Thread(target=self._run, args=(one,), daemon=True) for one in self._present]
        self._ended.acquire()
        for thread in threads:
            thread.start()
        self._next().gate.release()
        with self._ended:
            for thread in threads:
                thread.join()
        if self._errors:
            raise BaseExceptionGroup("workers", self._errors)

    def pass_on(self, _: Call | None = None) -> None:
        """Somebody goes on, perhaps the caller. Whoever is none of the workers is let through."""
        me: _Worker | None = getattr(self._mine, "worker", None)
        if me and self._chance.random() >= self._stays:
            following = self._next()
            if not following.rests or self._chance.random() < _LOOKS_UP:
                self._change(me, following)

    def rest(self) -> None:
        """Of a worker with nothing to do while others are at work: seldom its turn from now on."""
        me: _Worker = self._mine.worker
        me.rests = True
        self._change(me, self._chance.choice([one for one in self._present if not one.rests]))
        me.rests = False

    def _change(self, me: _Worker, following: _Worker) -> None:
        if following is not me:
            following.gate.release()
            me.gate.acquire()

    def _next(self) -> _Worker:
        return self._present[int(self._chance.random() * len(self._present))]

    def _run(self, me: _Worker) -> None:
        self._mine.worker = me
        me.gate.acquire()
        try:
            me.work()
        except BaseException as error:  # noqa: BLE001 (raised by run)
            self._errors.append(error)
        self._present.remove(me)
        if self._present:
            self._next().gate.release()
        else:
            self._ended.release()
