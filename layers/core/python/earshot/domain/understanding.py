"""What a post says: its intent and urgency, by a small table of cues.

The annotation guide of the evaluation defines the nine intents and three urgencies; these rules are
the floor that later models are measured against. English only.
"""

import re
from collections.abc import Iterator

from earshot.domain.models import Evidence, EvidenceKind, Intent, Understanding, Urgency

MODEL_VERSION = "cues-1"


def _cue(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


INTENT_CUES: tuple[tuple[Intent, int, re.Pattern[str]], ...] = (
    (
        Intent.SWITCHING,
        4,
        _cue(
            r"(?:switch|mov|migrat)(?:e|es|ed|ing) (?:away |over |off )?(?:from|to)"
            r"|mov(?:e|ing) off|switching|leaving|ditch(?:ed|ing)?|replac(?:e|ing) our"
            r"|replacement for"
            r"|cancel(?:l?ing|l?ed)? (?:our|my|the) (?:subscription|contract|plan|account)"
            r"|get(?:ting)? rid of|(?:looking|want) to replace"
        ),
    ),
    (
        Intent.RECOMMENDATION,
        4,
        _cue(
            r"recommend(?:ations?|ed)?(?: for| on)?|any (?:good )?alternatives?"
            r"|alternatives? (?:to|for)|suggest(?:ions?)?"
            r"|what (?:do|does|are) (?:you|people|everyone)"
            r"(?: all)? (?:use|using)|which (?:one|tool|product|vendor|crm) "
            r"|looking for an? (?:good |better |cheaper )?(?:alternative|tool|solution|crm|vendor)"
        ),
    ),
    (
        Intent.PURCHASE,
        3,
        _cue(
            r"(?:want|going|plan(?:ning)?|ready|looking|need) to"
            r" (?:buy|purchase|subscribe|trial|license)"
            r"|pricing|price per|quote for|get a quote|request(?:ing)? a (?:quote|demo)"
            r"|free trial"
            r"|volume discount|how much (?:does|do|is|would)|budget (?:for|of)|evaluating"
            r"|shortlist"
            r"|book a demo"
        ),
    ),
    (
        Intent.COMPLAINT,
        3,
        _cue(
            r"terrible|awful|worst|horrible|useless|unacceptable|fed up|sick of|hate"
            r"|frustrat(?:ed|ing)"
            r"|disappoint(?:ed|ing)|nightmare|ripped off|overpriced"
            r"|keeps? (?:crashing|failing|breaking)"
            r"|down again|never works?"
        ),
    ),
    (
        Intent.SUPPORT,
        2,
        _cue(
            r"how (?:do|can|to) (?:i|we|you)?|doesn'?t work|does not work|not working|error|bug"
            r"|exception|crash(?:es|ed)?|fails? (?:to|with)|stack ?trace|reproduc(?:e|tion)"
            r"|typo|help with"
        ),
    ),
    (
        Intent.NEWS,
        4,
        _cue(
            r"raises? \$?\d|raised \$?\d|series [a-f]|funding round|seed round"
            r"|acquir(?:es|ed|ing)"
            r"|acquisition|merges? with|appoints?|appointed"
            r"|new (?:cio|cto|ceo|head of|vp of|chief)"
            r"|joins? .{0,40} as|lays? off|layoffs|announces?|launches"
            r"|opens? (?:a )?new (?:office|site)"
            r"|partners? with|quarterly results"
        ),
    ),
    (
        Intent.PRAISE,
        2,
        _cue(r"love|awesome|amazing|great (?:tool|product|support)|thank(?:s| you)|works? great"),
    ),
    (
        Intent.PROMOTION,
        5,
        _cue(
            r"check out (?:our|my)|sign up (?:now|today)|we(?:'re| are) hiring|\[hiring\]"
            r"|use code"
            r"|limited offer|dm (?:me|us) for|our (?:new )?webinar|free giveaway"
            r"|subscribe to (?:our|my)"
        ),
    ),
)

URGENCY_CUES: tuple[tuple[Urgency, re.Pattern[str]], ...] = (
    (Urgency.NOW, _cue(r"asap|urgent(?:ly)?|immediately|right now|emergency|outage|by tomorrow")),
    (
        Urgency.SOON,
        _cue(
            r"(?:by|before|until) (?:the )?end of (?:the |this )?(?:week|month|quarter|year)"
            r"|(?:this|next) (?:week|month|quarter)|deadline"
            r"|(?:contract|renewal|license) (?:ends|is up"
            r"|expires|runs out|due)|\d+ (?:days|weeks) left"
        ),
    ),
)

# Where points tie, the earlier wins: who leaves or asks outranks who vents (guide, section 1).
_PRIORITY = (
    Intent.PROMOTION,
    Intent.SWITCHING,
    Intent.RECOMMENDATION,
    Intent.PURCHASE,
    Intent.NEWS,
    Intent.COMPLAINT,
    Intent.SUPPORT,
    Intent.PRAISE,
)


def understand(plain: str) -> Understanding:
    """Intent and urgency of a text with the cues they rest on; ``other`` when there is none."""
    points: dict[Intent, int] = {}
    cues: dict[Intent, list[Evidence]] = {}
    for intent, weight, evidence in _intent_cues(plain):
        points[intent] = points.get(intent, 0) + weight
        cues.setdefault(intent, []).append(evidence)
    best = min(points, key=lambda i: (-points[i], _PRIORITY.index(i)), default=Intent.OTHER)
    urgency, urgent_cues = _urgency(plain)
    evidence_found = sorted({*cues.get(best, ()), *urgent_cues}, key=lambda e: (e.start, e.end))
    return Understanding(
        intent=best,
        urgency=urgency,
        evidence=tuple(evidence_found),
        model_version=MODEL_VERSION,
    )


def _intent_cues(plain: str) -> Iterator[tuple[Intent, int, Evidence]]:
    for intent, weight, pattern in INTENT_CUES:
        for found in pattern.finditer(plain):
            yield intent, weight, _evidence(found)


def _urgency(plain: str) -> tuple[Urgency, tuple[Evidence, ...]]:
    for urgency, pattern in URGENCY_CUES:
        if found := tuple(_evidence(match) for match in pattern.finditer(plain)):
            return urgency, found
    return Urgency.NONE, ()


def _evidence(found: re.Match[str]) -> Evidence:
    return Evidence(
        kind=EvidenceKind.CUE, value=found.group(), start=found.start(), end=found.end()
    )
