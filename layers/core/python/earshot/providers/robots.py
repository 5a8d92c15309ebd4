"""What a site's robots.txt permits (RFC 9309).

`urllib.robotparser` takes the first rule that fits instead of the longest, knows no wildcards, and
raises on some lines.
"""

from collections.abc import Iterator
from typing import NamedTuple

MOST_BYTES = 500 * 1024
_MOST_RULES = 5_000


class Rule(NamedTuple):
    allows: bool
    path: str


def permits(body: bytes, path: str, *, agent: str) -> bool:
    """Whether ``agent`` may fetch the path, by the rules for it, or else those for all."""
    groups = _groups(body[:MOST_BYTES].decode("utf-8", "replace"))
    rules = groups.get(agent.lower(), groups.get("*", []))
    fitting = [rule for rule in rules if _fits(rule.path, path)]
    best = max(fitting, key=lambda rule: (len(rule.path), rule.allows), default=None)
    return best is None or best.allows


def _groups(text: str) -> dict[str, list[Rule]]:
    """The rules by lower-case agent; groups of one agent are one."""
    groups: dict[str, list[Rule]] = {}
    agents: list[str] = []
    in_rules = False
    for number, (field, value) in enumerate(_lines(text)):
        if number == _MOST_RULES:
            break
        if field == "user-agent":
            agents = [value.lower()] if in_rules else [*agents, value.lower()]
            in_rules = False
            groups.setdefault(value.lower(), [])
        elif field in {"allow", "disallow"}:
            in_rules = True
            for agent in agents[:50] if value else ():
                groups[agent].append(Rule(field == "allow", value))
    return groups


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.lstrip("\ufeff").splitlines():
        field, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield field.strip().lower(), value.strip()


def _fits(pattern: str, path: str) -> bool:
    """``*`` is anything, ``$`` at the end is the end."""
    is_whole = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for number, part in enumerate(others, start=1):
        if is_whole and number == len(others):
            return len(path) - at >= len(part) and path.endswith(part)
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return not is_whole or at == len(path)
