"""The trained text models, read once per process."""

import json
from functools import cache
from importlib.resources import files

from earshot.domain.language import LanguageModel
from earshot.domain.linear_model import Head, Lanes
from earshot.domain.text_models import Blend, TextModels


@cache
def text_models() -> TextModels:
    """As ``make train`` wrote them."""
    folder = files("earshot.models")
    told = json.loads(folder.joinpath("text.json").read_text("utf-8"))
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
        blends={name: Blend(**blend) for name, blend in told["blends"].items()},
    )
