"""The webhook of a Linked API client (reference: http.md 7.1): there is one at the most, for all its accounts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .client import Client, Credentials
from .errors import OutcomeUnknown


@dataclass(frozen=True, slots=True)
class Subscription:
    """What the service tells of a webhook; `secret` only when it was just set or revealed."""

    id: str
    url: str
    thin: bool
    signed: bool
    events: tuple[str, ...] | None
    secret: str = field(default="", repr=False)


async def current(client: Client, who: Credentials) -> Subscription | None:
    """The client's active webhook, whoever set it."""
    found = _fields(await client.admin(who, "webhook.get", {})).get("webhooks")
    webhooks = [_read(webhook) for webhook in found] if isinstance(found, list) else []
    return webhooks[0] if webhooks else None


async def subscribe(
    client: Client, who: Credentials, url: str, events: Sequence[str]
) -> Subscription:
    """Set a signed webhook without results in it. The service refuses it while there is another one."""
    body = {"url": url, "payloadMode": "thin", "signingEnabled": True, "events": list(events)}
    return _told(await client.admin(who, "webhook.set", body))


async def reveal(client: Client, who: Credentials, subscription_id: str) -> Subscription:
    """The webhook with its secret."""
    return _told(await client.admin(who, "webhook.revealSecret", {"id": subscription_id}))


async def unsubscribe(client: Client, who: Credentials, subscription_id: str) -> None:
    """Delete the webhook; what was not delivered yet is dropped."""
    await client.admin(who, "webhook.delete", {"id": subscription_id})


def _told(value: Any) -> Subscription:
    return _read(_fields(value).get("webhook"))


def _read(value: Any) -> Subscription:
    fields = _fields(value)
    names = {name: fields.get(name) for name in ("id", "url", "secret")}
    texts = {name: text if isinstance(text, str) else "" for name, text in names.items()}
    if not texts["id"]:
        raise OutcomeUnknown("The answer does not tell the webhook.", status=200)
    events = fields.get("events")
    return Subscription(
        id=texts["id"],
        url=texts["url"],
        thin=fields.get("payloadMode") == "thin",
        signed=fields.get("signingEnabled") is True,
        events=tuple(map(str, events)) if isinstance(events, list) else None,
        secret=texts["secret"],
    )


def _fields(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
