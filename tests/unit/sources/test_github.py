import itertools
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import DataClass, Deletion, Ignored, Post
from earshot.errors import MalformedPayloadError
from earshot.sources import catalog, github
from earshot.sources.surface import DELETED_VERSION, Held, Item
from tests.unit.sources.test_events import EVENTS, delivery

ISSUE: dict[str, Any] = json.loads((EVENTS / "github/issue.opened.json").read_text())
ISSUES = {"x-github-event": "issues"}
COMMENTS = {"x-github-event": "issue_comment"}
COMMENT: dict[str, Any] = json.loads((EVENTS / "github/issue_comment.edited.json").read_text())
ANSWERED: dict[str, Any] = json.loads((EVENTS / "github/discussion.answered.json").read_text())
REPLY: dict[str, Any] = json.loads((EVENTS / "github/discussion_comment.edited.json").read_text())
DISCUSSIONS = {"x-github-event": "discussion"}
REPLIES = {"x-github-event": "discussion_comment"}
PAYLOADS = Path(
    os.environ.get("EARSHOT_SHARED", Path(__file__).parents[4] / "shared"), "data/payloads/github"
)


def normalise(event: str, body: bytes, content_type: str = "application/json") -> list[Item]:
    headers = {"x-github-event": event, "content-type": content_type}
    return list(catalog.normalise(delivery("github"), RawObject(headers, body, DataClass.COPIED)))


def issue(action: str, **changed: Any) -> bytes:
    return json.dumps({**ISSUE, "action": action, "issue": {**ISSUE["issue"], **changed}}).encode()


@pytest.mark.parametrize(
    ("event", "action", "reason"),
    [
        ("issues", "labeled", "other_action"),
        ("issues", "closed", "other_action"),
        ("issues", "transferred", "transferred"),
        ("issue_comment", "pinned", "other_action"),
        ("discussion", "labeled", "other_action"),
        ("discussion", "answered", "other_action"),
        ("discussion", "transferred", "transferred"),
        ("discussion_comment", "pinned", "other_action"),
        ("star", "created", "star"),
        ("fork", "", "fork"),
        ("pull_request", "opened", "pull_request"),
        ("pull_request_review", "submitted", "pull_request_review"),
        ("push", "", "push"),
        ("ping", "", "ping"),
        ("Star", "created", "other_event"),
        ("of\ntomorrow", "created", "other_event"),
        ("", "opened", "other_event"),
    ],
)
def test_what_nobody_said_is_ignored(event: str, action: str, reason: str) -> None:
    body = json.dumps({**COMMENT, "action": action}).encode()
    assert normalise(event, body) == [Ignored(reason=reason)]


def test_a_deleted_issue_is_a_deletion() -> None:
    [deletion] = normalise("issues", issue("deleted"))
    assert isinstance(deletion, Deletion)
    assert (deletion.native_id, deletion.version) == ("issue:9001", DELETED_VERSION)


def test_a_form_is_read_like_json() -> None:
    body = urlencode({"payload": json.dumps(ISSUE)}).encode()
    form = normalise("issues", body, "application/x-www-form-urlencoded; charset=utf-8")
    assert form == normalise("issues", json.dumps(ISSUE).encode())


def test_an_author_without_account_is_the_ghost() -> None:
    [post] = normalise("issues", issue("opened", user=None, body=None))
    assert isinstance(post, Post)
    assert post.author.author_id == "ghost"
    assert post.text == "Looking for an alternative to Ledgerly"


def test_the_newest_version_is_the_greatest_in_any_order() -> None:
    bodies = [
        issue("opened", updated_at="2026-03-02T09:15:00Z", body="one"),
        issue("edited", updated_at="2026-03-02T09:16:00Z", body="two"),
        issue("edited", updated_at="2026-03-02T10:17:00+01:00", body="three"),
    ]
    for order in itertools.permutations(bodies):
        posts = [post for body in order for post in normalise("issues", body)]
        newest = max(posts, key=lambda post: getattr(post, "version", ""))
        assert isinstance(newest, Post)
        assert newest.text.endswith("three")
        assert newest.version < DELETED_VERSION


