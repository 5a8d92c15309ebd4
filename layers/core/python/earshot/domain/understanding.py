"""What a post says: intent, event, urgency, sentiment, degree and language, with the evidence.

The annotation guide of the evaluation defines the words; the models are trained on English. Texts
in other languages are marked, not guessed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeVar

from earshot.domain.language import COVERED
from earshot.domain.marks import Cue, cues_of, marks_of
from earshot.domain.models import (
    Degree,
    Event,
    Evidence,
    EvidenceKind,
    Intent,
    Sentiment,
    Understanding,
    Urgency,
)
from earshot.domain.text_features import TOKEN, Word, split
from earshot.domain.text_models import TextModels, probabilities

# Chosen on sales_intent: probabilities of intent are about right with scores as steep as this.
STEEPNESS = 2.0
# Where the likeliest intent is less likely, the semantic layer is asked, if it is there.
SURE = 0.75
_MOST_EVIDENCE = 3
_MOST_URGENT = 2

# fmt: off
# They weigh by the company they keep, and show nothing by themselves.
_SMALL = frozenset((
    "a", "an", "the", "is", "are", "was", "be", "to", "of", "in", "on", "at", "it", "its", "and",
    "or", "but", "for", "with", "that", "this", "as", "by", "after", "from", "had", "has", "have",
))
# fmt: on
Embed = Callable[[str], Sequence[float]]
Named = TypeVar("Named", bound=StrEnum)
# The head that scores each class.
_INTENTS = {intent: f"intent:{intent}" for intent in Intent}
_EVENTS = {event: f"event:{event}" for event in Event}
_SENTIMENTS = {sentiment: f"sentiment:{sentiment}" for sentiment in Sentiment}
_DEGREES = {degree: f"degree:{degree}" for degree in Degree}
_URGENCIES = {urgency: f"urgency:{urgency}" for urgency in (Urgency.NOW, Urgency.SOON)}


class _Read(NamedTuple):
    words: list[Word]
    cues: list[Cue]
    models: TextModels


class _Span(NamedTuple):
    weight: float
    start: int
    end: int


def understand(plain: str, models: TextModels, *, embed: Embed | None = None) -> Understanding:
    """Of the text alone. ``other`` shows no evidence: it is what is left where nothing speaks for
    another intent. ``embed`` is the semantic layer: it is asked where the words leave doubt, and
    ``model_version`` says that it was."""
    language = models.language.language_of(plain)
    if language not in COVERED:
        return _uncovered(language, models.version)
    words = split(plain)
    cues = cues_of(words)
    scores = models.scores(words, marks_of(words, cues, plain))
    version = models.version
    if embed and max(intent_probabilities(scores).values()) < SURE:
        scores, version = models.with_meaning(scores, embed(plain)), f"{version}+meaning"
    ranked = ranked_intents(scores)
    intent, also = ranked[0], _second(ranked, scores)
    urgency = _urgency(scores)
    is_news = Intent.NEWS in {intent, also}
    return Understanding(
        intent=intent,
        also=also,
        percent=_percent(intent, also, scores),
        event=_likeliest(_EVENTS, scores) if is_news else None,
        urgency=urgency,
        sentiment=_likeliest(_SENTIMENTS, scores),
        degree=_likeliest(_DEGREES, scores),
        language=language,
        evidence=_evidence(plain, _Read(words, cues, models), intent=intent, urgency=urgency),
        model_version=version,
    )


def ranked_intents(scores: Mapping[str, float]) -> list[Intent]:
    """The likeliest first, but who leaves is leaving, whatever else they ask: a stated departure
    outranks the question what to use instead (the guide's second rule)."""
    ranked = sorted(_INTENTS, key=lambda intent: -scores[_INTENTS[intent]])
    if ranked[0] is Intent.RECOMMENDATION and scores[_INTENTS[Intent.SWITCHING]] > 0:
        ranked.remove(Intent.SWITCHING)
        ranked.insert(0, Intent.SWITCHING)
    return ranked


def intent_probabilities(scores: Mapping[str, float]) -> dict[Intent, float]:
    """How likely each intent is, from the scores of the models."""
    found = probabilities([STEEPNESS * scores[head] for head in _INTENTS.values()])
    return dict(zip(_INTENTS, found, strict=True))


def _uncovered(language: str, version: str) -> Understanding:
    return Understanding(
        intent=Intent.OTHER,
        percent=0,
        urgency=Urgency.NONE,
        language=language,
        is_covered=False,
        evidence=(),
        model_version=version,
    )


def _percent(intent: Intent, also: Intent | None, scores: Mapping[str, float]) -> int:
    """How sure the intent is; who leaves and asks is as sure as both together."""
    likely = intent_probabilities(scores)
    together = {intent, also} == {Intent.SWITCHING, Intent.RECOMMENDATION}
    return round(100 * (likely[intent] + (likely[also] if also and together else 0)))


def _second(ranked: Sequence[Intent], scores: Mapping[str, float]) -> Intent | None:
    """The next likeliest, if it holds for itself and both are about a product."""
    holds = scores[_INTENTS[ranked[1]]] > 0
    return ranked[1] if holds and Intent.OTHER not in ranked[:2] else None


def _urgency(scores: Mapping[str, float]) -> Urgency:
    for urgency, head in _URGENCIES.items():
        if scores[head] > 0:
            return urgency
    return Urgency.NONE


def _likeliest(heads: Mapping[Named, str], scores: Mapping[str, float]) -> Named:
    return max(heads, key=lambda name: scores[heads[name]])


def _evidence(plain: str, read: _Read, *, intent: Intent, urgency: Urgency) -> tuple[Evidence, ...]:
    """The words that speak most for the intent, and those that tell the urgency."""
    places = [found.span() for found in TOKEN.finditer(plain)]
    spans: list[_Span] = []
    if intent is not Intent.OTHER:
        spans += _strongest(_speaking(read, places, _INTENTS[intent]))
    if urgency is not Urgency.NONE:
        told = (cue for cue in read.cues if cue.name == urgency)
        spans += [_Span(0.0, *_place(cue, places)) for cue in told][:_MOST_URGENT]
    ordered = sorted({(span.start, span.end) for span in spans})
    return tuple(
        Evidence(kind=EvidenceKind.CUE, value=plain[start:end], start=start, end=end)
        for start, end in ordered
    )


def _speaking(read: _Read, places: Sequence[tuple[int, int]], head: str) -> Iterator[_Span]:
    """Each phrase and each word with its weight for the head."""
    alone = read.models.word_weights(read.words, head)
    for cue in read.cues:
        weight = read.models.mark_weight(cue.name, head) + sum(alone[cue.start : cue.end])
        yield _Span(weight, *_place(cue, places))
    for word, weight, (start, end) in zip(read.words, alone, places, strict=False):
        if word.text[0].isalnum() and word.text not in _SMALL:
            yield _Span(weight, start, end)


def _place(cue: Cue, places: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return places[cue.start][0], places[cue.end - 1][1]


def _strongest(spans: Iterator[_Span]) -> list[_Span]:
    """The heaviest that do not overlap; one at least, as long as there are any."""
    kept: list[_Span] = []
    for span in sorted(spans, key=lambda found: (-found.weight, found.start)):
        if len(kept) == _MOST_EVIDENCE or (kept and span.weight <= 0):
            break
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return kept
