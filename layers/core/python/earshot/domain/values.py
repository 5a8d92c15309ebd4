"""What models are made of.

Scores are integers 0 to 100 and datetimes are timezone-aware; whoever stores one stores it in UTC.
Unknown fields are refused: these are our own values, never somebody else's payload.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints


class Model(BaseModel):
    # Built on first use: no Lambda needs all of them, and a cold start would wait for each.
    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )


def _to_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Identifier = Annotated[str, StringConstraints(min_length=1, max_length=512)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Utc = Annotated[AwareDatetime, AfterValidator(_to_utc)]
Score = Annotated[int, Field(ge=0, le=100)]
EmailAddress = Annotated[str, StringConstraints(pattern=r"^[^@\s,;<>\"]+@[^@\s,;<>\"]+$")]
