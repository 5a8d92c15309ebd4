"""CloudFormation as plain values."""

from pathlib import Path

import pytest

from earshot_ops import templates


def test_short_tags_become_the_long_form(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text(
        "a: !Ref Table\nb: !GetAtt Table.Stream.Arn\nc: !Sub '${Table}'\n"
        "d: !Not [!Equals [!Ref A, '']]\ne: !If {x: 1}\nf: !Condition HasOperator\n",
        encoding="utf-8",
    )
    assert templates.load(path) == {
        "a": {"Ref": "Table"},
        "b": {"Fn::GetAtt": ["Table", "Stream.Arn"]},
        "c": {"Fn::Sub": "${Table}"},
        "d": {"Fn::Not": [{"Fn::Equals": [{"Ref": "A"}, ""]}]},
        "e": {"Fn::If": {"x": 1}},
        "f": {"Condition": "HasOperator"},
    }


def test_a_template_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text("- 1\n", encoding="utf-8")
    with pytest.raises(TypeError, match=r"some\.yaml holds no mapping"):
        templates.load(path)


def test_an_export_is_imported() -> None:
    table = {"Fn::ImportValue": {"Fn::Sub": "earshot-${Stage}-TableArn"}}
    assert templates.fill(["${Data.TableArn}"]) == [table]
    assert templates.fill({"r": "${Data.TableArn}/index/due"}) == {
        "r": {"Fn::Sub": ["${DataTableArn}/index/due", {"DataTableArn": table}]}
    }


def test_what_names_no_export_stays_what_it_is() -> None:
    value = {"a": "plain", "b": 3, "c": {"Fn::Sub": "/aws/${Name}"}}
    assert templates.fill(value) == value
    assert templates.fill("earshot-${Stage}") == {"Fn::Sub": "earshot-${Stage}"}


def test_merging_goes_deep_and_replaces_lists() -> None:
    under = {"a": {"b": [1], "c": 1}, "d": 1}
    assert templates.deep_merge(under, {"a": {"b": [2]}, "d": {"e": 1}}) == {
        "a": {"b": [2], "c": 1},
        "d": {"e": 1},
    }
