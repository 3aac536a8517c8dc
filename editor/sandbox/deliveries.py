"""Webhook delivery: what is due is posted, at most eight times, with growing waits.

Different from the real service, private addresses and plain http are allowed: a receiver on the same
machine is what one tries things out with.
"""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from django.db.models import Q

from editor.lib.tx import writing
from editor.sandbox import events
from editor.sandbox.models import Delivery, Webhook

MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=5)
TIMEOUT = 5
LONGEST_PIECE = 5
"""Seconds after which a call leaves the rest to the next one: receivers that hang stop nobody else."""

LEASE = timedelta(seconds=30)
"""After this long an attempt without an end is taken for lost: its process was killed."""


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Followed, a redirect would turn the POST into a GET; it counts as a refusal."""


def wait_after(attempts: int) -> timedelta:
    """How long until the next attempt: 5 s, 10 s, 20 s ... after the first, second, third ..."""
    return FIRST_WAIT * 2 ** (attempts - 1)


def deliver(now: datetime, most: int) -> int:
    """Make one attempt for each of up to `most` deliveries that are due. Returns how many it made."""
    due = Delivery.objects.filter(
        Q(status="pending") | Q(status="delivering"), due_at__lte=now, webhook__is_active=True
    )
    waiting = list(due.select_related("webhook").order_by("due_at", "id")[:most])
    opener = build_opener(_NoRedirects, ProxyHandler({}))
    started, made = time.monotonic(), 0
    for delivery in waiting:
        if time.monotonic() - started > LONGEST_PIECE:
            break
        if _claim(delivery, now):
            _attempt(delivery, opener, now)
            made += 1
    return made


def _claim(delivery: Delivery, now: datetime) -> bool:
    """Take a delivery, so that of several workers only one sends it."""
    taken = Delivery.objects.filter(
        pk=delivery.pk, status=delivery.status, attempts=delivery.attempts, due_at=delivery.due_at
    ).update(
        status="delivering",
        attempts=delivery.attempts + 1,
        due_at=now + LEASE,
        updated_at=now,
    )
    return taken == 1


def _attempt(delivery: Delivery, opener: OpenerDirector, now: datetime) -> None:
    body = delivery.body.encode()
    headers = events.signed_headers(delivery.webhook, body, now)
    status, error = _post(opener, delivery.webhook.url, body, headers)
    attempts = delivery.attempts + 1
    done = status is not None and 200 <= status < 300
    outcome = "success" if done else "failed" if attempts >= MOST_ATTEMPTS else "pending"
    Delivery.objects.filter(pk=delivery.pk, status="delivering", attempts=attempts).update(
        status=outcome,
        response_status_code=status,
        last_error="" if done else error[:300],
        due_at=now + wait_after(attempts),
        updated_at=now,
    )


def _post(
    opener: OpenerDirector, url: str, body: bytes, headers: Mapping[str, str]
) -> tuple[int | None, str]:
    """Status of the answer, or None with the reason why there was none."""
    request = Request(url, data=body, headers=dict(headers), method="POST")  # noqa: S310 checked when set
    try:
        with opener.open(request, timeout=TIMEOUT) as response:
            return response.status, ""
    except HTTPError as error:
        error.close()
        return error.code, f"The receiver answered {error.code}."
    except (OSError, HTTPException, ValueError) as error:
        return None, f"No answer: {error}"


def replay(delivery: Delivery, now: datetime) -> None:
    """Send a delivery again, from its first attempt on, as the same event."""
    Delivery.objects.filter(pk=delivery.pk).update(
        status="pending", attempts=0, due_at=now, updated_at=now, last_error=""
    )


def drop_waiting(webhook: Webhook) -> None:
    """Take back what was not sent yet; the history stays."""
    with writing():
        waiting = webhook.deliveries.filter(status__in=["pending", "delivering"])
        waiting.update(status="failed", last_error="The webhook was deleted.")
