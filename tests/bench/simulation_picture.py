"""A run as SVG: lines over time, each panel with a limit if it has one. Written by hand, since four
panels of lines are no reason for a plotting library."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, log10

WIDTH, PANEL, LEFT, RIGHT, TOP = 980, 220, 64, 220, 44
COLOURS = ("#1b6ca8", "#c8553d", "#3a7d44", "#7b4b94", "#b8860b", "#2f4858", "#d1495b", "#8d99ae")
LIMIT = "#b00020"


@dataclass(frozen=True)
class Panel:
    """``lines`` are values by place, a place for every ``bucket`` seconds. The scale is one of
    logarithms, since a limit is often a hundred times what is reached."""

    title: str
    lines: Mapping[str, Mapping[int, float]]
    limit: tuple[str, float] | None = None


def picture(title: str, panels: Sequence[Panel], *, bucket: int) -> str:
    height = TOP + PANEL * len(panels) + 12
    drawn = "\n".join(
        line
        for number, panel in enumerate(panels)
        for line in _panel(panel, TOP + number * PANEL, bucket)
    )
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" \
font-family="system-ui, sans-serif" font-size="12" fill="#222">
<title>{escape(title)}</title>
<rect width="{WIDTH}" height="{height}" fill="#fff"/>
<text x="{LEFT}" y="24" font-size="16" font-weight="600">{escape(title)}</text>
{drawn}
</svg>
"""


def _panel(panel: Panel, top: int, bucket: int) -> Iterable[str]:
    places = sorted({place for line in panel.lines.values() for place in line})
    first, last = places[0], max(places[-1], places[0] + 1)
    values = [value for line in panel.lines.values() for value in line.values()]
    most = max([*values, panel.limit[1] if panel.limit else 1, 10])
    bottom, tall = top + PANEL - 36, PANEL - 64

    def x(place: float) -> float:
        return LEFT + (place - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return bottom - log10(max(value, 1)) / log10(most * 1.2) * tall

    yield f'<text x="{LEFT}" y="{top + 14}" font-weight="600">{escape(panel.title)}</text>'
    for power in range(int(log10(most * 1.2)) + 1):
        at = y(10**power)
        yield _line(x(first), at, x(last), at, "#e3e3e3")
        yield _text(LEFT - 6, at + 4, f"{10**power:,}", anchor="end")
    for place in _ticks(first, last, bucket):
        yield _text(x(place), bottom + 16, _clock(place * bucket, bucket), anchor="middle")
    for number, (name, line) in enumerate(panel.lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join(f"{x(p):.1f},{y(line.get(p, 0)):.1f}" for p in range(first, last + 1))
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.4"/>'
        label = f"{name}, at most {max(line.values()):,.0f}"
        yield _text(WIDTH - RIGHT + 10, top + 34 + 16 * number, label, colour=colour)
    if panel.limit:
        name, value = panel.limit
        yield _line(x(first), y(value), x(last), y(value), LIMIT, dashed=True)
        yield _text(WIDTH - RIGHT + 10, top + 14, f"{name} {value:,.0f}", colour=LIMIT)


def _ticks(first: int, last: int, bucket: int) -> range:
    """Every three hours of a day, or some six of a window."""
    step = 10_800 // bucket if bucket * (last - first) > 10_800 else ceil((last - first) / 6)
    return range(first, last + 1, step)


def _clock(second: int, bucket: int) -> str:
    shown = f"{second // 3_600 % 24:02d}:{second // 60 % 60:02d}"
    return shown if bucket >= 60 else f"{shown}:{second % 60:02d}"


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, *, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{dash}/>'
    )


def _text(x: float, y: float, text: str, *, anchor: str = "start", colour: str = "#555") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{colour}">{escape(text)}</text>'
