"""`docs/openapi.json` says what the apps serve."""

import json

import pytest

from earshot.domain.pages_refusals import REFUSALS as PAGE_REFUSALS
from earshot.flows.receive_webhook import REFUSALS
from earshot_ops import openapi, openapi_answers

WRITTEN = json.loads(openapi.FILE.read_text(encoding="utf-8"))


def test_the_file_is_what_the_apps_serve() -> None:
    assert openapi.FILE.read_text(encoding="utf-8") == openapi.text(openapi.document()), (
        "run: make openapi"
    )


@pytest.mark.parametrize("app", openapi.APPS)
def test_every_route_and_method_is_there(app: str) -> None:
    for path, methods in openapi.application(app).routes.items():
        described = set(WRITTEN["paths"][path]) - {"parameters"}
        assert described == {method.lower() for method in methods}


def test_a_delivery_may_meet_every_refusal_that_there_is() -> None:
    responses = WRITTEN["paths"][openapi_answers.HOOKS]["post"]["responses"]
    for status, name, title in REFUSALS.values():
        answer = responses[str(status)]
        schema = answer["content"]["application/problem+json"]["schema"]
        assert f"urn:earshot:problem:{name}" in schema["properties"]["type"]["enum"]
        assert title in answer["description"]


def test_every_refusal_of_a_page_is_an_answer_of_one() -> None:
    told = {
        (int(status), title)
        for path, item in WRITTEN["paths"].items()
        if path != openapi_answers.HOOKS
        for method, operation in item.items()
        if method != "parameters"
        for status, answer in operation["responses"].items()
        for title in answer["description"].split("; ")
    }
    assert {(refused.status, refused.title) for refused in PAGE_REFUSALS.values()} <= told


def test_every_parameter_of_a_path_is_described() -> None:
    for path, item in WRITTEN["paths"].items():
        named = [one["name"] for one in item.get("parameters", ())]
        assert named == [part[1:-1] for part in path.split("/") if part.startswith("{")]
