"""Telling people what they should know: in the app, and by e-mail those who wish it.

Functions that tell are called inside the transaction of what they tell about; e-mail goes out later, by the worker.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Connection, Role, Team, User
from editor.lib.paging import Page, page
from editor.lib.tx import writing
from editor.outgoing.models import Endpoint
from editor.runs import privacy
from editor.runs.models import Batch, Notice, NoticeKind, Run, Schedule, State

from .choices import Wish, way_of, wishes

log = logging.getLogger(__name__)

PAGE: Final = 50
MAILS_AT_ONCE: Final = 20
MAIL_AGAIN: Final = timedelta(minutes=10)
MAIL_FOR: Final = timedelta(days=1)
"""A mail server that is away may come back; after this long the news is old."""
MAIL_ONCE_IN: Final = timedelta(hours=1)
"""Of a matter that goes by e-mail only; nobody reads that here, so this tells what is old from what is new."""

# --- What is told ------------------------------------------------------------------------------


def run_failed(run: Run, now: datetime) -> None:
    text = privacy.text(run.failure_message, privacy.hides_from_somebody(run.team))
    _about(run, NoticeKind.RUN_FAILED, f"“{run.workflow_name}” failed", text, now)


def run_uncertain(run: Run, now: datetime) -> None:
    text = "The answer to its start was lost, so nobody knows whether it arrived. Decide what becomes of it."
    title = f"“{run.workflow_name}”: not sure whether it started"
    _about(run, NoticeKind.RUN_UNCERTAIN, title, text, now)


def run_settled(run: Run, now: datetime) -> None:
    """It is not uncertain any more: what was told of that is read, or from now on about the next one that still is."""
    kind, path = NoticeKind.RUN_UNCERTAIN, reverse("runs:run", args=[run.team.slug, run.public_id])
    mine = Notice.objects.filter(user=run.started_by_id, kind=kind, read_at=None)
    # Of a workflow that was deleted meanwhile the topic is another one.
    unread = mine.filter(Q(topic=topic_of(kind, _matter(run))) | Q(path=path))
    if not unread.exists():
        return
    others = Run.objects.filter(
        workflow=run.workflow_id or -1, started_by=run.started_by_id, state=State.UNCERTAIN
    )
    left = list(others.exclude(pk=run.pk).order_by("-pk").values_list("public_id", flat=True))
    if left:
        path = reverse("runs:run", args=[run.team.slug, left[0]])
        unread.update(path=path, times=len(left))
    else:
        unread.update(read_at=now, mail_at=None)


def schedule_paused(schedule: Schedule, note: str, now: datetime) -> None:
    path = f"{reverse('runs:schedules', args=[schedule.team.slug])}#schedule-{schedule.public_id}"
    title = f"The schedule of “{schedule.workflow.name}” paused itself"
    people = [schedule.owner_id]
    told = Told(NoticeKind.SCHEDULE_PAUSED, str(schedule.pk), title, note, path)
    _tell(schedule.team, people, told, now)


def schedule_goes_on(schedule: Schedule, now: datetime) -> None:
    _over(schedule.team_id, NoticeKind.SCHEDULE_PAUSED, schedule.pk, now)


def connection_paused(connection: Connection, now: datetime) -> None:
    """To those who can mend it."""
    connection = Connection.objects.select_related("team").get(pk=connection.pk)
    trouble = connection.trouble
    text = f"{trouble.title}. {trouble.remedy} Its runs wait until then." if trouble else ""
    path = reverse("accounts:connection", args=[connection.team.slug, connection.public_id])
    title = f"“{connection.name}” needs attention"
    told = Told(NoticeKind.CONNECTION_PAUSED, str(connection.pk), title, text, path)
    _tell(connection.team, _managers(connection.team), told, now)


def connection_works(connection: Connection, now: datetime) -> None:
    """Whoever was told that it needs attention need not look any more."""
    _over(connection.team_id, NoticeKind.CONNECTION_PAUSED, connection.pk, now)


def batch_finished(batch: Batch, text: str, now: datetime) -> None:
    """To whoever started or resumed it last; `text`: how its rows fared."""
    path = reverse("runs:batch", args=[batch.team.slug, batch.public_id])
    title = f"The batch of “{batch.workflow_name}” is over"
    told = Told(NoticeKind.BATCH_FINISHED, str(batch.pk), title, text, path)
    _tell(batch.team, [batch.actor_id], told, now)


def batch_held(batch: Batch, why: str, now: datetime) -> None:
    """To whoever started it, and to those who can give the account back or go on in their own name."""
    path = reverse("runs:batch", args=[batch.team.slug, batch.public_id])
    title = f"The batch of “{batch.workflow_name}” is on hold"
    text = (
        f"{why}. Its rows wait. Somebody who may presses Resume, and it goes on in their name; or an admin lets "
        f"{batch.actor_name} do so again, on the page of the account or of the team."
    )
    told = Told(NoticeKind.BATCH_HELD, str(batch.pk), title, text, path)
    _tell(batch.team, [batch.actor_id, *_managers(batch.team)], told, now)


def batch_goes_on(batch: Batch, now: datetime) -> None:
    """Or was stopped: somebody has decided."""
    _over(batch.team_id, NoticeKind.BATCH_HELD, batch.pk, now)


def webhook_off(endpoint: Endpoint, now: datetime) -> None:
    """To those who can mend it."""
    path = reverse("outgoing:endpoint", args=[endpoint.team.slug, endpoint.public_id])
    title = f"The webhook “{endpoint}” switched itself off"
    told = Told(NoticeKind.WEBHOOK_OFF, str(endpoint.pk), title, endpoint.off_note, path)
    _tell(endpoint.team, _managers(endpoint.team), told, now)


def team_closes(team: Team, by: User, at: datetime, now: datetime) -> None:
    """To everybody in it, whatever they chose: what they do not take along is gone."""
    title = f"{team} will be deleted on {at:%-d %B %Y}"
    text = f"{by} decided so. Nothing runs any more. Download what you need; until then an owner can bring it back."
    _to_all(team, title, text, now)


def team_stays(team: Team, by: User, now: datetime) -> None:
    _to_all(team, f"{team} stays", f"{by} brought it back.", now)


def _to_all(team: Team, title: str, text: str, now: datetime) -> None:
    people = list(team.memberships.values_list("user_id", flat=True))
    path = reverse("accounts:team", args=[team.slug])
    told = Told(NoticeKind.TEAM_CLOSES, str(team.pk), title, text, path)
    _tell(team, people, told, now)
    # Also whoever has not read yet that it closes: that it stays is news.
    Notice.objects.filter(team=team, topic=told.topic, read_at=None).update(mail_at=now)


def _managers(team: Team) -> list[int]:
    seats = team.memberships.filter(role__in=[Role.OWNER, Role.ADMIN])
    return list(seats.values_list("user_id", flat=True))


def _about(run: Run, kind: NoticeKind, title: str, text: str, now: datetime) -> None:
    """To whoever started it; many failed runs of one workflow are one notice."""
    path = reverse("runs:run", args=[run.team.slug, run.public_id])
    _tell(run.team, [run.started_by_id], Told(kind, _matter(run), title, text, path), now)


def _matter(run: Run) -> str:
    return f"workflow:{run.workflow_id}" if run.workflow_id else f"run:{run.pk}"


class Told(NamedTuple):
    """`matter`: what it is about, among notices of this kind."""

    kind: NoticeKind
    matter: str
    title: str
    text: str
    path: str

    @property
    def topic(self) -> str:
        return topic_of(self.kind, self.matter)


def topic_of(kind: NoticeKind, matter: str) -> str:
    return f"{kind}:{matter}"


def _over(team: int, kind: NoticeKind, matter: int, now: datetime) -> None:
    """What was told of a matter asks nobody for anything any more: it is read, and not sent."""
    told = Notice.objects.filter(team=team, topic=topic_of(kind, str(matter)), read_at=None)
    told.update(read_at=now, mail_at=None)


def _tell(team: Team, people: Collection[int | None], told: Told, now: datetime) -> None:
    """One unread notice for each of these people who is in the team and wants to know."""
    seats = team.memberships.filter(user__in=[pk for pk in people if pk])
    inside = list(seats.values_list("user_id", flat=True))
    for person, wish in wishes(inside, told.kind).items():
        if any(wish):
            _tell_one(team, person, wish, told, now)


def _tell_one(team: Team, person: int, wish: Wish, told: Told, now: datetime) -> None:
    facts = {"title": told.title[:200], "text": told.text[:500], "path": told.path}
    unread = Notice.objects.filter(user=person, topic=told.topic, read_at=None)
    again = {"times": F("times") + 1, **facts}
    if wish.in_app:
        again |= {"in_app": True, "at": now}
    else:
        unread.filter(in_app=False, mail_at=None, at__lte=now - MAIL_ONCE_IN).delete()
    if unread.update(**again):
        return
    first = {
        "kind": told.kind,
        "topic": told.topic,
        "at": now,
        "mail_at": now if wish.by_mail else None,
    }
    try:
        with transaction.atomic():
            Notice.objects.create(user_id=person, team=team, in_app=wish.in_app, **first, **facts)
    except IntegrityError:  # the same was told at the same moment
        unread.update(**again)


# --- What people do with it --------------------------------------------------------------------


def unread(user: User) -> int:
    """How many, for the bell of every page."""
    return Notice.objects.filter(user=user, read_at=None, in_app=True).count()


def list_page(user: User, *, cursor: str = "") -> Page[Notice]:
    """A person's notices, newest first, in one query. Raises paging.BadCursor."""
    found = Notice.objects.filter(user=user, in_app=True).select_related("team")
    return page(found, order="-at", cursor=cursor, size=PAGE)


