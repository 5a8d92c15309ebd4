"""The models of meaning that this container has: the static vectors, and the semantic layer where
it is attached. Loaded on first use, once."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from pydantic_core import from_json

from earshot.domain.aboutness import Aboutness, Weights
from earshot.domain.aboutness_features import Embed
from earshot.domain.cascade import Cascade
from earshot.domain.static_vectors import StaticVectors

MODELS = Path(__file__).with_name("models")
SEMANTIC_LAYER = "earshot_semantic"


@cache
def static_vectors() -> StaticVectors:
    table = (MODELS / "static_vectors.bin").read_bytes()
    return StaticVectors(_vocabulary(), table)


@cache
def semantic() -> Embed | None:
    """None without the layer."""
    if find_spec(SEMANTIC_LAYER) is None:
        return None
    embed: Embed = import_module(SEMANTIC_LAYER).semantic(_vocabulary())
    return embed


@cache
def cascade() -> Cascade:
    """Static vectors judge; what leaves them unsure goes to the semantic layer, if there is one."""
    first, embed = Aboutness(weights("static"), static_vectors()), semantic()
    return Cascade(first, Aboutness(weights("semantic"), embed) if embed else None)


def versions() -> tuple[str, ...]:
    """Of both judges, whether or not this container has the semantic layer."""
    return weights("static").version, weights("semantic").version


def weights(way: str) -> Weights:
    """Of ``surface``, ``static`` or ``semantic``."""
    return Weights.model_validate(from_json((MODELS / "aboutness.json").read_bytes())[way])


def _vocabulary() -> str:
    return (MODELS / "vocabulary.txt").read_text("utf-8")
