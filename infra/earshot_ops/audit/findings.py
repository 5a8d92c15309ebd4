"""What a check found, and which of that is skipped for a reason."""

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import yaml
from pydantic import TypeAdapter

from earshot.domain.models import Model
from earshot_ops.chalice_configuration import ROOT

FILE = ROOT / "infra/audit.yaml"


class Finding(NamedTuple):
    """``what`` is the rule, or what a rule is about; ``where`` a file, a resource or a package."""

    what: str
    where: str
    said: str


class Skip(Model):
    """``within`` is a pattern of places."""

    what: str
    within: str = "*"
    because: str

    def covers(self, finding: Finding) -> bool:
        return self.what == finding.what and fnmatchcase(finding.where, self.within)


def read(file: Path = FILE) -> dict[str, list[Skip]]:
    """By the name of the check."""
    return TypeAdapter(dict[str, list[Skip]]).validate_python(
        yaml.safe_load(file.read_text(encoding="utf-8"))
    )


def remaining(
    found: Iterable[Finding], skips: Sequence[Skip], *, sampled: bool = False
) -> Iterator[Finding]:
    """What no skip covers and, unless the check only samples, skips that cover nothing any more."""
    used: set[Skip] = set()
    for finding in found:
        covering = {skip for skip in skips if skip.covers(finding)}
        used |= covering
        if not covering:
            yield finding
    for skip in skips:
        if not sampled and skip not in used:
            yield Finding(skip.what, skip.within, "is skipped, and is not found: remove the skip")
