"""CloudFormation as plain values: short tags read, what the data stack exports filled in.

``${Data.TableName}`` in a policy or merge template stands for what the data stack of the stage
exports under that name.
"""

import re
from pathlib import Path
from typing import Any

import yaml

_IMPORT = re.compile(r"\$\{Data\.([A-Za-z0-9]+)\}")
_PLAIN = {"Ref", "Condition"}


class _Loader(yaml.SafeLoader):
    """SafeLoader that knows `!Sub` and its like."""


def _construct(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in _PLAIN else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        text = loader.construct_scalar(node)
        return {name: text.split(".", 1) if suffix == "GetAtt" else text}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _construct)


def load(path: Path) -> dict[str, Any]:
    """A template, YAML or JSON, with intrinsics in their long form."""
    with path.open(encoding="utf-8") as file:
        value = yaml.load(file, Loader=_Loader)  # nosec B506 - a SafeLoader
    if not isinstance(value, dict):
        raise TypeError(f"{path} holds no mapping")
    return value


def fill(value: Any) -> Any:
    """The same value with every string that names an export turned into what CloudFormation reads:
    ``Fn::Sub``, and ``Fn::ImportValue`` for the exports."""
    if isinstance(value, dict):
        if value.keys() == {"Fn::Sub"} and isinstance(value["Fn::Sub"], str):
            return _substitute(value["Fn::Sub"])
        return {key: fill(item) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item) for item in value]
    return _substitute(value) if isinstance(value, str) and "${" in value else value


def _substitute(text: str) -> dict[str, Any]:
    names = sorted(set(_IMPORT.findall(text)))
    if names and _IMPORT.fullmatch(text):
        return _import(names[0])
    if not names:
        return {"Fn::Sub": text}
    pointed = _IMPORT.sub(r"${Data\1}", text)
    return {"Fn::Sub": [pointed, {f"Data{name}": _import(name) for name in names}]}


def _import(name: str) -> dict[str, Any]:
    return {"Fn::ImportValue": {"Fn::Sub": f"earshot-${{Stage}}-{name}"}}


def deep_merge(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """``over`` wins; mappings are merged, lists replaced, as Chalice merges."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            merged[key] = deep_merge(below, value)
        else:
            merged[key] = value
    return merged
