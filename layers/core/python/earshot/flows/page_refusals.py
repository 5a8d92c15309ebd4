"""A page, link or form that is refused; whoever serves it says so in words."""

from earshot.domain.pages_refusals import PageRefusal
from earshot.errors import EarshotError


class PageRefusedError(EarshotError):
    """``detail`` is for the reader, ``signal_id`` the signal that they may look at instead."""

    def __init__(self, refusal: PageRefusal, *, detail: str = "", signal_id: str = "") -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.detail = detail
        self.signal_id = signal_id
