"""What admins do with endpoints, and what the worker writes down about deliveries."""

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.models import Team, User
from editor.lib.tx import writing
from editor.outgoing import events
from editor.outgoing.models import TEST, Delivery, Endpoint, State, new_secret
from editor.outgoing.posting import SECONDS, Answer

MOST: Final = 20
"""Endpoints of a team."""

PAUSES: Final = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0)
"""Seconds after the first, second, ... failure; the last again and again."""

GIVES_UP_AFTER: Final = timedelta(days=1)
SWITCHED_OFF_AFTER: Final = timedelta(days=3)
"""So long nothing may arrive before an endpoint is switched off."""

LEASE: Final = timedelta(seconds=3 * SECONDS)
"""After this long a try without an end is taken for lost: its worker was killed."""

KEPT: Final = timedelta(days=30)
PIECE: Final = 500


class TooMany(Exception):
    """The team has as many endpoints as it may."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form says. `events`: values of Kind."""

    url: str
    description: str
    events: Collection[str]


# --- Endpoints ---------------------------------------------------------------------------------


def create(team: Team, *, actor: User, wanted: Wanted, made_key: str) -> tuple[Endpoint, bool]:
    """A new endpoint, or the one that this key made already, and whether it is new. Raises TooMany."""
    if made := team.endpoints.filter(made_key=made_key).first():
        return made, False
    if team.endpoints.count() >= MOST:
        raise TooMany
    try:
        with writing():
            endpoint = Endpoint.objects.create(
                team=team,
                created_by=actor,
                made_key=made_key,
                url=wanted.url,
                description=wanted.description,
                events=list(wanted.events),
            )
            _note(endpoint, actor, "webhook.added", events=endpoint.events)
    except IntegrityError:  # the same form, sent twice at the same moment
        return team.endpoints.get(made_key=made_key), False
    return endpoint, True


def change(endpoint: Endpoint, *, actor: User, wanted: Wanted) -> None:
    before = {"host": endpoint.host, "events": endpoint.events}
    endpoint.url, endpoint.description = wanted.url, wanted.description
    endpoint.events = list(wanted.events)
    with writing():
        endpoint.save(update_fields=["url", "description", "events"])
        _note(endpoint, actor, "webhook.changed", before=before, events=endpoint.events)


def rotate(endpoint: Endpoint, *, actor: User) -> str:
    """A new secret, at once; what is on its way is signed with it too."""
    secret = endpoint.secret = new_secret()
    with writing():
        endpoint.save(update_fields=["secret"])
        _note(endpoint, actor, "webhook.secret_rotated")
    return secret


def switch(endpoint: Endpoint, *, actor: User, on: bool) -> None:
    """On: begins anew, as if it had never failed. Off: what is on its way is given up."""
    with writing():
        changed = Endpoint.objects.filter(pk=endpoint.pk, is_on=not on).update(
            is_on=on, off_note="", failing_since=None
        )
        if changed:
            if not on:
                _give_up(endpoint, "The endpoint was switched off.")
            _note(endpoint, actor, "webhook.switched_on" if on else "webhook.switched_off")


def delete(endpoint: Endpoint, *, actor: User) -> None:
    with writing():
        _note(endpoint, actor, "webhook.deleted")
        endpoint.delete()


def send_test(endpoint: Endpoint, now: datetime) -> Delivery:
    with writing():
        return events.tell_test(endpoint, now)


def replay(delivery: Delivery, *, actor: User, now: datetime) -> None:
    """The same event once more, as a delivery of its own: its id and its body stay, so a receiver knows it again."""
    with writing():
        _once_more(delivery, actor, now).save()


def waits_until_after(now: datetime) -> datetime:
    """A delivery that is due later than this waits for its next try; what is due sooner may be on its way just now."""
    return now + LEASE


def try_now(delivery: Delivery, now: datetime) -> bool:
    """Bring the next try of a delivery that waits forward. False when it does not wait: it goes out, or is over."""
    waiting = Delivery.objects.filter(pk=delivery.pk, state=State.PENDING)
    return waiting.filter(due_at__gt=waits_until_after(now)).update(due_at=now) == 1


