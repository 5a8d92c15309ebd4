"""The trained text models, read once per process."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from earshot.domain.language import LanguageModel
from earshot.domain.linear_model import Head, Lanes
from earshot.domain.text_models import Blend, MeaningHead, TextModels

_FOLDER = files("earshot.models")


def description() -> dict[str, Any]:
    """What the weights are of."""
    told: dict[str, Any] = json.loads(_FOLDER.joinpath("text.json").read_text("utf-8"))
    return told


@cache
def text_models() -> TextModels:
    """As ``make train`` wrote them."""
    folder, told = _FOLDER, description()
    heads = tuple(Head(**head) for head in told["heads"])
    language = told["language"]
    return TextModels(
        told["version"],
        LanguageModel(
            tuple(language["languages"]),
            folder.joinpath("language.bin").read_bytes(),
            language["least_lead"],
        ),
        heads=heads,
        ngrams=Lanes(len(heads), folder.joinpath("text_ngrams.bin").read_bytes()),
        marks=Lanes(len(heads), folder.joinpath("text_marks.bin").read_bytes()),
        mark_names=told["marks"],
        meanings={
            name: MeaningHead(head["scale"], head["bias"], tuple(head["weights"]))
            for name, head in told.get("meanings", {}).items()
        },
        blends={name: Blend(**blend) for name, blend in told["blends"].items()},
    )
