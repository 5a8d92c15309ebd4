"""The examples follow RFC 9309 section 2.2."""

import pytest

from earshot.providers import robots

MIXED = b"""\xef\xbb\xbf# to whom it may concern
User-Agent: *
Disallow: /private
Crawl-delay: \xc2\xb2

User-agent: other
User-agent: EARSHOT   # both
Disallow: /
Allow: /$
Allow: /about/*.html$
nonsense
Disallow: //[
"""


@pytest.mark.parametrize(
    ("agent", "path", "permitted"),
    [
        ("Earshot", "/", True),
        ("Earshot", "/x", False),
        ("Earshot", "/about/us.html", True),
        ("Earshot", "/about/us.html?a", False),
        ("Other", "/x", False),
        ("Somebody", "/x", True),
        ("Somebody", "/private/x", False),
    ],
)
def test_the_longest_rule_for_the_agent_decides(agent: str, path: str, permitted: bool) -> None:
    assert robots.permits(MIXED, path, agent=agent) is permitted


@pytest.mark.parametrize(
    ("rules", "permitted"),
    [
        (b"", True),
        (b"<html>not found</html>", True),
        (b"Disallow: /", True),
        (b"User-agent: *\nDisallow:", True),
        (b"User-agent: *\nDisallow: /", False),
        (b"User-agent: *\nDisallow: *", False),
        (b"User-agent: *\nDisallow: /*$", False),
        (b"User-agent: *\nDisallow: /\nAllow: /", True),
        (b"User-agent: *\nUser-agent: a\nDisallow: /", False),
        (b"User-agent: *\nAllow: /x\nUser-agent: *\nDisallow: /", False),
    ],
)
def test_what_nobody_forbids_is_permitted(rules: bytes, permitted: bool) -> None:
    assert robots.permits(rules, "/", agent="Earshot") is permitted