@given(st.tuples(st.text(max_size=20), st.text(max_size=20)))
def test_two_texts_of_one_clock_have_one_winner(texts: tuple[str, str]) -> None:
    posts = [post for text in texts for post in normalise("issues", issue("edited", body=text))]
    versions = [post.version for post in posts if isinstance(post, Post)]
    told = [post.text for post in posts if isinstance(post, Post)]
    assert (versions[0] == versions[1]) is (told[0] == told[1])


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000 + b"]" * 200_000,
        b'{"action": "opened", "issue": {"id": ' + b"9" * 5000 + b"}}",
        b'{"action": "opened", "issue": {"id": NaN}}',
        issue("opened").replace(b"Looking", b"\\ud800"),
        b"\xff\xfe",
        b"",
        b"null",
        b'{"action": "opened"}',
        issue("opened", updated_at="2026-03-02T09:15:00"),
    ],
    ids=["nested", "digits", "nan", "surrogate", "binary", "empty", "null", "short", "zoneless"],
)
@pytest.mark.parametrize("event", ["issues", "issue_comment", "discussion", "discussion_comment"])
def test_hostile_json_is_malformed(event: str, body: bytes) -> None:
    with pytest.raises(MalformedPayloadError) as refusal:
        normalise(event, body)
    assert "Looking" not in str(refusal.value)


@pytest.mark.parametrize("body", [b"payload", b"\xff", b"payload=", b"a=1&" * 50])
def test_a_form_without_json_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayloadError):
        normalise("issues", body, "application/x-www-form-urlencoded")


def test_every_event_holds_its_issue_and_its_comment() -> None:
    assert list(github.held(ISSUES, issue("labeled"))) == [Held("issue:9001", "501")]
    both = [Held("issue:9001", "ghost"), Held("comment:9102", "502")]
    assert list(github.held(COMMENTS, json.dumps(COMMENT).encode())) == both
    review = {"x-github-event": "pull_request_review_comment"}
    assert list(github.held(review, json.dumps(COMMENT).encode())) == []
    assert list(github.held(ISSUES, b'{"zen": "calm", "issue": 4}')) == []


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/x-www-form-urlencoded"], ids=["json", "form"]
)
def test_a_comment_outlives_the_words_of_its_issue(content_type: str) -> None:
    text = json.dumps(COMMENT)
    body = urlencode({"payload": text}).encode() if "form" in content_type else text.encode()
    rest = github.without({**COMMENTS, "content-type": content_type}, body, "issue:9001")
    assert rest
    for words in (b"Looking", b"leaving", b"We+went+with+Tally.", b"with Tally."):
        assert words not in rest
    before, after = (normalise("issue_comment", told, content_type) for told in (body, rest))
    assert before == after


def test_what_is_erased_itself_goes_whole_and_a_stranger_leaves_all() -> None:
    body = json.dumps(COMMENT).encode()
    assert github.without(COMMENTS, body, "comment:9102") is None
    assert github.without(ISSUES, issue("labeled"), "issue:9001") is None
    assert github.without(COMMENTS, body, "comment:1") == body


def test_every_event_holds_its_discussion_and_the_answer_that_was_chosen() -> None:
    discussion, answer = Held("discussion:7001", "501"), Held("discussion_comment:7101", "503")
    body = json.dumps(ANSWERED).encode()
    assert list(github.held(DISCUSSIONS, body)) == [discussion, answer]
    reply = Held("discussion_comment:7102", "ghost")
    assert list(github.held(REPLIES, json.dumps(REPLY).encode())) == [reply, discussion]


def test_an_answer_outlives_the_words_of_its_discussion() -> None:
    body = json.dumps(REPLY).encode()
    rest = github.without(REPLIES, body, "discussion:7001")
    assert rest
    for words in (b"Ledgerly", b"invoicing", b"jonas-w", b"took a day"):
        assert words not in rest
    assert normalise("discussion_comment", rest) == normalise("discussion_comment", body)
    assert list(github.held(REPLIES, rest)) == [Held("discussion_comment:7102", "ghost")]
    assert github.without(REPLIES, rest, "discussion:7001") == rest
    assert github.without(REPLIES, rest, "discussion_comment:7102") is None