def replay_lost(endpoint: Endpoint, *, actor: User, now: datetime) -> int:
    """Everything that was given up and did not arrive otherwise, once more: the latest, oldest first. How many."""
    with writing():
        given_up = endpoint.deliveries.filter(state=State.FAILED).exclude(type=TEST)
        lost = {each.event_id: each for each in given_up.order_by("-created_at", "-pk")[:PIECE]}
        others = endpoint.deliveries.exclude(state=State.FAILED).filter(event_id__in=lost)
        for event_id in others.values_list("event_id", flat=True):
            lost.pop(event_id, None)
        Delivery.objects.bulk_create(
            _once_more(each, actor, now) for each in reversed(lost.values())
        )
        if lost:
            _note(endpoint, actor, "webhook.replayed", events=len(lost))
    return len(lost)


def _once_more(delivery: Delivery, actor: User, now: datetime) -> Delivery:
    return Delivery(
        endpoint_id=delivery.endpoint_id,
        event_id=delivery.event_id,
        type=delivery.type,
        body=delivery.body,
        replayed_by=str(actor)[:80],
        due_at=now,
        created_at=now,
    )


def _note(endpoint: Endpoint, actor: User | None, verb: str, **details: object) -> None:
    audit.record(endpoint.team, actor, verb, endpoint.description, host=endpoint.host, **details)


def _give_up(endpoint: Endpoint, why: str) -> None:
    waiting = endpoint.deliveries.filter(state=State.PENDING)
    waiting.update(state=State.FAILED, due_at=None, error=why)


# --- Deliveries --------------------------------------------------------------------------------


def claim(delivery: Delivery, now: datetime) -> bool:
    """Take a due delivery, so that of several workers only one sends it. False: another was faster."""
    taken = Delivery.objects.filter(
        pk=delivery.pk,
        state=State.PENDING,
        attempts=delivery.attempts,
        due_at=delivery.due_at,
    ).update(attempts=delivery.attempts + 1, due_at=now + LEASE)
    delivery.attempts += 1
    delivery.due_at = now + LEASE
    return taken == 1


def note(
    delivery: Delivery,
    answer: Answer,
    now: datetime,
    switched_off: Callable[[Endpoint, datetime], None],
) -> None:
    """Write down how the claimed try went. `switched_off` is called, in the same transaction, when the endpoint has
    been failing for so long that this was the last straw."""
    again = None if answer.taken else _again_at(delivery, answer, now)
    state = State.DELIVERED if answer.taken else State.PENDING if again else State.FAILED
    mine = Delivery.objects.filter(
        pk=delivery.pk, attempts=delivery.attempts, due_at=delivery.due_at
    )
    with writing():
        noted = mine.update(
            state=state,
            due_at=again,
            tried_at=now,
            response_code=answer.code,
            duration_ms=answer.duration_ms,
            answer=answer.text,
            error=answer.error,
        )
        if noted:
            _note_health(delivery.endpoint_id, answer.taken, now, switched_off)


def _again_at(delivery: Delivery, answer: Answer, now: datetime) -> datetime | None:
    """A tenth more or less than planned, so that what failed together does not come back together."""
    pause = PAUSES[min(delivery.attempts, len(PAUSES)) - 1]
    pause = max(pause, min(answer.retry_after, PAUSES[-1])) * random.uniform(0.9, 1.1)  # noqa: S311 - no secret
    again = now + timedelta(seconds=pause)
    return again if again < delivery.created_at + GIVES_UP_AFTER else None


def _note_health(
    endpoint_id: int, well: bool, now: datetime, switched_off: Callable[[Endpoint, datetime], None]
) -> None:
    own = Endpoint.objects.filter(pk=endpoint_id)
    if well:
        own.exclude(failing_since=None).update(failing_since=None)
        return
    own.filter(failing_since=None).update(failing_since=now)
    why = f"Nothing arrived for {SWITCHED_OFF_AFTER.days} days."
    long = own.filter(is_on=True, failing_since__lte=now - SWITCHED_OFF_AFTER)
    if long.update(is_on=False, off_note=why):
        endpoint = own.select_related("team").get()
        _give_up(endpoint, f"The endpoint switched itself off. {why}")
        _note(endpoint, None, "webhook.switched_off", why=why)
        switched_off(endpoint, now)


def forget(now: datetime) -> int:
    """Delete old rows of the log, a piece at a time; how many."""
    old = Delivery.objects.filter(due_at=None, created_at__lt=now - KEPT)
    keys = list(old.order_by("created_at").values_list("pk", flat=True)[:PIECE])
    if not keys:
        return 0
    with transaction.atomic():
        return Delivery.objects.filter(pk__in=keys).delete()[0]
