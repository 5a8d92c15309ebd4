"""Ways around checks of addresses, as collections of server-side request forgery list them: no
connection may be made to anything but the public internet."""

import socket
from ipaddress import ip_address

import pytest

from earshot.sources.addresses import is_public
from earshot.sources.fetch import Fetcher, FetchError

SPELLINGS = {
    "decimal": "http://2130706433/",
    "decimal of metadata": "http://2852039166/latest/meta-data/",
    "hexadecimal": "http://0x7f000001/",
    "hexadecimal of metadata": "http://0xa9fea9fe/",
    "hexadecimal parts": "http://0x7f.0x0.0x0.0x1/",
    "octal": "http://017700000001/",
    "octal parts": "http://0177.0.0.01/",
    "octal of metadata": "http://0251.0376.0251.0376/",
    "mixed bases": "http://0251.254.0xa9.254/",
    "two parts": "http://127.1/",
    "three parts": "http://127.0.1/",
    "overflowing": "http://4294967297/",
    "zero": "http://0/",
    "zeros": "http://0.0.0.0:80/",
    "last of loopback": "http://127.255.255.254/",
    "leading zeros": "http://127.000.000.001/",
    "dot at the end": "http://127.0.0.1./",
    "localhost": "http://localhost/",
    "localhost in capitals": "http://LOCALHOST/",
    "localhost and a dot": "http://localhost./",
    "a name below localhost": "http://a.localhost/",
    "ip6-localhost": "http://ip6-localhost/",
    "private, class a": "http://10.0.0.1/",
    "private, class b": "http://172.16.0.1/",
    "private, class c": "http://192.168.1.1/",
    "shared address space": "http://100.100.100.200/",
    "metadata": "http://169.254.169.254/",
    "credentials of containers": "http://169.254.170.2/v2/credentials/",
    "time service": "http://169.254.169.123/",
    "broadcast": "http://255.255.255.255/",
    "multicast": "http://224.0.0.1/",
    "benchmarks": "http://198.18.0.1/",
    "protocol assignments": "http://192.0.0.8/",
    "relay of 6to4": "http://192.88.99.1/",
    "loopback of ipv6": "http://[::1]/",
    "loopback of ipv6, spelled out": "http://[0:0:0:0:0:0:0:1]/",
    "nothing of ipv6": "http://[::]/",
    "mapped": "http://[::ffff:127.0.0.1]/",
    "mapped in hexadecimal": "http://[::ffff:7f00:1]/",
    "mapped, spelled out": "http://[0:0:0:0:0:ffff:169.254.169.254]/",
    "compatible": "http://[::127.0.0.1]/",
    "translated": "http://[::ffff:0:127.0.0.1]/",
    "nat64": "http://[64:ff9b::7f00:1]/",
    "nat64 of metadata": "http://[64:ff9b::169.254.169.254]/",
    "nat64 for local use": "http://[64:ff9b:1::7f00:1]/",
    "6to4": "http://[2002:7f00:1::]/",
    "6to4 of metadata": "http://[2002:a9fe:a9fe::1]/",
    "teredo": "http://[2001:0:a9fe:a9fe::1]/",
    "teredo, obfuscated": "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/",
    "isatap": "http://[2606:4700::5efe:7f00:1]/",
    "link-local": "http://[fe80::1]/",
    "link-local with a zone": "http://[fe80::1%25lo]/",
    "unique local": "http://[fd00:ec2::254]/latest/meta-data/",
    "site-local": "http://[fec0::1]/",
    "documentation": "http://[3fff::1]/",
    "user before loopback": "http://a.example@127.0.0.1/",
    "user and port": "http://a.example:80@127.0.0.1:80/",
    "backslash": "http://127.0.0.1\\@a.example/",
    "fragment before user": "http://127.0.0.1#@a.example/",
    "question before user": "http://127.0.0.1?@a.example/",
    "percent in the name": "http://127%2e0%2e0%2e1/",
    "circled digits": "http://①②⑦.⓪.⓪.①/",
    "ideographic stops": "http://127。0。0。1/",
    "line feed in the name": "http://127.0.0\n.1/",
    "tab in the scheme": "ht\ttp://127.0.0.1/",
    "space before": " http://127.0.0.1/",
    "zero before": "\x00http://127.0.0.1/",
    "no slashes": "http:127.0.0.1/",
    "three slashes": "http:///127.0.0.1/",
    "no scheme": "//127.0.0.1/",
    "file": "file:///etc/passwd",
    "gopher": "gopher://127.0.0.1:6379/_FLUSHALL",
    "dict": "dict://127.0.0.1:11211/stats",
    "ldap": "ldap://127.0.0.1/",
    "ftp": "ftp://127.0.0.1/",
    "jar": "jar:http://127.0.0.1!/",
    "data": "data:text/html,words",
    "header": "http://127.0.0.1/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
    "port that is too high": "http://127.0.0.1:65616/",
}


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where somebody tried to connect to."""
    tried: list[str] = []

    def refuse(address: tuple[str, int], **_: object) -> socket.socket:
        tried.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    return tried


def test_there_are_at_least_sixty() -> None:
    assert len(set(SPELLINGS.values())) >= 60


@pytest.mark.parametrize("url", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_no_spelling_of_an_inner_address_is_connected_to(url: str, connected: list[str]) -> None:
    with pytest.raises(FetchError):
        Fetcher()(url, {})
    assert connected == []


@pytest.mark.parametrize("allowed", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("url", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_an_allowed_pair_opens_no_way_around(url: str, allowed: str, connected: list[str]) -> None:
    """Loopback on another port is allowed, as on the local stage."""
    with pytest.raises(FetchError):
        Fetcher(loopback=frozenset({(allowed, 8765)}))(url, {})
    assert connected == []


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["93.184.216.34", "169.254.169.254"],
        ["2606:2800:220:1::1", "::ffff:10.0.0.1"],
        ["fe80::1%eth0"],
        ["64:ff9b::a9fe:a9fe"],
    ],
)
def test_no_name_leads_inside(
    answers: list[str], connected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(0, 0, 0, "", (ip, 80)) for ip in answers]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(FetchError) as refused:
        Fetcher()("http://a.example/", {})
    assert refused.value.reason == "address_refused"
    assert connected == []


@pytest.mark.parametrize(
    "address",
    [
        *("192.0.0.8", "192.88.99.1", "3fff::1", "5f00::1", "64:ff9b:1::5db8:d822"),
        *("2606:4700::5efe:7f00:1", "2606:4700::200:5efe:a00:1", "64:ff9b::7f00:1"),
    ],
)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))
