"""Whether a seller is there to take what comes, or somebody has to stand in for them."""

from datetime import datetime

from earshot.domain.attention import attend
from earshot.domain.models import Seller, Urgency


def is_away(seller: Seller, urgency: Urgency, now: datetime) -> bool:
    """Whether days off put off a mail that would ordinarily go earlier. So the evening before a
    holiday counts, and an ordinary night or weekend does not; what the seller's own rule lets
    through finds them there."""
    if not seller.hours.holidays:
        return False
    hours = seller.hours.model_copy(update={"holidays": ()})
    ordinary = attend(seller.model_copy(update={"hours": hours}), urgency, now)
    return attend(seller, urgency, now).due_at != ordinary.due_at
