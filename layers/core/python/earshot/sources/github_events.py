"""The bodies of GitHub's events: JSON, or a form with the JSON in ``payload``."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode

from pydantic import AwareDatetime, ConfigDict

from earshot.errors import MalformedPayloadError
from earshot.sources import payload
from earshot.sources.payload import Payload, dicts_in, read_part
from earshot.sources.surface import Headers

NO_POSTS = frozenset(
    (
        *("branch_protection_configuration", "branch_protection_rule", "check_run", "check_suite"),
        *("code_scanning_alert", "commit_comment", "create", "custom_property"),
        *("custom_property_values", "delete", "dependabot_alert", "deploy_key", "deployment"),
        *("deployment_protection_rule", "deployment_review", "deployment_status", "fork"),
        *("github_app_authorization", "gollum", "installation", "installation_repositories"),
        *("installation_target", "issue_dependencies", "label", "marketplace_purchase", "member"),
        *("membership", "merge_group", "meta", "milestone", "org_block", "organization"),
        *("package", "page_build", "personal_access_token_request", "ping", "project"),
        *("project_card", "project_column", "projects_v2", "projects_v2_item"),
        *("projects_v2_status_update", "public", "pull_request", "pull_request_review"),
        *("pull_request_review_comment", "pull_request_review_thread", "push"),
        *("registry_package", "release", "repository", "repository_advisory"),
        *("repository_dispatch", "repository_import", "repository_ruleset"),
        *("repository_vulnerability_alert", "secret_scanning_alert"),
        *("secret_scanning_alert_location", "secret_scanning_scan", "security_advisory"),
        *("security_and_analysis", "sponsorship", "star", "status", "sub_issues", "team"),
        *("team_add", "watch", "workflow_dispatch", "workflow_job", "workflow_run"),
    )
)
"""Events that are no posts here, by GitHub's names of them (GitHub docs, "Webhook events and
payloads")."""

TOLD = {
    "issues": ("issue", "issue"),
    "issue_comment": ("comment", "comment"),
    "discussion": ("discussion", "discussion"),
    "discussion_comment": ("discussion_comment", "comment"),
}
"""What a native id of an event's post begins with, and the field that holds the post."""

THREADS = {"issue_comment": "issue", "discussion_comment": "discussion"}
"""The post that an event about another one repeats whole."""

SAYS = ("opened", "created", "edited")
"""The actions by which somebody said something."""

_REPEATING = {*TOLD, "issue_dependencies", "sub_issues"}
_KINDS = {
    **dict.fromkeys(("issue", "old_issue", "new_issue", "parent_issue", "sub_issue"), "issue"),
    **dict.fromkeys(("blocked_issue", "blocking_issue"), "issue"),
    **dict.fromkeys(("discussion", "old_discussion", "new_discussion"), "discussion"),
    **dict.fromkeys(("answer", "old_answer"), "discussion_comment"),
    **dict.fromkeys(("comment", "pinned_comment"), "comment"),
}
_WORDS = ("title", "body", "user")
_BONES = ("id", "html_url", "created_at", "updated_at")
"""What stays of a post whose words are gone."""


class _Part(Payload):
    model_config = ConfigDict(coerce_numbers_to_str=True)


class User(_Part):
    id: int
    login: str | None = None
    html_url: str | None = None


class Reactions(_Part):
    total_count: int | None = None


class Category(_Part):
    is_answerable: bool | None = None


class Bones(_Part):
    """All that counts of a post that is gone, or of the thread of another one."""

    id: int


class Entry(Bones):
    """An issue, a discussion, or a comment on one of them."""

    html_url: str | None = None
    user: User | None = None
    title: str | None = None
    body: str | None = None
    created_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None
    reactions: Reactions | None = None
    comments: int | None = None
    child_comment_count: int | None = None
    parent_id: int | None = None
    answer_html_url: str | None = None
    category: Category | None = None


def repeated(name: str, event: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The posts whose words lie in an event, however deep, by native id."""
    kinds = _KINDS | ({"comment": name} if name == "discussion_comment" else {})
    for holder in dicts_in(event) if name in _REPEATING else ():
        for field, part in holder.items():
            if field not in kinds or not isinstance(part, dict):
                continue
            bones = read_part(Bones, part)
            if bones and any(part.get(word) for word in _WORDS):
                yield f"{kinds[field]}:{bones.id}", part


def told_by(name: str, event: dict[str, Any]) -> str | None:
    """The native id of the post that an event is about."""
    kind, field = TOLD.get(name, ("", ""))
    bones = read_part(Bones, event.get(field))
    return f"{kind}:{bones.id}" if bones else None


def stripped(name: str, event: dict[str, Any], native_id: str) -> dict[str, Any] | None:
    """The event with the words of its own post alone; without even those where it tells that the
    post was deleted. ``None`` where the post with that native id is its own, or it has none."""
    own, action = told_by(name, event), event.get("action")
    gone = action == "deleted"
    if own is None or not (gone or (action in SAYS and own != native_id)):
        return None
    field = TOLD[name][1]
    kept = {"action": action, field: _only(_BONES if gone else Entry.model_fields, event[field])}
    if thread := THREADS.get(name):
        kept[thread] = _only(_BONES, event.get(thread))
    return kept


def _only(fields: Iterable[str], part: Any) -> dict[str, Any]:
    return {name: part[name] for name in fields if name in part} if isinstance(part, dict) else {}


def read_json(headers: Headers, body: bytes) -> bytes | str:
    if not _is_form(headers):
        return body
    try:
        return parse_qs(body.decode(), max_num_fields=10)["payload"][0]
    except (ValueError, KeyError) as error:
        raise MalformedPayloadError("form without payload") from error


def _is_form(headers: Headers) -> bool:
    return headers.get("content-type", "").lower().startswith("application/x-www-form-urlencoded")


def read_object(headers: Headers, body: bytes) -> dict[str, Any]:
    return payload.read_object(read_json(headers, body))


def write_json(headers: Headers, told: str) -> bytes:
    """In the form that it came in."""
    return (urlencode({"payload": told}) if _is_form(headers) else told).encode()
