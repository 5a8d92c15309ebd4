"""Countries as ISO 3166 codes, from the names that people and pages use."""

import unicodedata
from functools import cache
from importlib import resources

# Spellings beside those of the table that comes with the time zones.
_ALSO = {
    "AE": "uae|are",
    "AT": "osterreich|aut",
    "AU": "aus",
    "BE": "belgie|belgique|belgien|bel",
    "BR": "brasil|bra",
    "CA": "kanada|can",
    "CH": "schweiz|suisse|svizzera|che",
    "CN": "prc|peoples republic of china|chn",
    "CZ": "czechia|cze|cesko",
    "DE": "deutschland|allemagne|germania|alemania|deu|federal republic of germany",
    "DK": "danmark|danemark|dnk",
    "ES": "espana|spanien|espagne|esp",
    "FI": "suomi|finnland|fin",
    "FR": "frankreich|francia|fra",
    "GB": (
        "uk|united kingdom|great britain|england|scotland|wales|northern ireland|gbr|u k"
        "|united kingdom of great britain and northern ireland"
    ),
    "GR": "hellas|grc",
    "HK": "hkg",
    "HU": "magyarorszag|hun",
    "IE": "irland|republic of ireland|irl",
    "IL": "isr",
    "IN": "ind|indien|bharat",
    "IT": "italia|italien|ita",
    "JP": "jpn|nippon",
    "KR": "south korea|republic of korea|korea|kor",
    "LU": "luxemburg|lux",
    "MX": "mexiko|mex",
    "NL": "holland|nederland|niederlande|the netherlands|nld",
    "NO": "norge|norwegen|nor",
    "NZ": "nzl",
    "PL": "polska|polen|pol",
    "PT": "prt",
    "RU": "russian federation|rus",
    "SE": "sverige|schweden|swe",
    "SG": "sgp",
    "TR": "turkiye|turkei|tur",
    "TW": "taiwan|twn",
    "US": "usa|united states of america|u s a|u s|the united states|america|vereinigte staaten",
    "VN": "viet nam|vnm",
    "ZA": "zaf|sudafrika",
}


def code(name: str) -> str | None:
    """``DE`` for ``DE``, ``Germany`` and ``Deutschland``; ``None`` for what is not known."""
    return _codes().get(_plain(name))


@cache
def _codes() -> dict[str, str]:
    listed = resources.files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text("utf-8")
    rows = (line.split("\t") for line in listed.splitlines() if not line.startswith("#"))
    names = {row[0]: row[1] for row in rows if len(row) == 2}
    found = {_plain(name): one for one, name in names.items()}
    found |= {one.lower(): one for one in names}
    return found | {also: one for one, some in _ALSO.items() for also in some.split("|")}


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name[:100]).casefold()
    return " ".join(
        "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c)).split()
    )
