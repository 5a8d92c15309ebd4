"""Who is erased is named in no field of what others said; their words stay as they are."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.sources.naming import unnamed

NAMES = frozenset({"jonas_w", "Jonas Weber", "8101"})


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ({"in_reply_to": "jonas_w", "by": "rosa"}, {"in_reply_to": "erased", "by": "rosa"}),
        ({"to": {"user_id": 8101, "likes": 8101}}, {"to": {"user_id": 0, "likes": 8101}}),
        ({"id_str": "8101"}, {"id_str": "erased"}),
        ({"liked_by_id": [8101, 8102]}, {"liked_by_id": [0, 8102]}),
        ([{"name": "Jonas Weber"}, "rosa"], [{"name": "erased"}, "rosa"]),
    ],
)
def test_a_field_that_names_them_does_so_no_more(value: Any, left: Any) -> None:
    assert json.loads(unnamed(json.dumps(value).encode(), NAMES)) == left


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": "ask  @jonas_w",  "jonas_w": 1}',
        b'{"is_id": true, "of": [8101]}',
        b"<feed><author>jonas_w</author></feed>",
        b"",
        b'{"id": NaN}',
    ],
)
def test_what_others_say_and_what_is_no_json_stays_to_the_byte(body: bytes) -> None:
    assert unnamed(body, NAMES) == body


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9_000) | st.sampled_from([*NAMES, "rosa"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "by", "n"]), inner),
    max_leaves=20,
)


@given(VALUES)
def test_no_text_is_left_that_is_a_name_and_twice_is_once(value: Any) -> None:
    once = unnamed(json.dumps(value).encode(), NAMES)
    assert not any(f'"{name}"' in once.decode() for name in NAMES)
    assert unnamed(once, NAMES) == once
