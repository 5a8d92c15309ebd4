"""The YAML between two lines of ``---`` at the beginning of a text, with the line of each value.

Nothing is constructed of it: values are the words as they are written."""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from earshot_ops.errors import OperationError

_FENCE = "---"


class LineError(OperationError):
    """What cannot be read, and the line of it, counted from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True)
class Value:
    text: str
    line: int


FrontMatter = dict[str, tuple[Value, ...]]
"""A single value is a list of one, and an empty one a list of none."""


def split(text: str) -> tuple[FrontMatter, str, int]:
    """Front matter, what follows it, and the line where that begins, counted from 1."""
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        raise LineError(1, f"it does not begin with front matter: a line of {_FENCE}")
    ends = (n for n, line in enumerate(lines[1:], start=1) if line.rstrip() == _FENCE)
    end = next(ends, None)
    if end is None:
        raise LineError(1, f"the front matter has no end: a line of {_FENCE}")
    front = dict(_fields("\n".join(lines[1:end])))
    return front, "\n".join(lines[end + 1 :]), end + 2


def _fields(text: str) -> Iterator[tuple[str, tuple[Value, ...]]]:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 2 if mark else 1
        raise LineError(line, f"the front matter is no YAML: {error.problem}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise LineError(1, "the front matter is no YAML") from error
    if not isinstance(node, yaml.MappingNode):
        raise LineError(2, "the front matter has no lines like `title: ...`")
    seen = set()
    for key, value in node.value:
        line = key.start_mark.line + 2
        if not isinstance(key, yaml.ScalarNode):
            raise LineError(line, "the name of a field is no word")
        if key.value in seen:
            raise LineError(line, f"{key.value!r} is there twice")
        seen.add(key.value)
        yield key.value, tuple(_values(key.value, value))


def _values(name: str, node: yaml.Node) -> Iterator[Value]:
    for one in node.value if isinstance(node, yaml.SequenceNode) else [node]:
        line = one.start_mark.line + 2
        if not isinstance(one, yaml.ScalarNode):
            raise LineError(line, f"{name!r} is a list of words, or one")
        if words := " ".join(one.value.split()):
            yield Value(words, line)
