"""One queue: groups in order, leases on what was received, and the way to its dead letters.

A standard queue is a FIFO queue in which every message is a group of its own.
"""

import heapq
from bisect import insort
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

DEDUPLICATION = timedelta(minutes=5)
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html"""


@dataclass(eq=False)
class Message:
    message_id: str
    sequence: int
    body: str
    attributes: dict[str, Any]
    group: str
    is_grouped: bool
    dedup: str
    sent_at: datetime
    hidden_until: datetime | None = None
    first_received_at: datetime | None = None
    receives: int = 0
    is_deleted: bool = field(default=False)

    @property
    def receipt(self) -> str:
        return f"{self.message_id}#{self.receives}"

    def __lt__(self, other: "Message") -> bool:
        return self.sequence < other.sequence


class MessageQueue:
    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.messages: dict[str, Message] = {}
        self.dead_letters: MessageQueue | None = None
        self.most_receives = 0
        self._waiting: OrderedDict[str, list[Message]] = OrderedDict()
        self._hidden: list[tuple[datetime, int, Message]] = []
        self._locks: dict[str, int] = {}
        self._sent: OrderedDict[tuple[str, str], Message] = OrderedDict()

    @property
    def is_fifo(self) -> bool:
        return self.name.endswith(".fifo")

    @property
    def visibility(self) -> timedelta:
        return timedelta(seconds=int(self.attributes.get("VisibilityTimeout", "30")))

    def send(self, message: Message, delay: timedelta) -> Message:
        """The message itself, or the one that it repeats within five minutes."""
        if message.dedup:
            self._forget_sent(message.sent_at)
            is_per_group = self.attributes.get("DeduplicationScope") == "messageGroup"
            identity = (message.group if is_per_group else "", message.dedup)
            if known := self._sent.get(identity):
                return known
            self._sent[identity] = message
        self.add(message)
        if delay:
            self._take(message)
            self._hide(message, message.sent_at + delay)
        return message

    def add(self, message: Message) -> None:
        self.messages[message.message_id] = message
        insort(self._waiting.setdefault(message.group, []), message)

    def receive(self, most: int, now: datetime, visibility: timedelta) -> list[Message]:
        """As many of one group as possible, then of the next; no group twice at the same time."""
        self.show(now)
        taken: list[Message] = []
        free = (name for name in list(self._waiting) if not self._locks.get(name))
        for group in free:
            for message in self._waiting[group][: most - len(taken)]:
                if self._is_worn_out(message):
                    self._bury(message)
                else:
                    taken.append(message)
            if len(taken) >= most:
                break
        for message in taken:
            self._take(message)
            message.receives += 1
            message.first_received_at = message.first_received_at or now
            self._hide(message, now + visibility)
        return taken

    def delete(self, message: Message) -> None:
        if message.hidden_until:
            self._unlock(message)
        else:
            self._take(message)
        message.is_deleted = True
        del self.messages[message.message_id]

    def change_visibility(self, message: Message, until: datetime) -> None:
        self._unlock(message)
        self._hide(message, until)

    def show(self, now: datetime) -> None:
        """Leases that ran out."""
        while self._hidden and self._hidden[0][0] <= now:
            until, _, message = heapq.heappop(self._hidden)
            if not message.is_deleted and message.hidden_until == until:
                self._unlock(message)
                insort(self._waiting.setdefault(message.group, []), message)

    def next_return(self) -> datetime | None:
        """When the next hidden message comes back."""
        moments = (m.hidden_until for m in self.messages.values() if m.hidden_until)
        return min(moments, default=None)

    def clear(self) -> None:
        for message in list(self.messages.values()):
            self.delete(message)

    def count_hidden(self) -> int:
        return sum(message.hidden_until is not None for message in self.messages.values())

    def _take(self, message: Message) -> None:
        group = self._waiting[message.group]
        group.remove(message)
        if not group:
            del self._waiting[message.group]

    def _hide(self, message: Message, until: datetime) -> None:
        message.hidden_until = until
        self._locks[message.group] = self._locks.get(message.group, 0) + 1
        heapq.heappush(self._hidden, (until, message.sequence, message))

    def _unlock(self, message: Message) -> None:
        message.hidden_until = None
        self._locks[message.group] -= 1
        if not self._locks[message.group]:
            del self._locks[message.group]

    def _is_worn_out(self, message: Message) -> bool:
        return self.dead_letters is not None and message.receives >= self.most_receives

    def _bury(self, message: Message) -> None:
        assert self.dead_letters
        self._take(message)
        del self.messages[message.message_id]
        message.receives, message.first_received_at = 0, None
        self.dead_letters.add(message)

    def _forget_sent(self, now: datetime) -> None:
        while self._sent:
            identity, oldest = next(iter(self._sent.items()))
            if now - oldest.sent_at < DEDUPLICATION:
                return
            del self._sent[identity]
