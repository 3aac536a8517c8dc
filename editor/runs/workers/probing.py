"""Ask, for connections whose queue waits, whether they work again (`accounts.health` decides)."""

import asyncio
import logging

from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts import health
from accounts.models import Connection
from editor.linkedapi import Client
from editor.runs import queries, transitions

log = logging.getLogger(__name__)

AT_ONCE = 20


async def probe_due(client: Client) -> None:
    """One probe for each connection that is due; whoever claims it does it."""
    due = await sync_to_async(queries.due_probes)(AT_ONCE)
    probes = (probe(connection, client) for connection in due)
    for error in await asyncio.gather(*probes, return_exceptions=True):
        if isinstance(error, Exception):  # its claim runs out, and it comes round again
            log.error("A connection could not be examined", exc_info=error)


async def probe(connection: Connection, client: Client) -> None:
    """Ask the service, write down what it says, and let the queue go on when it may."""
    if not await sync_to_async(health.claim_probe)(connection, timezone.now()):
        return
    found = await health.examine(client, connection.credentials())
    if await sync_to_async(health.note)(connection, found, timezone.now()) and not found.error:
        log.info("Connection %s: its queue goes on", connection.public_id)
        await sync_to_async(transitions.wake)(connection.pk, timezone.now())
