"""Models as DynamoDB items and back: the model under ``data``, keys and what conditions compare
beside it. Times are ISO 8601 text in UTC, integers come back as integers. What is read by the
thousand lies there as JSON text: the client takes ten times as long for a map of attributes."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

M = TypeVar("M", bound=BaseModel)
Item = dict[str, Any]


def item_of(key: Mapping[str, str], model: BaseModel, **beside: Any) -> Item:
    return {**key, "data": model.model_dump(mode="json", exclude_none=True), **beside}


def text_item_of(key: Mapping[str, str], model: BaseModel, **beside: Any) -> Item:
    return {**key, "data": model.model_dump_json(exclude_none=True), **beside}


def model_of(model: type[M], item: Mapping[str, Any]) -> M:
    return model.model_validate(item["data"])
