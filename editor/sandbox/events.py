"""Webhook events: their types, who wants them, and the body and signature they are sent with."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from editor.sandbox.content import stamp
from editor.sandbox.models import Delivery, SandboxWorkflow, Webhook

EVENT_TYPES = (
    "workflow.created",
    "workflow.started",
    "workflow.completed",
    "account.active",
    "account.reconnectionRequired",
    "account.frozen",
    "account.deleted",
    "inbox.messageReceived",
    "inbox.messageSent",
    "network.connectionAccepted",
    "network.connectionAdded",
    "network.connectionRequestReceived",
)
SELECTORS = (*EVENT_TYPES, "workflow.*", "account.*", "inbox.*", "network.*")
TEST_EVENT = "webhook.test"


def wants(webhook: Webhook, event_type: str) -> bool:
    """Whether a subscription selects an event; tests are always wanted."""
    if webhook.events is None or event_type == TEST_EVENT:
        return True
    return event_type in webhook.events or f"{event_type.partition('.')[0]}.*" in webhook.events


def delivery(
    webhook: Webhook,
    event_type: str,
    event_id: str,
    data: Mapping[str, Any],
    at: datetime,
    *,
    due_at: datetime | None = None,
    workflow: SandboxWorkflow | None = None,
) -> Delivery:
    """An unsaved delivery of one event; `at` is when it happened."""
    body = {"id": event_id, "type": event_type, "createdAt": stamp(at), "data": data}
    return Delivery(
        webhook=webhook,
        workflow=workflow,
        event_type=event_type,
        event_id=event_id,
        body=json.dumps(body),
        created_at=at,
        updated_at=at,
        due_at=due_at or at,
    )


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 in lower-case hex over `<timestamp>.<body>`; the secret counts as UTF-8 text."""
    message = str(timestamp).encode() + b"." + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def signed_headers(webhook: Webhook, body: bytes, now: datetime) -> dict[str, str]:
    """The headers of one attempt. Each attempt is signed anew: an old time stamp would be refused."""
    headers = {**webhook.headers, "Content-Type": "application/json"}
    if webhook.signing_enabled:
        timestamp = int(now.timestamp())
        headers["linked-api-signature"] = signature(webhook.secret, timestamp, body)
        headers["linked-api-signature-timestamp"] = str(timestamp)
    return headers
