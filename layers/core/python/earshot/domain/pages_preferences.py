"""The form for preferences, and what comes back of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time

from earshot.domain import mail_parts
from earshot.domain import mail_wording as wording
from earshot.domain.models import DigestWish, Mute, MuteKind, Preferences, Seller, WorkingHours
from earshot.domain.pages import Field, MuteShown, PreferencesPage
from earshot.domain.preferences import as_preferred
from earshot.domain.untrusted import line
from earshot.domain.zones import check_zone

MOST_MUTES = 200
MOST_BUDGET = 100
DAYS = (
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
)
_MUTED = {
    MuteKind.ACCOUNT: "All about {}",
    MuteKind.TOPIC: "All that mentions {}",
    MuteKind.RULE: "All with the reason “{}”",
    MuteKind.SIGNAL: "One story",
}

Fields = Mapping[str, Sequence[str]]


def chosen_of(seller_id: str, chosen: Preferences | None) -> Preferences:
    return chosen or Preferences(seller_id=seller_id)


def form_of(
    imported: Seller, chosen: Preferences | None, now: datetime, *, saved: bool = False
) -> PreferencesPage:
    """What holds now, in the fields."""
    seller = as_preferred(imported, chosen)
    wishes = chosen_of(imported.seller_id, chosen)
    values = {
        "budget": str(seller.budget),
        "digest_at": f"{seller.digest_at:%H:%M}",
        "start": f"{seller.hours.start:%H:%M}",
        "end": f"{seller.hours.end:%H:%M}",
        "zone": seller.hours.zone,
        "days": "",
    }
    return PreferencesPage(
        instant=wishes.instant,
        urgent_anytime=seller.urgent_anytime,
        digest=wishes.digest,
        fields={name: Field(value=value) for name, value in values.items()},
        days=DAYS,
        chosen_days=frozenset(map(str, seller.hours.days)),
        mutes=tuple(_shown(mute, seller) for mute in wishes.mutes if mute.holds(now)),
        saved=saved,
    )


def filled_in(
    form: PreferencesPage, fields: Fields, imported: Seller, *, chosen: Preferences | None
) -> Preferences | PreferencesPage:
    """The next version of what was chosen, or the form again with what is wrong. What is as it was
    imported is left to the import."""
    said = {name: next(iter(fields.get(name, ())), "").strip() for name in form.fields}
    days = sorted({day for day in fields.get("days", ()) if day in dict(DAYS)})
    problems = _problems(said, days)
    digest = next(iter(fields.get("digest", ())), "")
    if problems or digest not in {*DigestWish}:
        return _with_problems(form, said, problems, fields=fields)
    before = chosen_of(imported.seller_id, chosen)
    hours = WorkingHours(
        zone=said["zone"],
        start=_time(said["start"]) or time(0),
        end=_time(said["end"]) or time(0),
        days=tuple(map(int, days)),
        holidays=imported.hours.holidays,
    )
    values = {
        "digest_at": _time(said["digest_at"]),
        "hours": hours,
        "budget": int(said["budget"]),
        "urgent_anytime": "urgent_anytime" in fields,
    }
    gone = frozenset(fields.get("unmute", ()))
    return before.model_copy(
        update={
            "instant": "instant" in fields,
            "digest": DigestWish(digest),
            **{n: None if v == getattr(imported, n) else v for n, v in values.items()},
            "mutes": tuple(mute for mute in before.mutes if value_of(mute) not in gone),
            "version": before.version + 1,
        }
    )


def muted(chosen: Preferences, mute: Mute, now: datetime) -> Preferences:
    """With the mute in the place of an earlier one of the same; what has ended goes, and the oldest
    if there are too many."""
    kept = [
        one
        for one in chosen.mutes
        if one.holds(now) and (one.kind, one.value) != (mute.kind, mute.value)
    ]
    mutes = (*kept, mute)[-MOST_MUTES:]
    return chosen.model_copy(update={"mutes": mutes, "version": chosen.version + 1})


def value_of(mute: Mute) -> str:
    return f"{mute.kind}:{mute.value}"


def _shown(mute: Mute, seller: Seller) -> MuteShown:
    called = mute.value.partition(":")[2] or mute.value
    if mute.kind is MuteKind.RULE:
        called = wording.contribution_label(mute.value)
    said = _MUTED[mute.kind].format(line(called, mail_parts.LONGEST_NAME))
    until = mail_parts.moment(mute.until, seller.hours.zone) if mute.until else ""
    return MuteShown(value=value_of(mute), label=f"{said}, until {until}" if until else said)


def _problems(said: Mapping[str, str], days: Sequence[str]) -> dict[str, str]:
    found = {
        name: "A time such as 08:00"
        for name in ("digest_at", "start", "end")
        if not _time(said[name])
    }
    if not (said["budget"].isascii() and said["budget"].isdigit() and len(said["budget"]) < 4):
        found["budget"] = "A number from 0 to 100"
    elif int(said["budget"]) > MOST_BUDGET:
        found["budget"] = "100 at most"
    if not days:
        found["days"] = "One day at least"
    try:
        check_zone(said["zone"])
    except ValueError:
        found["zone"] = "No time zone of this name is known"
    return found


def _time(text: str) -> time | None:
    """From ``HH:MM``, with seconds or not: browsers differ."""
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None


def _with_problems(
    form: PreferencesPage, said: Mapping[str, str], problems: Mapping[str, str], *, fields: Fields
) -> PreferencesPage:
    again = {
        name: Field(value=line(value, 80), problem=problems.get(name, ""))
        for name, value in said.items()
    }
    return form.model_copy(
        update={
            "fields": again,
            "instant": "instant" in fields,
            "urgent_anytime": "urgent_anytime" in fields,
            "digest": next(iter(fields.get("digest", ())), ""),
            "chosen_days": frozenset(fields.get("days", ())),
        }
    )
