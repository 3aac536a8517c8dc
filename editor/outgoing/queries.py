"""Reading of endpoints and deliveries."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q, QuerySet

from accounts.models import Team
from editor.lib.paging import Page, page
from editor.outgoing.models import Delivery, Endpoint, State

PAGE: Final = 50
LATELY: Final = timedelta(days=1)


def endpoints(team: Team, now: datetime) -> QuerySet[Endpoint]:
    """All of the team, with `sent` and `lost` of the last day; there are few (services.MOST)."""
    lately = Q(deliveries__created_at__gt=now - LATELY)
    return team.endpoints.annotate(
        sent=Count("deliveries", lately & Q(deliveries__state=State.DELIVERED)),
        lost=Count("deliveries", lately & Q(deliveries__state=State.FAILED)),
    ).order_by("created_at", "pk")


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
