"""Telling the team's other tools: an event becomes one delivery per endpoint that asks for it.

Call it inside the transaction of what it tells; the worker sends what is committed (`sending`).
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import BigIntegerField

from accounts.models import Team
from editor.lib.ids import new_id
from editor.lib.prepared import Rows
from editor.outgoing.models import TEST, Delivery, Endpoint, Kind

Data = Mapping[str, Any]

_ON = Rows(
    lambda team: Endpoint.objects.filter(team_id=team, is_on=True).select_related("team"),
    team=BigIntegerField(),
)


def tell(team_id: int, kind: Kind, data: Callable[[], Iterable[Data]], now: datetime) -> None:
    """Write down what happened, for whoever wants to know. `data` makes what is told, one event each, and is called
    only when somebody listens. One query when nobody does."""
    listening = [endpoint for endpoint in _ON(team=team_id) if kind in endpoint.events]
    if not listening:
        return
    team = listening[0].team
    told = [_event(team, kind, each, now) for each in data()]
    Delivery.objects.bulk_create(
        Delivery(endpoint=endpoint, due_at=now, created_at=now, **event)
        for event in told
        for endpoint in listening
    )


def tell_test(endpoint: Endpoint, now: datetime) -> Delivery:
    """A test event, to this endpoint alone; also when it is switched off."""
    words = {"message": "If you can read this and the signature is right, it works."}
    event = _event(endpoint.team, TEST, words, now)
    return Delivery.objects.create(endpoint=endpoint, due_at=now, created_at=now, **event)


def _event(team: Team, kind: str, data: Data, now: datetime) -> dict[str, str]:
    event_id = f"evt-{new_id()}"
    at = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body = {"id": event_id, "type": kind, "createdAt": at, "team": team.slug, "data": data}
    return {"event_id": event_id, "type": kind, "body": json.dumps(body, separators=(",", ":"))}
