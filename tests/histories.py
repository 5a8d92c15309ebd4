"""What may happen to the posts of three people before and after one of them is erased."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from earshot.aws.raw_archive import delivery_of
from earshot.domain.models import DataClass, Delivery
from earshot.flows import expire_bodies, sweep_outbox
from earshot.flows.erase import eraser
from tests import examples
from tests.house import House
from tests.standin.event_sources import Context
from tests.standin.workload import Entry

PERSON = "dagny-id-7"
MARKS = ("dagny", "Dagny", "zinnober")
"""Of the person: ids, handle and addresses; name; a word in everything they say."""

WHY = (
    "After six years we are leaving RivalCRM: the price per seat went up three times and nobody "
    "at their support could tell us why. Any alternatives?"
)
ACME = "Acme is looking for an alternative to RivalCRM before the end of the quarter, any ideas?"
BOTH = "We at Acme and Betatron compared RivalCRM with two others, and it lost every single time."
NOBODY = "Which plants survive a winter on a balcony in the north, and which of them do not?"
TEXTS = (WHY, ACME, BOTH, NOBODY, f"RT @somebody: {WHY}", WHY[: len(WHY) * 7 // 10] + "\u2026")


@dataclass(frozen=True)
class Step:
    """What comes in one delivery; ``again`` is which of the deliveries so far comes once more."""

    entries: tuple[Entry, ...]
    data_class: DataClass
    runs: bool
    again: int | None = None
    expires: bool = False


@dataclass
class Way:
    """A house through which a history goes."""

    house: House
    received: list[Delivery] = field(default_factory=list)
    bodies: list[tuple[Delivery, bytes]] = field(default_factory=list)

    def go(self, before: Sequence[Step], after: Sequence[Step]) -> None:
        """Everything in order, with the erasure of the person between."""
        for step in before:
            self.take(step)
        eraser().erase_person("generic", PERSON)
        for step in after:
            self.take(step)
        self.settle()

    def take(self, step: Step) -> None:
        made = self.house.deliver(
            *step.entries, data_class=step.data_class, connection=step.data_class.value
        )
        self.received.append(made)
        stored = self.house.s3.get_object(Bucket=self.house.bucket, Key=made.raw_key)
        self.bodies.append((made, stored["Body"].read()))
        if step.again is not None:
            self.repeat(*self.bodies[step.again % len(self.bodies)])
        if step.runs:
            self.house.run()
        if step.expires:
            self.expire()

    def expire(self) -> None:
        later = examples.NOON + timedelta(days=3)
        expire_bodies.expire_all(expire_bodies.expiring(), later, lambda: True)

    def repeat(self, delivery: Delivery, stored: bytes) -> None:
        """The platform sends it once more, as it was."""
        if delivery.raw_key not in self.house.objects():
            self.house.s3.put_object(Bucket=self.house.bucket, Key=delivery.raw_key, Body=stored)
        self.house.enqueue(delivery)

    def replay(self) -> None:
        """Everything that the archive holds."""
        for folder in ("raw/", "borrowed/"):
            for key in self.house.objects(folder):
                self.house.enqueue(delivery_of(key, examples.NOON))
        self.settle()

    def settle(self) -> None:
        self.house.run()
        sweep_outbox.handle({}, Context())

    def left(self) -> list[str]:
        return self.house.places_with(*MARKS)


def said(who: int, number: int, text: str, **more: Any) -> Entry:
    """By the person, when ``who`` is 0: then each word of it is marked."""
    mine = who == 0
    name = f"dagny-{number}" if mine else f"p{number}"
    return {
        "id": name,
        "url": f"https://forum.example/t/{name}",
        "author": {
            "id": PERSON if mine else f"u{who}",
            "handle": "dagny" if mine else f"handle-{who}",
            "name": "Dagny Roth" if mine else f"Name {who}",
        },
        "text": f"{text} zinnober {number}" if mine else text,
        "posted_at": f"2026-11-18T11:{number:02d}:00Z",
        **more,
    }


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """A post, an answer, an edit, a deletion, or what cannot be read: by one of three people, who
    have four posts each."""
    who, number = draw(st.integers(0, 2)), draw(st.integers(1, 4))
    made = said(who, number * 3 + who, draw(st.sampled_from(TEXTS)))
    what = draw(st.sampled_from(("post", "post", "answer", "edit", "move", "delete", "broken")))
    if what == "answer":
        root = draw(st.sampled_from(("p4", "p5", "p7")))
        made |= {"thread_id": root, "parent_id": root}
    elif what == "edit":
        made |= {"edited_at": f"2026-11-18T12:{draw(st.integers(0, 59)):02d}:00Z"}
    elif what == "move":
        minute = draw(st.integers(0, 59))
        made |= {"edited_at": f"2026-11-18T12:{minute:02d}:00Z", "url": f"{made['url']}/{minute}"}
    elif what == "broken":
        del made["posted_at"]
    elif what == "delete" and who:
        made = {"id": made["id"], "deleted": True}
    return made


STEPS = st.builds(
    Step,
    entries=st.lists(entries(), min_size=1, max_size=4).map(tuple),
    data_class=st.sampled_from((DataClass.OWNED, DataClass.COPIED, DataClass.BORROWED)),
    runs=st.integers(0, 3).map(bool),
    again=st.none() | st.integers(0, 9),
    expires=st.booleans(),
)
