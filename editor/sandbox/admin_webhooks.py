"""The admin calls about the webhook: `webhook.*`."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError

from editor.lib.ids import new_id
from editor.lib.tx import writing
from editor.sandbox import deliveries, events
from editor.sandbox.content import stamp
from editor.sandbox.errors import invalid_payload
from editor.sandbox.models import Client, Delivery, Webhook, new_webhook_secret

NEWEST_DELIVERIES = 100
MOST_HEADERS = 20

Body = Mapping[str, Any]
Result = dict[str, Any]

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_HEADER_VALUE = re.compile(r"[\x20-\x7e\t]{0,1000}")
_OWN_HEADERS = frozenset(
    {"content-type", "content-length", "host", "connection", "transfer-encoding"}
    | {"linked-api-signature", "linked-api-signature-timestamp"}
)


def _set(client: Client, body: Body, now: datetime) -> Result:
    """Only one can be active (the error for a second one is not documented: our choice)."""
    if client.webhooks.filter(is_active=True).exists():
        raise invalid_payload("There is an active webhook. Delete it first, then set the new one.")
    webhook = Webhook(
        client=client,
        url=_url(body.get("url")),
        payload_mode=_payload_mode(body.get("payloadMode", "fat")),
        signing_enabled=_flag(body.get("signingEnabled", False)),
        headers=_headers(body.get("headers") or {}),
        events=_events(body.get("events")),
        created_at=now,
    )
    try:
        with writing():
            webhook.save()
            Client.objects.filter(pk=client.pk).update(has_webhook=True)
    except IntegrityError as error:
        raise invalid_payload("There is an active webhook. Delete it first.") from error
    return _told(webhook, with_secret=webhook.signing_enabled)


def _get(client: Client, body: Body, now: datetime) -> Result:
    return {"webhooks": [_shown(webhook) for webhook in client.webhooks.filter(is_active=True)]}


def _set_payload_mode(client: Client, body: Body, now: datetime) -> Result:
    return _changed(client, body, payload_mode=_payload_mode(body.get("payloadMode")))


def _set_signing(client: Client, body: Body, now: datetime) -> Result:
    enabled = _flag(body.get("signingEnabled"))
    return _changed(client, body, with_secret=enabled, signing_enabled=enabled)


def _set_headers(client: Client, body: Body, now: datetime) -> Result:
    if "headers" not in body:
        raise invalid_payload("headers is an object; null or {} clears them.")
    return _changed(client, body, headers=_headers(body["headers"] or {}))


def _set_header(client: Client, body: Body, now: datetime) -> Result:
    headers = _without(_mine(client, body).headers, body.get("name"))
    return _changed(client, body, headers=_headers({**headers, body["name"]: body.get("value")}))


def _delete_header(client: Client, body: Body, now: datetime) -> Result:
    return _changed(client, body, headers=_without(_mine(client, body).headers, body.get("name")))


def _reveal_secret(client: Client, body: Body, now: datetime) -> Result:
    return _told(_mine(client, body), with_secret=True)


def _rotate_secret(client: Client, body: Body, now: datetime) -> Result:
    return _changed(client, body, with_secret=True, secret=new_webhook_secret())


def _set_events(client: Client, body: Body, now: datetime) -> Result:
    if "events" not in body:
        raise invalid_payload("events is a list of selectors; null selects every event.")
    return _changed(client, body, events=_events(body["events"]))


def _event_types(client: Client, body: Body, now: datetime) -> Result:
    return {"eventTypes": list(events.EVENT_TYPES)}


def _delete(client: Client, body: Body, now: datetime) -> Result:
    webhook = _mine(client, body)
    with writing():
        Webhook.objects.filter(pk=webhook.pk).update(is_active=False)
        Client.objects.filter(pk=client.pk).update(has_webhook=False)
        deliveries.drop_waiting(webhook)
    return {}


def _deliveries(client: Client, body: Body, now: datetime) -> Result:
    newest = Delivery.objects.filter(webhook__client=client, created_at__lte=now)
    rows = newest.order_by("-created_at", "-id")[:NEWEST_DELIVERIES]
    return {
        "deliveries": [
            {
                "id": row.public_id,
                "eventType": row.event_type,
                "eventId": row.event_id,
                "status": row.status,
                "attempts": row.attempts,
                "responseStatusCode": row.response_status_code,
                "lastError": row.last_error or None,
                "createdAt": stamp(row.created_at),
                "updatedAt": stamp(row.updated_at),
            }
            for row in rows
        ]
    }


def _replay_delivery(client: Client, body: Body, now: datetime) -> Result:
    key = body.get("deliveryId")
    mine = Delivery.objects.filter(webhook__client=client, webhook__is_active=True)
    found = mine.filter(public_id=key).first() if isinstance(key, str) else None
    if found is None:
        raise invalid_payload("deliveryId: there is no such delivery of the active webhook.")
    deliveries.replay(found, now)
    return {}


def _send_test(client: Client, body: Body, now: datetime) -> Result:
    webhook = client.webhooks.filter(is_active=True).first()
    if webhook is None:
        raise invalid_payload("There is no active webhook.")
    event_id = f"{events.TEST_EVENT}:{new_id()}"
    data = {"message": "This is a test of your webhook."}
    events.delivery(webhook, events.TEST_EVENT, event_id, data, now).save()
    return {}


CALLS: Mapping[str, Callable[[Client, Body, datetime], Result]] = {
    "webhook.set": _set,
    "webhook.get": _get,
    "webhook.setPayloadMode": _set_payload_mode,
    "webhook.setSigning": _set_signing,
    "webhook.setHeaders": _set_headers,
    "webhook.setHeader": _set_header,
    "webhook.deleteHeader": _delete_header,
    "webhook.revealSecret": _reveal_secret,
    "webhook.rotateSecret": _rotate_secret,
    "webhook.setEvents": _set_events,
    "webhook.eventTypes": _event_types,
    "webhook.delete": _delete,
    "webhook.deliveries": _deliveries,
    "webhook.replayDelivery": _replay_delivery,
    "webhook.sendTest": _send_test,
}


# --- Help --------------------------------------------------------------------------------------


def _mine(client: Client, body: Body) -> Webhook:
    key = body.get("id")
    found = (
        client.webhooks.filter(is_active=True, public_id=key).first()
        if isinstance(key, str)
        else None
    )
    if found is None:
        raise invalid_payload("id: there is no such active webhook. webhook.get tells its id.")
    return found


def _changed(client: Client, body: Body, with_secret: bool = False, **fields: Any) -> Result:
    webhook = _mine(client, body)
    for name, value in fields.items():
        setattr(webhook, name, value)
    webhook.save(update_fields=list(fields))
    return _told(webhook, with_secret)


def _told(webhook: Webhook, with_secret: bool) -> Result:
    secret = {"secret": webhook.secret} if with_secret else {}
    return {"webhook": {**_shown(webhook), **secret}}


def _shown(webhook: Webhook) -> Result:
    """A subscription without its secret; of headers only the names ever come back."""
    return {
        "id": webhook.public_id,
        "url": webhook.url,
        "payloadMode": webhook.payload_mode,
        "isActive": webhook.is_active,
        "signingEnabled": webhook.signing_enabled,
        "headerNames": list(webhook.headers),
        "events": webhook.events,
        "createdAt": stamp(webhook.created_at),
    }


def _url(value: Any) -> str:
    """Different from the real service, http and private addresses are allowed."""
    try:
        parts = urlsplit(value) if isinstance(value, str) and len(value) <= 2000 else None
        good = parts and parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or not str(value).isascii() or any(c.isspace() for c in value):
        raise invalid_payload("url is a web address such as https://hooks.example.com/linked-api.")
    return str(value)


def _payload_mode(value: Any) -> str:
    if value not in ("fat", "thin"):
        raise invalid_payload("payloadMode is fat or thin.")
    return str(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise invalid_payload("signingEnabled is true or false.")
    return value


def _headers(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > MOST_HEADERS:
        raise invalid_payload(
            f"headers is an object of at most {MOST_HEADERS} names with their values."
        )
    for name, text in value.items():
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OWN_HEADERS:
            raise invalid_payload(f"headers: “{name[:100]}” cannot be set.")
        if not isinstance(text, str) or not _HEADER_VALUE.fullmatch(text):
            raise invalid_payload(f"headers: the value of {name} is a text of plain characters.")
    if len({name.lower() for name in value}) < len(value):
        raise invalid_payload(
            "headers: a name stands there twice; upper and lower case are the same."
        )
    return dict(value)


def _without(headers: Mapping[str, str], name: Any) -> dict[str, str]:
    if not isinstance(name, str):
        raise invalid_payload("name is the name of a header.")
    return {key: value for key, value in headers.items() if key.lower() != name.lower()}


def _events(value: Any) -> list[str] | None:
    if value is None:
        return None
    if not isinstance(value, list) or any(item not in events.SELECTORS for item in value):
        raise invalid_payload(f"events: choose from {', '.join(events.SELECTORS)}.")
    return list(dict.fromkeys(value))
