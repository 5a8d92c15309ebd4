"""A folder of Markdown files with front matter, read as plays. A file that cannot be one is named
with the line and the reason, and keeps only itself out."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from earshot.domain.models import EntryKind, Event, Intent
from earshot.domain.plays import MOST_BYTES, Play, plain_industry
from earshot_ops.front_matter import FrontMatter, LineError, split
from earshot_ops.plays_markup import unfit, without_risk

LISTS = ("intents", "events", "products", "industries")
FIELDS = ("title", *LISTS)
_UNKNOWN = {
    "intents": "no intent",
    "events": "no event",
    "products": "no entry of the watchlist, and no kind of entry",
    "industries": "the industry of no account",
}
_KINDS = frozenset(kind.value for kind in EntryKind if kind is not EntryKind.ACCOUNT)


@dataclass(frozen=True)
class PlayProblem:
    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(frozen=True)
class Vocabulary:
    """What a play may name: ids of the watchlist, and industries as accounts have them."""

    products: frozenset[str]
    industries: frozenset[str]


def read_folder(folder: Path, known: Vocabulary) -> tuple[list[Play], list[PlayProblem]]:
    """All ``*.md`` below the folder, by id; a README is none of them."""
    plays: list[Play] = []
    problems: list[PlayProblem] = []
    files = _files(folder)
    for play_id, same in files.items():
        names = [str(file.relative_to(folder)) for file in same]
        if len(same) > 1:
            reason = f"{' and '.join(names)} are one id, {play_id!r}"
            problems += [PlayProblem(name, 1, reason) for name in names]
            continue
        try:
            plays.append(read_play(play_id, same[0].read_bytes(), known))
        except LineError as error:
            problems.append(PlayProblem(names[0], error.line, str(error)))
    return plays, problems


def ids_in(folder: Path) -> frozenset[str]:
    """Of files that cannot be read, too."""
    return frozenset(_files(folder))


def _files(folder: Path) -> dict[str, list[Path]]:
    found = defaultdict(list)
    for file in sorted(folder.rglob("*.md")):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if file.is_file() and not hidden and file.stem.casefold() != "readme":
            found[file.stem].append(file)
    return dict(sorted(found.items()))


def read_play(play_id: str, body: bytes, known: Vocabulary) -> Play:
    """``LineError`` when it is none."""
    front, text, starts_at = split(_decoded(body))
    _check_fields(front)
    asked = {name: tuple(_checked(front, name, known)) for name in LISTS}
    if not any(asked.values()):
        raise LineError(1, f"it goes with nothing: name one of {', '.join(LISTS)}")
    if not text.strip():
        raise LineError(starts_at, "there is no text below the front matter")
    if problem := unfit(text):
        line, reason = problem
        raise LineError(starts_at + line, reason)
    try:
        return Play.model_validate(
            {
                "play_id": play_id,
                "title": front["title"][0].text,
                **asked,
                "text": text.strip(),
                "html": without_risk(text),
                "version": hashlib.sha256(body).hexdigest()[:12],
            }
        )
    except ValidationError as error:
        raise _refused(error, front) from error


def _refused(error: ValidationError, front: FrontMatter) -> LineError:
    field = str(error.errors()[0]["loc"][0])
    if field == "play_id":
        return LineError(
            1, "the name of the file is the play's id: lower-case letters, digits, - and _"
        )
    line = front[field][0].line if front.get(field) else 1
    return LineError(line, f"{field} is too long or empty")


def _decoded(body: bytes) -> str:
    if len(body) > MOST_BYTES:
        raise LineError(1, f"it has {len(body):,} bytes, and {MOST_BYTES:,} is the most")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise LineError(line, "it is not UTF-8") from error
    for number, line_text in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if any(ord(letter) < 32 and letter != "\t" for letter in line_text):
            raise LineError(number, "it holds a control character")
    return text.replace("\r\n", "\n")


def _check_fields(front: FrontMatter) -> None:
    for name, values in front.items():
        if name not in FIELDS:
            line = values[0].line if values else 1
            raise LineError(line, f"{name!r} is none of {', '.join(FIELDS)}")
    if len(front.get("title", ())) != 1:
        raise LineError(1, "it has no title")


def _checked(front: FrontMatter, name: str, known: Vocabulary) -> Iterator[str]:
    """Each value once, as it is written."""
    allowed = {
        "intents": {one.value for one in Intent},
        "events": {one.value for one in Event},
        "products": known.products | _KINDS,
        "industries": {plain_industry(one) for one in known.industries},
    }[name]
    seen = set()
    for value in front.get(name, ()):
        plain = plain_industry(value.text) if name == "industries" else value.text
        if plain not in allowed:
            near = get_close_matches(plain, sorted(allowed), n=1)
            hint = f"; is it {near[0]!r}?" if near else ""
            raise LineError(value.line, f"{value.text!r} is {_UNKNOWN[name]}{hint}")
        if plain not in seen:
            seen.add(plain)
            yield value.text
