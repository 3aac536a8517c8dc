"""Calls to the Linked API on httpx, asynchronous, with one pool of connections.

One Client serves every account: base address and tokens come with each call. It never repeats a
call; what may be repeated is the caller's knowledge.
"""

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from types import TracebackType
from typing import Any, Protocol, TypeVar
from urllib.parse import quote
from urllib.request import getproxies

import httpx
from asgiref.sync import async_to_sync

from . import envelopes
from .envelopes import Account, Executed, Look, Started, Usage
from .errors import AnswerTooLarge, LinkedApiError, NotSent, OutcomeUnknown, from_httpx
from .transport import Transport

T = TypeVar("T")

SILENCE_SECONDS = 30.0
"""How long the service may say nothing."""

TOTAL_SECONDS = 60.0
"""How long one call may take in all: without it an answer that drips would never end."""

MAX_COMPLETION = 64 * 1024 * 1024
MAX_ANSWER = 2 * 1024 * 1024

_HERE = ("all://127.0.0.1", "all://localhost", "all://[::1]")
"""The sandbox is on this machine, where a proxy of the environment does not reach."""


class Credentials(Protocol):
    """Where to call and for whom."""

    @property
    def base_url(self) -> str: ...
    @property
    def linked_api_token(self) -> str: ...
    @property
    def identification_token(self) -> str: ...


class Client:
    """`async with Client() as client: await client.look(...)`.

    `transport` is the seam for tests: anything httpx takes. Every method raises LinkedApiError
    (see `errors`) and nothing else of httpx.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        silence: float = SILENCE_SECONDS,
        total: float = TOTAL_SECONDS,
    ) -> None:
        self._total = total
        direct = Transport(_certificates())
        self._http = httpx.AsyncClient(
            transport=transport or (None if getproxies() else direct),
            mounts=None if transport else dict.fromkeys(_HERE, direct),
            verify=_certificates(),
            timeout=httpx.Timeout(silence, connect=5.0, pool=10.0),
            follow_redirects=False,
            headers={"accept": "application/json", "client": "trellis"},
        )
        self._http._cookies = _NoCookies()

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def start(self, who: Credentials, definition: bytes) -> Started:
        """POST /workflows with the workflow's JSON. No key makes it idempotent: see OutcomeUnknown."""
        return envelopes.started(await self._call("POST", who, "/workflows", content=definition))

    async def look(self, who: Credentials, workflow_id: str) -> Look:
        """How a workflow stands, and its completion once it has one."""
        path = _workflow(workflow_id)
        return envelopes.look(await self._call("GET", who, path, at_most=MAX_COMPLETION))

    async def cancel(self, who: Credentials, workflow_id: str) -> bool:
        """Ask the service to stop a workflow; False when there was nothing left to stop."""
        return envelopes.cancelled(await self._call("DELETE", who, _workflow(workflow_id)))

    async def account(self, who: Credentials) -> Account:
        """Whom the tokens stand for: the cheapest way to check both."""
        return envelopes.account(await self._call("GET", who, "/account"))

    async def standing(self, who: Credentials) -> str:
        """What the admin API says of the account: "active", "frozen", "reconnection_required" ..., ""
        when it does not list it. Unlike `account` this tells a LinkedIn session that has ended."""
        found = await self.admin(who, "accounts.getAll", {})
        return envelopes.standing(found, who.identification_token)

    async def reconnection_link(self, who: Credentials) -> str:
        """Where a person signs the LinkedIn account in again, made on the fly by the service (http.md 6); "" when the
        account needs none or is not listed. Whoever has it can do so: for those who manage the account, and not to be
        stored."""
        found = await self.admin(who, "accounts.getAll", {})
        return envelopes.reconnection_link(found, who.identification_token)

    async def usage(self, who: Credentials) -> tuple[Usage, ...]:
        """The account's limits that are on, with what is used up; () when the admin API does not list it."""
        found = await self.admin(who, "accounts.getAll", {})
        account = envelopes.account_id(found, who.identification_token)
        if not account:
            return ()
        return envelopes.usage(await self.admin(who, "limits.getUsage", {"accountId": account}))

    async def admin(self, who: Credentials, name: str, body: Mapping[str, Any]) -> Any:
        """An admin call, which is for the whole Linked API client and not for one account of it."""
        content = json.dumps(body).encode()
        return await self._call("POST", who, f"/admin/{name}", content=content, for_account=False)

    async def stats(
        self, who: Credentials, start: datetime, end: datetime
    ) -> tuple[tuple[Executed, ...], datetime | None]:
        """Actions that ran on the account between two aware times, at most 30 days apart; and what time it is by the
        service's clock, which those of the actions are told by."""
        span = {"start": _iso(start), "end": _iso(end)}
        found, headers = await self._answer("GET", who, "/stats/actions", params=span)
        return envelopes.executed(found), envelopes.clock(headers)

    async def _call(self, method: str, who: Credentials, path: str, **more: Any) -> Any:
        return (await self._answer(method, who, path, **more))[0]

    async def _answer(
        self,
        method: str,
        who: Credentials,
        path: str,
        *,
        content: bytes | None = None,
        for_account: bool = True,
        params: Mapping[str, str] | None = None,
        at_most: int = MAX_ANSWER,
    ) -> tuple[Any, httpx.Headers]:
        try:
            async with (
                asyncio.timeout(self._total),
                self._http.stream(
                    method,
                    who.base_url + path,
                    headers=_headers(who, for_account, has_body=content is not None),
                    content=content,
                    params=params,
                ) as response,
            ):
                body = await _read(response, at_most)
            found = envelopes.result(response.status_code, response.headers, body)
            return found, response.headers
        except LinkedApiError as error:
            error.hide(who.linked_api_token, who.identification_token)
            raise
        # From None: the original error holds the request, and with it the tokens.
        except TimeoutError:
            raise OutcomeUnknown("The service did not answer in time.") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise from_httpx(error) from None


class _NoCookies(httpx.Cookies):
    """What the service would have us keep of one account is not for the next; and to look for it costs as much as to
    read the answer."""

    def extract_cookies(self, response: httpx.Response) -> None:
        pass


def wait_for(
    call: Callable[[Client], Awaitable[T]], transport: httpx.AsyncBaseTransport | None = None
) -> T:
    """Calls for callers that are not asynchronous, such as a view: `wait_for(lambda c: c.account(who))`."""

    async def ask() -> T:
        async with Client(transport) as client:
            return await call(client)

    return async_to_sync(ask)()


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # reading the authorities takes longer than a call


def _headers(who: Credentials, for_account: bool, has_body: bool) -> dict[str, str]:
    tokens = {"linked-api-token": who.linked_api_token}
    if for_account:
        tokens["identification-token"] = who.identification_token
    for name, token in tokens.items():
        if not (token.isascii() and token.isprintable()):
            raise NotSent(
                f"The {name} holds characters that no token has; paste it again.",
                type="tokenUnusable",
            )
    return tokens | ({"content-type": "application/json"} if has_body else {})


async def _read(response: httpx.Response, at_most: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > at_most:
            raise AnswerTooLarge(
                f"The answer is larger than {at_most // 2**20} MB.", status=response.status_code
            )
    return bytes(body)


def _workflow(workflow_id: str) -> str:
    return f"/workflows/{quote(workflow_id, safe='')}"


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
