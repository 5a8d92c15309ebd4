"""Two costs measured in turn, and what their ratio should be."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Measured:
    """Processor time in seconds, one sample per run; ``goal`` bounds the ratio of the medians."""

    name: str
    floor: tuple[float, ...]
    ours: tuple[float, ...]
    goal: float | None = None

    @property
    def ratio(self) -> float:
        return median(self.ours) / median(self.floor)

    @property
    def ratio_of_least(self) -> float:
        return min(self.ours) / min(self.floor)

    @property
    def is_met(self) -> bool:
        return self.goal is None or self.ratio <= self.goal
