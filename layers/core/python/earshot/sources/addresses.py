"""Which internet addresses are the public internet's."""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

Ip = IPv4Address | IPv6Address

_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_SITE_LOCAL = IPv6Network("fec0::/10")


@dataclass(frozen=True, slots=True)
class Address:
    ip: Ip
    port: int


def resolve(host: str, port: int) -> tuple[Address, ...]:
    """Every address of the host, IPv4 first: a Lambda has no way out over IPv6 by default."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ips = {ip_address(str(entry[4][0]).partition("%")[0]) for entry in found}
    ordered = sorted(ips, key=lambda ip: (ip.version, int(ip)))
    return tuple(Address(ip=ip, port=port) for ip in ordered)


def is_public(ip: Ip) -> bool:
    """Globally reachable unicast, and so is every IPv4 address that it carries inside."""
    if isinstance(ip, IPv6Address):
        if ip in _SITE_LOCAL or not all(is_public(inner) for inner in _inner(ip)):
            return False
        if ip.ipv4_mapped:
            return True
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _inner(ip: IPv6Address) -> list[IPv4Address]:
    """What mapped, 6to4, Teredo and NAT64 addresses lead to."""
    carried = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if any(ip in network for network in _NAT64):
        carried.append(IPv4Address(int(ip) & 0xFFFFFFFF))
    if int(ip) >> 32 == 0 and int(ip) > 1:
        carried.append(IPv4Address(int(ip)))  # the compatible form, RFC 4291 section 2.5.5.1
    return [inner for inner in carried if inner is not None]