def read_all(user: User, now: datetime) -> None:
    """What is read is not sent any more."""
    with writing():
        unread = Notice.objects.filter(user=user, read_at=None, in_app=True)
        unread.update(read_at=now, mail_at=None)


# --- By e-mail ---------------------------------------------------------------------------------


def mail_due(now: datetime) -> int:
    """Send what is to be sent, each by one worker; how many this call sent."""
    due = Notice.objects.filter(mail_at__lte=now).select_related("user", "team")
    return sum(_mail(notice, now) for notice in due.order_by("mail_at")[:MAILS_AT_ONCE])


def _mail(notice: Notice, now: datetime) -> bool:
    mine = Notice.objects.filter(pk=notice.pk, mail_at=notice.mail_at)
    if not mine.update(mail_at=None) or not notice.user.is_active:
        return False
    subject = " ".join(f"{notice.title} ({notice.team.name})".split())
    always = way_of(notice.kind).always
    context = {"notice": notice, "site": settings.PUBLIC_URL, "always": always}
    body = render_to_string("runs/notice.txt", context)
    try:
        send_mail(subject, body, None, [notice.user.email])
    except OSError:  # among them everything of smtplib
        log.exception("Notice %s could not be sent by e-mail", notice.pk)
        if now - notice.at < MAIL_FOR:
            Notice.objects.filter(pk=notice.pk, read_at=None).update(mail_at=now + MAIL_AGAIN)
        return False
    return True
