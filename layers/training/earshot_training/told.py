"""What the shipped text models say of texts, with and without the semantic layer."""

from collections.abc import Iterable, Mapping

from earshot.domain.marks import cues_of, marks_of
from earshot.domain.text_features import split
from earshot.models.text import text_models

Scores = Mapping[str, float]


def scores_of(texts: Iterable[str], *, semantic: bool) -> list[Scores]:
    """Every head's score, text by text."""
    models, asked = text_models(), list(texts)
    embed = None
    if semantic:
        from earshot_training.embeddings import embedder

        embed = embedder(asked, with_semantic=True)
    found: list[Scores] = []
    for text in asked:
        words = split(text)
        scores = models.scores(words, marks_of(words, cues_of(words), text))
        found.append(
            models.with_blends(models.with_meaning(scores, embed(text)) if embed else scores)
        )
    return found


def likeliest(task: str, scores: Scores) -> str:
    """The class of a task that scores highest."""
    names = [name for name in scores if name.startswith(f"{task}:")]
    return max(names, key=lambda name: scores[name]).partition(":")[2]


def way(*, semantic: bool) -> str:
    return "semantic" if semantic else "lexical"
