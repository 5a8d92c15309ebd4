"""Which internet addresses are the public internet's."""

import socket
import threading
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Ip = IPv4Address | IPv6Address

_NAT64 = IPv6Network("64:ff9b::/96")
# Not global by IANA's registries of special-purpose addresses, and to some Pythons they are.
_SPECIAL = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments, RFC 6890
    IPv4Network("192.88.99.0/24"),  # 6to4 relays, RFC 7526
    IPv6Network("64:ff9b:1::/48"),  # NAT64 for local use, RFC 8215
    IPv6Network("3fff::/20"),  # documentation, RFC 9637
    IPv6Network("5f00::/16"),  # segment routing, RFC 9602
    IPv6Network("fec0::/10"),  # site-local, RFC 3879
)
_ISATAP = (0x00005EFE, 0x02005EFE)


@dataclass(frozen=True, slots=True)
class Address:
    ip: Ip
    port: int


def resolve(host: str, port: int, *, seconds: float) -> tuple[Address, ...]:
    """Every address of the host, IPv4 first: a Lambda has no way out over IPv6 by default. The
    system's resolver takes no time-out from us, so whoever still waits for it waits aside."""
    found: list[tuple[Address, ...]] = []
    failed: list[OSError | ValueError] = []

    def ask() -> None:
        try:
            found.append(_resolve(host, port))
        except (OSError, ValueError) as error:
            failed.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(max(0.0, seconds))
    if failed:
        raise failed[0]
    if not found:
        raise TimeoutError("no answer from the resolver")
    return found[0]


def _resolve(host: str, port: int) -> tuple[Address, ...]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ips = {ip_address(str(entry[4][0]).partition("%")[0]) for entry in found}
    ordered = sorted(ips, key=lambda ip: (ip.version, int(ip)))
    return tuple(Address(ip=ip, port=port) for ip in ordered)


def is_public(ip: Ip) -> bool:
    """Globally reachable unicast, and so is every IPv4 address that it carries inside."""
    if any(ip in network for network in _SPECIAL):
        return False
    if isinstance(ip, IPv6Address):
        if not all(is_public(inner) for inner in _inner(ip)):
            return False
        if ip.ipv4_mapped:
            return True
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _inner(ip: IPv6Address) -> list[IPv4Address]:
    """What mapped, 6to4, Teredo, ISATAP (RFC 5214) and NAT64 addresses lead to."""
    carried = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    last = IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip in _NAT64 or (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP:
        carried.append(last)
    if int(ip) >> 32 == 0 and int(ip) > 1:
        carried.append(last)  # the compatible form, RFC 4291 section 2.5.5.1
    return [inner for inner in carried if inner is not None]
