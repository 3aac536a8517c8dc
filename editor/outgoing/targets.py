"""Where a webhook may go: never into our own network, unless the setting says so.

An address is checked twice: its text when it is typed (`fault`), and what its name stands for when it is sent to
(`resolve`). The second is what protects; the connection goes to the very address that was checked.
"""

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.encoding import iri_to_uri

LONGEST = 2000
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotAllowed(Exception):
    """The name stands for nothing but addresses of our own network."""


def tidy(url: str) -> str:
    """The same address as it goes over the wire: only ASCII. Raises ValueError."""
    parts = urlsplit(url.strip())
    if parts.hostname and not parts.hostname.isascii():
        host = parts.hostname.encode("idna").decode()
        parts = parts._replace(netloc=f"{host}:{parts.port}" if parts.port else host)
    return iri_to_uri(parts.geturl())


def in_words() -> str:
    """What addresses may be."""
    if settings.WEBHOOKS_TO_PRIVATE:
        return "Over https or http, and inside your own network too."
    return "Only over https, and reachable from outside."


def fault(url: str) -> str:
    """What is wrong with an address that somebody typed, in words with the remedy; "" when nothing is."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "This is no web address. Write one such as https://hooks.example.com/trellis"
    inside_too = settings.WEBHOOKS_TO_PRIVATE
    if parts.scheme not in (("https", "http") if inside_too else ("https",)) or not host:
        either = "https:// or http://" if inside_too else "https://"
        return f"Write the whole address, beginning with {either}"
    if len(url) > LONGEST or any(char <= " " or char == "\x7f" for char in url):
        return f"An address has {LONGEST:,} characters at most, and no spaces."
    if parts.username is not None or parts.password is not None:
        return "Leave out the name and the password before the @: the signature shows who sends."
    if parts.fragment:
        return "Leave out what stands after the #: it is not sent."
    return "" if inside_too else _private(host)


def _private(host: str) -> str:
    try:
        inside = not is_public(ipaddress.ip_address(host))
    except ValueError:  # a name: what it stands for is checked when something is sent
        inside = host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    return (
        "This address is inside a private network. Use one that is reachable from outside." * inside
    )


def is_public(address: Address) -> bool:
    """Whether it is one of the internet: not private, loopback, link-local, shared, reserved or multicast; the same of
    an IPv4 address that stands inside an IPv6 one."""
    inner = _inner(address)
    if inner is not None:
        return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inner(address: Address) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


async def resolve(host: str, port: int) -> list[str]:
    """The addresses that the name stands for and that may be sent to. Raises NotAllowed, OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    stands_for = dict.fromkeys(str(address) for *_, (address, *_rest) in found)
    allowed = [
        address
        for address in stands_for
        if settings.WEBHOOKS_TO_PRIVATE or is_public(ipaddress.ip_address(address))
    ]
    if not allowed:
        raise NotAllowed(f"{host} is inside a private network; Trellis sends nothing there.")
    return allowed
