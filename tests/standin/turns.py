"""Threads that take turns: one runs at a time, and a seed says who goes on after each call.

So what sixteen workers do is as tangled as can be, and the same for the same seed.
"""

import random
from collections.abc import Callable, Sequence
from threading import Lock, Thread, local

from tests.standin.wire import Call


class _Worker:
    def __init__(self, work: Callable[[], None]) -> None:
        self.work = work
        self.gate = Lock()
        self.gate.acquire()


class Turns:
    """`pass_on` belongs among the ``before`` hooks of a stand-in."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
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
        following = self._next() if me else None
        if me and following and following is not me:
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
