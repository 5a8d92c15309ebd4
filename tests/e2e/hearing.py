"""What is said to every source that is posted to, in two waves, and what is kept of it then."""

from collections.abc import Iterator
from dataclasses import dataclass

from earshot_ops import stores
from earshot_ops.demo.post_office import Envelope
from tests.e2e import desk_platforms, lines, meta_platforms, talk_platforms, web_platforms
from tests.e2e.lines import Line
from tests.e2e.sayings import Saying, saying
from tests.e2e.town import Town

PLATFORMS = (
    *meta_platforms.PLATFORMS,
    *talk_platforms.PLATFORMS,
    *desk_platforms.PLATFORMS,
    *web_platforms.PLATFORMS,
)
SOURCES = [platform.source for platform in PLATFORMS]
EDITING = [platform.source for platform in PLATFORMS if platform.edits]
DELETING = [platform.source for platform in PLATFORMS if platform.deletes]
FORGETTING = [platform.source for platform in PLATFORMS if platform.forgets]
LENT = ["facebook", "youtube"]
META = [platform.source for platform in meta_platforms.PLATFORMS]
PUSHED = ["rss", "youtube"]

EDITS = ("edited", "edited before it came")
DELETIONS = ("deleted", "deleted before it came")
OF_ONE_AUTHOR = ("by somebody", "by the same")
CASES = {
    "once": SOURCES,
    "forged": SOURCES,
    **dict.fromkeys(EDITS, EDITING),
    **dict.fromkeys(DELETIONS, DELETING),
    **dict.fromkeys(OF_ONE_AUTHOR, FORGETTING),
    "lent": LENT,
}
"""What is said, and to which sources."""


@dataclass(frozen=True)
class Heard:
    """What was said and answered, and everything that is kept after the second wave."""

    said: dict[tuple[str, str], Saying]
    answers: dict[tuple[str, str], list[int]]
    stores: list[tuple[str, str]]
    dead_letters: int

    def places(self, word: str) -> list[str]:
        return [place for place, text in self.stores if word in text]


def hear(town: Town, connected: dict[str, Line]) -> Heard:
    """Every case of every source, each wave sent as one batch and waited for once."""
    said = dict(_sayings())
    waves = {case: _waves(connected[case[0]], case[1], one) for case, one in said.items()}
    answers: dict[tuple[str, str], list[int]] = {case: [] for case in said}
    dead = lines.dead_letters(town)
    for wave in (0, 1):
        sent = [(case, one) for case, in_waves in waves.items() for one in in_waves[wave]]
        statuses = lines.send_all(town, [envelope for _, envelope in sent])
        for (case, _), status in zip(sent, statuses, strict=True):
            answers[case].append(status)
        lines.wait_until_quiet(town)
    kept = list(stores.contents(town.target))
    return Heard(said, answers, kept, lines.dead_letters(town) - dead)


def _sayings() -> Iterator[tuple[tuple[str, str], Saying]]:
    for source in SOURCES:
        somebody = saying()
        for case in (case for case, sources in CASES.items() if source in sources):
            yield (source, case), saying(like=somebody) if case in OF_ONE_AUTHOR else saying()


def _waves(line: Line, case: str, said: Saying) -> tuple[list[Envelope], list[Envelope]]:
    """What is sent first, and what once that was understood."""
    platform = line.platform
    first = line.envelope(platform.tells(said))
    if case == "once":
        return [first] * 3, [first] * 2
    if case == "forged":
        return [line.forged(platform.tells(said))], []
    if case in EDITS:
        waves = [first], [line.envelope(platform.tells(said.edited))]
    elif case in DELETIONS and platform.deletes:
        waves = [first], [line.envelope(platform.deletes(said))]
    elif case == OF_ONE_AUTHOR[0] and platform.forgets:
        waves = [first], [line.envelope(platform.forgets(said))]
    else:
        return [first], []
    return waves if case not in {EDITS[1], DELETIONS[1]} else waves[::-1]
