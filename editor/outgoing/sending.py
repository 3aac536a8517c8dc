"""The worker's share: what is due goes out, many at once, and few to one endpoint.

A receiver that is slow takes up only its own few places; runs never wait, for nothing here blocks.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from asgiref.sync import sync_to_async
from django.utils import timezone

from editor.linkedapi import signatures
from editor.outgoing import posting, queries, services
from editor.outgoing.models import Delivery, Endpoint

log = logging.getLogger(__name__)

AT_ONCE: Final = 50
AT_ONCE_TO_ONE: Final = 5

SwitchedOff = Callable[[Endpoint, datetime], None]


@dataclass
class Sender:
    """What one worker has on its way: {delivery: its endpoint}. `switched_off` tells people of an endpoint that was."""

    switched_off: SwitchedOff
    on_way: dict[int, int] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)


async def send_due(sender: Sender) -> None:
    """Begin to send what there is room for; comes back at once."""
    for delivery in await sync_to_async(_claim_due)(dict(sender.on_way)):
        sender.on_way[delivery.pk] = delivery.endpoint_id
        task = asyncio.create_task(_send(sender, delivery))
        sender.tasks.add(task)
        task.add_done_callback(sender.tasks.discard)


def _claim_due(on_way: dict[int, int]) -> list[Delivery]:
    now, to_each = timezone.now(), Counter(on_way.values())
    full = [endpoint for endpoint, count in to_each.items() if count >= AT_ONCE_TO_ONE]
    claimed: list[Delivery] = []
    for delivery in queries.due(now, not_to=full, at_most=AT_ONCE):
        if len(on_way) + len(claimed) >= AT_ONCE:
            break
        if to_each[delivery.endpoint_id] < AT_ONCE_TO_ONE and services.claim(delivery, now):
            to_each[delivery.endpoint_id] += 1
            claimed.append(delivery)
    return claimed


async def _send(sender: Sender, delivery: Delivery) -> None:
    try:
        answer = await posting.post(
            delivery.endpoint.url, delivery.body.encode(), headers(delivery, timezone.now())
        )
        await sync_to_async(services.note)(delivery, answer, timezone.now(), sender.switched_off)
    except Exception:  # its claim runs out, and it comes round again
        log.exception("Webhook delivery %s could not be noted", delivery.public_id)
    finally:
        del sender.on_way[delivery.pk]


def headers(delivery: Delivery, now: datetime) -> dict[str, str]:
    """Signed anew for each try, so that the time is of this one."""
    timestamp = str(int(now.timestamp()))
    body = delivery.body.encode()
    return {
        "content-type": "application/json",
        "user-agent": "Trellis-Webhooks",
        "trellis-event": delivery.type,
        "trellis-delivery": delivery.public_id,
        signatures.TIMESTAMP_HEADER: timestamp,
        signatures.SIGNATURE_HEADER: signatures.sign(delivery.endpoint.secret, timestamp, body),
    }