@pytest.mark.parametrize("native_id", ["discussion:7001", "discussion_comment:7101"])
def test_an_event_that_tells_of_nothing_goes_with_what_it_repeats(native_id: str) -> None:
    assert github.without(DISCUSSIONS, json.dumps(ANSWERED).encode(), native_id) is None


@pytest.mark.parametrize(
    ("headers", "event", "native_id"),
    [
        (ISSUES, {"action": "deleted", "issue": ISSUE["issue"]}, "issue:9001"),
        (COMMENTS, {**COMMENT, "action": "deleted"}, "comment:9102"),
        (DISCUSSIONS, {**ANSWERED, "action": "deleted"}, "discussion:7001"),
        (REPLIES, {**REPLY, "action": "deleted"}, "discussion_comment:7102"),
    ],
    ids=["issue", "comment", "discussion", "reply"],
)
def test_a_deletion_outlives_the_words_of_what_it_deletes(
    headers: dict[str, str], event: dict[str, Any], native_id: str
) -> None:
    body, name = json.dumps(event).encode(), headers["x-github-event"]
    rest = github.without(headers, body, native_id)
    assert rest
    assert b"body" not in rest
    assert b"user" not in rest
    assert normalise(name, rest) == normalise(name, body)
    assert list(github.held(headers, rest)) == []


def test_an_issue_that_was_moved_here_outlives_the_one_that_it_was() -> None:
    old = {**ISSUE["issue"], "id": 8000, "body": "words of before"}
    body = json.dumps({**ISSUE, "changes": {"old_issue": old}}).encode()
    assert Held("issue:8000", "501") in list(github.held(ISSUES, body))
    rest = github.without(ISSUES, body, "issue:8000")
    assert rest
    assert b"words of before" not in rest
    assert normalise("issues", rest) == normalise("issues", body)


def test_a_sub_issue_lies_in_an_event_about_another() -> None:
    name = {"x-github-event": "sub_issues"}
    body = json.dumps({"action": "sub_issue_added", "sub_issue": ISSUE["issue"]}).encode()
    assert normalise("sub_issues", body) == [Ignored(reason="sub_issues")]
    assert list(github.held(name, body)) == [Held("issue:9001", "501")]
    assert github.without(name, body, "issue:9001") is None


def test_a_reply_is_below_the_comment_that_it_answers() -> None:
    [reply] = normalise("discussion_comment", json.dumps(REPLY).encode())
    assert isinstance(reply, Post)
    assert (reply.thread_id, reply.parent_id) == ("discussion:7001", "discussion_comment:7101")


def test_what_is_sent_otherwise_than_documented_is_read_all_the_same() -> None:
    changed = {"id": "9001", "title": 7, "reactions": None, "comments": None, "updated_at": None}
    [post] = normalise("issues", issue("opened", **changed))
    assert isinstance(post, Post)
    assert post.native_id == "issue:9001"
    assert post.text.startswith("7\n")
    [old] = normalise("issues", issue("opened", created_at="0001-01-01T00:00:00+14:00"))
    assert isinstance(old, Post)
    [gone] = normalise("issues", b'{"action": "deleted", "issue": {"id": 9001}}')
    assert isinstance(gone, Deletion)


@pytest.mark.parametrize("action", [None, 7, [], {}, ["opened"]])
def test_an_action_of_another_shape_is_none(action: Any) -> None:
    body = json.dumps({**ISSUE, "action": action}).encode()
    assert normalise("issues", body) == [Ignored(reason="other_action")]


@pytest.mark.skipif(not PAYLOADS.exists(), reason="real payloads are not part of the project")
def test_real_payloads_are_read_and_erased() -> None:
    for path in PAYLOADS.glob("*.json"):
        headers, body = {"x-github-event": path.name.split(".")[0]}, path.read_bytes()
        assert normalise(headers["x-github-event"], body)
        for post in github.held(headers, body):
            rest = github.without(headers, body, post.native_id)
            assert rest is None or post not in github.held(headers, rest)
