"""One POST to an address of somebody else: pinned, without redirects, with limits of time and size."""

import asyncio
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

import httpcore

from editor.outgoing import targets

SECONDS: Final = 10.0
"""For everything: the name, the connection, the answer."""

LONGEST_ANSWER: Final = 16_384
KEPT_OF_ANSWER: Final = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """How a try went: `code` None when there was no answer, then `error` says why. `text`: how the answer begins.
    `retry_after`: seconds, when the receiver asked for them."""

    code: int | None
    duration_ms: int
    text: str = ""
    error: str = ""
    retry_after: float = 0.0

    @property
    def taken(self) -> bool:
        return self.code is not None and 200 <= self.code < 300


class _Checked(httpcore.AsyncNetworkBackend):
    """Connects to the addresses that were checked, and to nothing that the name may stand for a moment later. The
    certificate is still checked against the name."""

    def __init__(self) -> None:
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        *others, last = await targets.resolve(host, port)
        for address in others:
            try:
                return await self._plain.connect_tcp(address, port, timeout, local_address)
            except httpcore.ConnectError:  # the other kind of address may be reachable
                pass
        return await self._plain.connect_tcp(last, port, timeout, local_address)


@cache
def _trust() -> ssl.SSLContext:
    """Made once: it reads all certificates that are trusted."""
    return httpcore.default_ssl_context()


async def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Never raises: what went wrong is in the answer, in words and without the address."""
    began = time.monotonic()

    def answer(code: int | None = None, **facts: Any) -> Answer:
        return Answer(code, round((time.monotonic() - began) * 1000), **facts)

    try:
        async with asyncio.timeout(SECONDS):
            code, text, pause = await _exchange(url, body, headers)
    except TimeoutError:
        return answer(error=f"No answer within {SECONDS:.0f} seconds.")
    except targets.NotAllowed as refusal:
        return answer(error=str(refusal)[:300])
    except socket.gaierror:
        host = urlsplit(url).hostname
        return answer(error=f"No answer: nobody knows the name {host}. Look at the address."[:300])
    except httpcore.ConnectError as fault:
        return answer(error=f"No answer: {_no_way_in(fault)}"[:300])
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as fault:
        return answer(error=f"No answer: {fault or type(fault).__name__}"[:300])
    taken = 200 <= code < 300
    error = "" if taken else f"The receiver answered {code}."
    return answer(code, text=text, error=error, retry_after=pause)


def _no_way_in(fault: httpcore.ConnectError) -> str:
    """Why there was no connection, without the numbers of the operating system."""
    cause: BaseException | None = fault
    while cause := cause and (cause.__cause__ or cause.__context__):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not right ({cause.verify_message})."
        if isinstance(cause, ConnectionRefusedError):
            return "the machine is there, but nothing listens at this address."
    return str(fault) or type(fault).__name__


async def _exchange(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, float]:
    """Status, the beginning of the answer, and Retry-After in seconds."""
    pool = httpcore.AsyncConnectionPool(ssl_context=_trust(), network_backend=_Checked())
    async with (
        pool,
        pool.stream("POST", url, headers=list(headers.items()), content=body) as response,
    ):
        beginning = b""
        async for piece in response.aiter_stream():
            beginning += piece
            if len(beginning) >= LONGEST_ANSWER:
                break
        told = {name.lower(): value for name, value in response.headers}.get(b"retry-after", b"")
        pause = float(told) if told.isdigit() else 0.0
        text = beginning.decode("utf-8", "replace").replace("\0", "")
        return response.status, text[:KEPT_OF_ANSWER], pause
