"""Setting our webhooks at the Linked API, and looking after them.

With an address under which it reaches us (settings.WEBHOOK_URL) every Linked API client in use gets one.
A webhook that somebody else has set is left alone: then, as without an address, polling does the work.
"""

import asyncio
import logging
import random
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from accounts import health
from accounts.models import Connection
from editor.lib.tx import writing
from editor.linkedapi import Client, Credentials, LinkedApiError, subscriptions
from editor.linkedapi.subscriptions import Subscription
from editor.runs.models import Hook

log = logging.getLogger(__name__)

EVENTS: Final = ("workflow.*", "account.*")
LOOK_AFTER_EVERY: Final = timedelta(days=1)
LEASE: Final = timedelta(minutes=5)
AT_ONCE: Final = 10
FIRST_PAUSE, LONGEST_PAUSE = 60.0, 6 * 3600.0


class NotOurs(Exception):
    """The client has a webhook of another program."""


class NotSigned(Exception):
    """The service does not sign, so nobody could tell what is genuine."""


async def look_after(client: Client) -> None:
    """Set, mend or take away the webhooks that are due."""
    due = await sync_to_async(_due)(timezone.now())
    tended = (_tend(hook, client) for hook in due)
    for error in await asyncio.gather(*tended, return_exceptions=True):
        if isinstance(error, Exception):  # its claim runs out, and it comes round again
            log.error("A webhook could not be looked after", exc_info=error)


def address_changed() -> None:
    """At the start of a worker: what is not as the settings want it is due."""
    moved = [
        hook.pk for hook in Hook.objects.only("pk", "url", "path") if hook.url != _address(hook)
    ]
    Hook.objects.filter(pk__in=moved).update(check_at=timezone.now(), tries=0)


def _due(now: datetime) -> list[Hook]:
    if settings.WEBHOOK_URL:
        hooked = Hook.objects.filter(client_key=OuterRef("client_key"))
        bare = Connection.objects.filter(~Exists(hooked)).exclude(client_key="")
        keys = bare.values_list("client_key", flat=True).distinct()[:AT_ONCE]
        if new := [Hook(client_key=key, check_at=now) for key in keys]:
            Hook.objects.bulk_create(new, ignore_conflicts=True)
        return list(Hook.objects.filter(check_at__lte=now).order_by("check_at")[:AT_ONCE])
    return list(Hook.objects.filter(check_at__lte=now).exclude(url="")[:AT_ONCE])


def _address(hook: Hook) -> str:
    return f"{settings.WEBHOOK_URL}/hooks/{hook.path}" if settings.WEBHOOK_URL else ""


async def _tend(hook: Hook, client: Client) -> None:
    connection = await sync_to_async(_claim)(hook, timezone.now())
    if connection is None:
        return
    try:
        found = await _set(client, connection.credentials(), hook, _address(hook))
    except NotOurs as error:
        why = f"Another program's webhook is set at Linked API ({error}); Trellis leaves it alone."
        await sync_to_async(_store)(hook, None, why)
    except NotSigned:
        await sync_to_async(_store)(hook, None, "Linked API does not sign its webhooks here.")
    except LinkedApiError as error:
        await sync_to_async(_put_off)(hook, error)
    else:
        await sync_to_async(_store)(hook, found)


def _claim(hook: Hook, now: datetime) -> Connection | None:
    """A connection of the client to speak for it, when nobody else looks after the hook. A client that
    no connection uses any more is forgotten: nobody has its token."""
    mine = Hook.objects.filter(pk=hook.pk, check_at=hook.check_at)
    if not mine.update(check_at=now + LEASE):
        return None
    hook.check_at = now + LEASE
    of_client = Connection.objects.filter(client_key=hook.client_key)
    found = of_client.order_by(F("probe_at").asc(nulls_first=True), "pk").first()
    if found is None:
        hook.delete()
    return found


async def _set(client: Client, who: Credentials, hook: Hook, address: str) -> Subscription | None:
    """See to it that the client's webhook is ours, at this address ("": that there is none of ours)."""
    found = await subscriptions.current(client, who)
    if found and not _is_ours(found, hook):
        if address:
            raise NotOurs(urlsplit(found.url).hostname)
        return None
    if found and not _as_wanted(found, address):
        await subscriptions.unsubscribe(client, who, found.id)
        found = None
    if not address:
        return None
    if found:
        found = await subscriptions.reveal(client, who, found.id)
    else:
        found = await subscriptions.subscribe(client, who, address, EVENTS)
    if not found.secret:
        await subscriptions.unsubscribe(client, who, found.id)
        raise NotSigned
    return found


def _is_ours(found: Subscription, hook: Hook) -> bool:
    """Also when the answer to setting it was lost: nobody else knows the path."""
    return found.id == hook.remote_id or found.url.endswith(f"/hooks/{hook.path}")


def _as_wanted(found: Subscription, address: str) -> bool:
    wanted = set(EVENTS) == set(found.events or ())
    return found.url == address and found.signed and found.thin and wanted


def _store(hook: Hook, found: Subscription | None, why_not: str = "") -> None:
    now = timezone.now()
    with writing():
        Hook.objects.filter(pk=hook.pk, check_at=hook.check_at).update(
            remote_id=found.id if found else "",
            url=found.url if found else "",
            secret=found.secret if found else "",
            check_at=now + LOOK_AFTER_EVERY,
            checked_at=now,
            tries=0,
        )
        health.note_webhook(hook.client_key, why_not)


def _put_off(hook: Hook, error: LinkedApiError) -> None:
    """1, 2, 4, ... minutes up to six hours, or as long as the service asked for."""
    pause = min(FIRST_PAUSE * 2.0 ** min(hook.tries, 12), LONGEST_PAUSE)
    pause = max(pause, error.retry_after or 0.0) * random.uniform(0.9, 1.1)  # noqa: S311 - no secret
    now = timezone.now()
    with writing():
        Hook.objects.filter(pk=hook.pk, check_at=hook.check_at).update(
            check_at=now + timedelta(seconds=pause), checked_at=now, tries=hook.tries + 1
        )
        health.note_webhook(hook.client_key, f"The webhook could not be set: {error.message}")
