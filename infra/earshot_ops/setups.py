"""What an operator needs for a connection of each source, and does at its platform.

`docs/sources.md` says the same at length.
"""

from dataclasses import dataclass
from enum import StrEnum


class Whose(StrEnum):
    """Where the secret of a connection comes from."""

    OURS = "ours"
    THEIRS = "theirs"
    HUB = "hub"
    CREDENTIALS = "credentials"
    PERHAPS = "perhaps"
    NONE = "none"


@dataclass(frozen=True)
class SetUp:
    """``secret`` names what is asked for. ``steps`` are shown once the connection is made;
    ``{url}``, ``{token}`` and ``{secret}`` are filled in. ``address`` is where a polled source is,
    ``asks_for`` what its ``--query`` is."""

    whose: Whose
    secret: str = ""
    steps: tuple[str, ...] = ()
    address: str | None = None
    asks_for: str = ""


def _meta(product: str, fields: str) -> SetUp:
    return SetUp(
        Whose.THEIRS,
        "app secret (App settings, Basic)",
        (
            f"at developers.facebook.com, in your app: Webhooks, {product}",
            "callback URL: {url}",
            "verify token: {token}",
            f"subscribe to: {fields}",
            "data deletion request URL (App settings, Advanced): {url}",
        ),
    )


SETUPS: dict[str, SetUp] = {
    "bluesky": SetUp(
        Whose.PERHAPS,
        "handle:app-password, if the server asks for it",
        address="https://public.api.bsky.app",
        asks_for="words to search for; without, what the watchlist names",
    ),
    "cloudevents": SetUp(Whose.OURS, "bearer token or whsec_ secret", ("send events to: {url}",)),
    "discourse": SetUp(
        Whose.OURS,
        "webhook secret",
        (
            "in your forum: Admin, Advanced, Webhooks, new webhook",
            "payload URL: {url}",
            "content type: application/json; secret: as given here",
            "events: topic and post events",
        ),
    ),
    "facebook": _meta("Page", "feed"),
    "generic": SetUp(
        Whose.OURS, "whsec_ or whpk_ secret", ("post to: {url}", "docs/generic-source.md has how")
    ),
    "github": SetUp(
        Whose.OURS,
        "webhook secret",
        (
            "in your repository or organisation: Settings, Webhooks, add webhook",
            "payload URL: {url}",
            "content type: application/json; secret: as given here",
            "events: issues, issue comments, discussions, discussion comments, stars, forks",
        ),
    ),
    "hackernews": SetUp(Whose.NONE, address="https://hacker-news.firebaseio.com/v0"),
    "instagram": _meta("Instagram", "comments, live_comments, mentions, messages"),
    "intercom": SetUp(
        Whose.THEIRS,
        "client secret (Basic information of your app)",
        (
            "at developers.intercom.com, in your app: Webhooks",
            "endpoint URL: {url}",
            "topics: conversation.user.created, conversation.user.replied",
            "and conversation_part.redacted, conversation.deleted, contact.deleted",
        ),
    ),
    "mailgun": SetUp(
        Whose.THEIRS,
        "HTTP webhook signing key",
        (
            "at mailgun.com: Receiving, create route",
            'forward to: {url}  (as action forward("{url}"))',
        ),
    ),
    "mastodon": SetUp(
        Whose.THEIRS,
        "secret of the webhook",
        (
            "on your own server: Administration, Webhooks, new webhook",
            "endpoint URL: {url}",
            "events: status.created, status.updated",
        ),
        asks_for="a tag without #, with --url of the server",
    ),
    "messenger": _meta("Page", "messages, message_edits, message_echoes"),
    "reddit": SetUp(
        Whose.CREDENTIALS,
        "client_id:client_secret of a script app",
        address="https://oauth.reddit.com",
        asks_for="words to search for; without, what the watchlist names",
    ),
    "rss": SetUp(Whose.HUB),
    "slack": SetUp(
        Whose.THEIRS,
        "signing secret (Basic information of your app)",
        (
            "at api.slack.com, in your app: Event Subscriptions, enable",
            "request URL: {url}",
            "bot events: message.channels, message.groups, app_mention",
        ),
    ),
    "stackexchange": SetUp(
        Whose.PERHAPS,
        "key of an app, for 10,000 requests a day in place of 300",
        address="https://api.stackexchange.com/2.3",
        asks_for="site: words, like superuser: crm; without, what the watchlist names",
    ),
    "telegram": SetUp(
        Whose.OURS,
        "secret token, 1 to 256 of A-Z a-z 0-9 _ -",
        (
            "call setWebhook of your bot with",
            "url={url}",
            "secret_token as given here",
            'allowed_updates=["message","edited_message","channel_post","edited_channel_post",',
            '"business_message","edited_business_message","deleted_business_messages"]',
        ),
    ),
    "whatsapp": _meta("WhatsApp Business Account", "messages"),
    "x": SetUp(
        Whose.THEIRS,
        "consumer secret (API key secret of your app)",
        (
            "register the webhook with POST https://api.x.com/2/webhooks",
            "url: {url}",
            "then subscribe: X Activity API, filtered stream or account activity",
        ),
    ),
    "youtube": SetUp(Whose.HUB, address="https://www.youtube.com/feeds/videos.xml"),
}
