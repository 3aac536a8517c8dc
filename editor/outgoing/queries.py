"""Reading of endpoints and deliveries."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count

from accounts.models import Team
from editor.lib.paging import Page, page
from editor.outgoing.models import Delivery, Endpoint

PAGE: Final = 50
LATELY: Final = timedelta(days=1)


def endpoints(team: Team, now: datetime) -> list[tuple[Endpoint, Counter[str]]]:
    """All of the team, each with how many deliveries of the last day are in which state. There are few endpoints
    (services.MOST)."""
    lately = Delivery.objects.filter(endpoint__team=team, created_at__gt=now - LATELY)
    states: dict[int, Counter[str]] = defaultdict(Counter)
    for endpoint, state, count in (
        lately.order_by().values_list("endpoint_id", "state").annotate(Count("pk"))
    ):
        states[endpoint][state] = count
    return [(each, states[each.pk]) for each in team.endpoints.order_by("created_at", "pk")]


def endpoint(team: Team, public_id: str) -> Endpoint:
    """Raises Endpoint.DoesNotExist, for another team's too."""
    return team.endpoints.select_related("team", "created_by").get(public_id=public_id)


def log(endpoint: Endpoint, *, state: str = "", cursor: str = "") -> Page[Delivery]:
    """What was sent to it, newest first, in one query. Raises paging.BadCursor."""
    found = endpoint.deliveries.defer("body", "answer")
    if state:
        found = found.filter(state=state)
    return page(found, order="-created_at", cursor=cursor, size=PAGE)


def delivery(endpoint: Endpoint, public_id: str) -> Delivery:
    """Raises Delivery.DoesNotExist."""
    return endpoint.deliveries.get(public_id=public_id)


def due(now: datetime, *, not_to: Collection[int], at_most: int) -> list[Delivery]:
    """What is to be sent now, longest due first; nothing to these endpoints."""
    found = Delivery.objects.filter(due_at__lte=now).exclude(endpoint__in=not_to)
    return list(found.select_related("endpoint").order_by("due_at")[:at_most])
