"""How hot partition keys get: units in each second, and the hottest key of each kind."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.bench.simulation_rows import Row


@dataclass(frozen=True, slots=True)
class Peak:
    """The hottest second of the hottest key of a kind."""

    pk: str
    units: float
    at: int

    @property
    def kind(self) -> str:
        return kind_of(self.pk)

    def room(self, limit: float) -> float:
        """How many times as much the partition takes; below 1 it is throttled."""
        return limit / self.units


@dataclass
class Heat:
    """Seconds come in order. ``series`` holds the hottest second of each kind in every
    ``bucket`` seconds, ``totals`` that of the table."""

    bucket: int = 300
    peaks: dict[str, Peak] = field(default_factory=dict)
    series: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    most: float = 0
    total: float = 0
    _second: int = -1
    _units: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, at: float, rows: Iterable[Row]) -> None:
        if int(at) != self._second:
            self.close()
            self._second = int(at)
        for pk, units in rows:
            self._units[pk] += units

    def close(self) -> None:
        """Ends the second; whoever reads the peaks calls it first."""
        hottest: dict[str, tuple[float, str]] = {}
        whole = 0.0
        for pk, units in self._units.items():
            whole += units
            kind = kind_of(pk)
            if units > hottest.get(kind, (0, ""))[0]:
                hottest[kind] = (units, pk)
        place = self._second // self.bucket
        for kind, (units, pk) in hottest.items():
            if kind not in self.peaks or units > self.peaks[kind].units:
                self.peaks[kind] = Peak(pk, units, self._second)
            self.series[kind][place] = max(self.series[kind][place], round(units))
        self.most, self.total = max(self.most, whole), self.total + whole
        self._units.clear()

    def hottest(self) -> list[Peak]:
        return sorted(self.peaks.values(), key=lambda peak: (-peak.units, peak.pk))


def kind_of(pk: str) -> str:
    return pk.partition("#")[0]
