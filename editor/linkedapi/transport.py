"""How requests travel: httpx's own transport, on a pool that costs the same for one call and for two hundred at a time.

httpcore's pool goes through all of its connections for each request, and asks the socket of each idle one whether the
other side is still there: with ten calls at a time that is a third of what a call costs, with thirty two thirds.
"""

import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from typing import Any, Final

import httpcore
import httpx

IDLE_SECONDS: Final = 4.0
"""How long a connection is kept for the next call. Servers close theirs after five seconds or more."""

Idle = deque[httpcore.AsyncHTTPConnection]


class Transport(httpx.AsyncHTTPTransport):
    """Straight to the service, without a proxy. There are as many connections as calls at a time."""

    def __init__(self, certificates: ssl.SSLContext) -> None:
        self._pool = _Pool(certificates)


class _Pool(httpcore.AsyncConnectionPool):
    """Connections that are idle, for each origin. The one used last is used next, so what nobody needs grows old."""

    def __init__(self, certificates: ssl.SSLContext) -> None:
        self._certificates = certificates
        self._idle: dict[tuple[bytes, bytes, int], Idle] = defaultdict(deque)

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        if request.url.scheme not in (b"http", b"https"):
            raise httpcore.UnsupportedProtocol
        origin = request.url.origin
        idle = self._idle[origin.scheme, origin.host, origin.port]
        connection = await _last_used(idle) or httpcore.AsyncHTTPConnection(
            origin, ssl_context=self._certificates, keepalive_expiry=IDLE_SECONDS
        )
        response = await connection.handle_async_request(request)
        response.stream = _Body(response.stream, connection, idle)
        return response

    async def aclose(self) -> None:
        for idle in self._idle.values():
            while idle:
                await idle.pop().aclose()


async def _last_used(idle: Idle) -> httpcore.AsyncHTTPConnection | None:
    """None when there is none whose other side is still there."""
    while idle:
        connection = idle.pop()
        if not connection.has_expired():
            return connection
        await connection.aclose()
    return None


class _Body:
    """The body of an answer. Closed when it was read to its end, it leaves its connection to the next call."""

    def __init__(self, stream: Any, connection: httpcore.AsyncHTTPConnection, idle: Idle) -> None:
        self._stream = stream
        self._connection = connection
        self._idle = idle
        self._closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        parts: AsyncIterator[bytes] = self._stream.__aiter__()
        return parts

    async def aclose(self) -> None:
        if self._closed:
            return
        self._closed = True
        await self._stream.aclose()
        if self._connection.is_idle():
            self._idle.append(self._connection)
        while self._idle and self._idle[0].has_expired():
            await self._idle.popleft().aclose()
