"""Whatever comes over HTTP, signed or not, the answer is one that was meant: never a 5xx."""

import itertools
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from chalice.test import Client, HTTPResponse

from earshot.sources import catalog
from earshot_ops.payloads.signing import schemes_of, signed
from tests.fakes_ingest import FakeAws
from tests.integration.test_receive_webhook import aws, client
from tests.unit.sources.test_hostile import ASKED, HEADERS, HOSTILE, SIGNED, WORDS

__all__ = ["aws", "client"]

PLAIN = [body for body in HOSTILE if len(body) < 10_000]
STATUSES = {200, 202, 400, 401, 404, 405, 406, 413, 415}


@pytest.fixture(params=sorted(catalog.WEBHOOKS))
def source(request: pytest.FixtureRequest, aws: FakeAws) -> str:
    name: str = request.param
    sent, typed = schemes_of(name)[0].new_secrets() if schemes_of(name) else (b"", b"secret")
    aws.connect(name, "strange", typed.decode())
    aws.secrets["sent"] = sent.decode()
    return name


def meant(answer: HTTPResponse) -> int:
    assert answer.status_code in STATUSES, answer.body
    return int(answer.status_code)


def test_what_is_not_signed_is_refused(source: str, client: Client, aws: FakeAws) -> None:
    path, names = f"/hooks/{source}/strange", itertools.cycle(SIGNED)
    for body, header in itertools.product(PLAIN, HEADERS):
        headers = {"Content-Type": "application/json", next(names): header}
        assert meant(client.http.post(path, headers=headers, body=body)) >= 400
    assert not aws.objects


def test_what_is_signed_is_stored_whatever_it_is(source: str, client: Client, aws: FakeAws) -> None:
    if not schemes_of(source) or source == "mailgun":
        pytest.skip("its scheme does not sign a body")
    secret = aws.secrets["sent"].encode()
    for body in HOSTILE:
        told = signed(source, body, secret, now=datetime.now(UTC))
        headers = {"Content-Type": "application/json", **told.headers}
        answer = client.http.post(f"/hooks/{source}/strange", headers=headers, body=told.body)
        assert meant(answer) in {200, 202}
    assert len(aws.objects) == len(set(HOSTILE))


def test_what_asks_gets_an_answer_that_was_meant(source: str, client: Client) -> None:
    for name, words in itertools.product(ASKED, WORDS):
        query = urlencode({"hub.mode": "subscribe", name: words})
        meant(client.http.get(f"/hooks/{source}/strange?{query}"))
        headers = {"WebHook-Request-Origin": words.replace("\r\n", " ")}
        meant(client.http.request("OPTIONS", f"/hooks/{source}/strange", headers=headers))
