"""GitHub, the generic source, CloudEvents, and what hubs push: YouTube's videos and feeds."""

from typing import Any

from tests.e2e.sayings import Saying
from tests.e2e.senders import Body, Platform, of_json, of_xml

CHANNEL = "UCe2eTestsOfEarshot00abc"
REPOSITORY = "ours/importer"


def _github(said: Saying, action: str) -> Body:
    author = {"id": said.author_number, "login": said.handle}
    issue = {
        "id": said.number,
        "number": said.number,
        "html_url": f"https://github.com/{REPOSITORY}/issues/{said.number}",
        "title": "Import",
        "user": {**author, "html_url": f"https://github.com/{said.handle}"},
        "body": said.text,
        "created_at": said.first_moment,
        "updated_at": said.moment,
    }
    repository = {"id": 7001, "full_name": REPOSITORY}
    told = {"action": action, "issue": issue, "repository": repository, "sender": author}
    return of_json(told, X_GitHub_Event="issues")


def _entry(said: Saying) -> dict[str, Any]:
    return {
        "id": str(said.number),
        "url": f"https://reviews.example/{said.number}",
        "author": {"id": f"u-{said.author_number}", "handle": said.handle, "name": said.name},
        "text": said.text,
        "posted_at": said.first_moment,
        **({"edited_at": said.moment} if said.is_edit else {}),
    }


def _gone(said: Saying) -> dict[str, Any]:
    """With words, against the rules."""
    return {**_entry(said), "deleted": True}


def _generic(entry: dict[str, Any]) -> Body:
    return of_json({"posts": [entry]})


def _event(said: Saying, data: dict[str, Any]) -> Body:
    told = {
        "specversion": "1.0",
        "type": "example.review",
        "source": "/reviews",
        "id": f"{said.number}{said.is_edit:d}",
        "time": said.moment,
        "datacontenttype": "application/json",
        "data": data,
    }
    return Body(of_json(told).content, {"Content-Type": "application/cloudevents+json"})


def _video(said: Saying) -> str:
    return f"v{said.number}"


def _youtube(said: Saying) -> Body:
    return of_xml(
        '<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" '
        'xmlns="http://www.w3.org/2005/Atom"><title>YouTube video feed</title>'
        f"<entry><id>yt:video:{_video(said)}</id><yt:videoId>{_video(said)}</yt:videoId>"
        f"<yt:channelId>{CHANNEL}{said.author_number}</yt:channelId><title>{said.text}</title>"
        f"<author><name>{said.name}</name></author><published>{said.first_moment}</published>"
        f"<updated>{said.moment}</updated></entry></feed>"
    )


def _youtube_gone(said: Saying) -> Body:
    return of_xml(
        '<feed xmlns:at="http://purl.org/atompub/tombstones/1.0" '
        f'xmlns="http://www.w3.org/2005/Atom"><at:deleted-entry ref="yt:video:{_video(said)}" '
        f'when="{said.edited.moment}"><at:by><name>{said.name}</name>'
        f"<uri>https://www.youtube.com/channel/{CHANNEL}{said.author_number}</uri></at:by>"
        "</at:deleted-entry></feed>"
    )


def atom(*entries: Saying, links: str = "") -> str:
    told = "".join(
        f"<entry><id>tag:news.example,2026:{said.number}</id><title>{said.text}</title>"
        f"<author><name>{said.name}</name></author>"
        f'<link href="https://news.example/{said.number}"/>'
        f"<published>{said.first_moment}</published><updated>{said.moment}</updated></entry>"
        for said in entries
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>{links}{told}</feed>'


PLATFORMS = (
    Platform(
        "github",
        tells=lambda said: _github(said, "edited" if said.is_edit else "opened"),
        deletes=lambda said: _github(said, "deleted"),
        native_id=lambda said: f"issue:{said.number}",
    ),
    Platform(
        "generic",
        tells=lambda said: _generic(_entry(said)),
        deletes=lambda said: _generic(_gone(said)),
        native_id=lambda said: str(said.number),
    ),
    Platform(
        "cloudevents",
        tells=lambda said: _event(said, _entry(said)),
        deletes=lambda said: _event(said.edited, _gone(said)),
        native_id=lambda said: str(said.number),
    ),
    Platform(
        "youtube",
        tells=_youtube,
        deletes=_youtube_gone,
        native_id=lambda said: f"yt:video:{_video(said)}",
    ),
    Platform(
        "rss",
        tells=lambda said: of_xml(atom(said)),
        native_id=lambda said: f"tag:news.example,2026:{said.number}",
    ),
)
