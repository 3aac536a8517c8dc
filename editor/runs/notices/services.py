"""Telling people what they should know: in the app, and by e-mail those who wish it.

Functions that tell are called inside the transaction of what they tell about; e-mail goes out later, by the worker.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse

from accounts.models import Connection, Role, Team, User
from editor.lib.paging import Page, page
from editor.lib.tx import writing
from editor.outgoing.models import Endpoint
from editor.runs.models import Batch, Notice, NoticeWish, Run, Schedule

log = logging.getLogger(__name__)

PAGE: Final = 50
MAILS_AT_ONCE: Final = 20
MAIL_AGAIN: Final = timedelta(minutes=10)
MAIL_FOR: Final = timedelta(days=1)
"""A mail server that is away may come back; after this long the news is old."""

# --- What is told ------------------------------------------------------------------------------


def run_failed(run: Run, now: datetime) -> None:
    _about(run, f"“{run.workflow_name}” failed", run.failure_message, now)


def run_uncertain(run: Run, now: datetime) -> None:
    text = "The answer to its start was lost, so nobody knows whether it arrived. Decide what becomes of it."
    _about(run, f"“{run.workflow_name}”: not sure whether it started", text, now)


def schedule_paused(schedule: Schedule, note: str, now: datetime) -> None:
    path = f"{reverse('runs:schedules', args=[schedule.team.slug])}#schedule-{schedule.public_id}"
    title = f"The schedule of “{schedule.workflow.name}” paused itself"
    _tell(schedule.team, [schedule.owner_id], f"schedule:{schedule.pk}", title, note, path, now)


def connection_paused(connection: Connection, now: datetime) -> None:
    """To those who can mend it."""
    connection = Connection.objects.select_related("team").get(pk=connection.pk)
    trouble = connection.trouble
    text = f"{trouble.title}. {trouble.remedy} Its runs wait until then." if trouble else ""
    path = reverse("accounts:connection", args=[connection.team.slug, connection.public_id])
    title = f"“{connection.name}” needs attention"
    people = _managers(connection.team)
    _tell(connection.team, people, f"connection:{connection.pk}", title, text, path, now)


def batch_finished(batch: Batch, now: datetime) -> None:
    """To whoever started or resumed it last."""
    path = reverse("runs:batch", args=[batch.team.slug, batch.public_id])
    title = f"The batch of “{batch.workflow_name}” is over"
    text = "Each row has run or was skipped; the batch says which."
    _tell(batch.team, [batch.actor_id], f"batch:{batch.pk}", title, text, path, now)


def batch_held(batch: Batch, why: str, now: datetime) -> None:
    """To whoever started it, and to those who can give the account back or go on in their own name."""
    path = reverse("runs:batch", args=[batch.team.slug, batch.public_id])
    title = f"The batch of “{batch.workflow_name}” is on hold"
    text = (
        f"{why}. Its rows wait. Somebody who may presses Resume, and it goes on in their name; or an admin lets "
        f"{batch.actor_name} do so again, on the page of the account or of the team."
    )
    people = [batch.actor_id, *_managers(batch.team)]
    _tell(batch.team, people, f"batch:{batch.pk}", title, text, path, now)


def webhook_off(endpoint: Endpoint, now: datetime) -> None:
    """To those who can mend it."""
    path = reverse("outgoing:endpoint", args=[endpoint.team.slug, endpoint.public_id])
    title = f"The webhook “{endpoint}” switched itself off"
    topic = f"webhook:{endpoint.pk}"
    _tell(endpoint.team, _managers(endpoint.team), topic, title, endpoint.off_note, path, now)


def team_closes(team: Team, by: User, at: datetime, now: datetime) -> None:
    """To everybody in it, by e-mail too, whatever they wish: what they do not take along is gone."""
    title = f"{team} will be deleted on {at:%-d %B %Y}"
    text = f"{by} decided so. Nothing runs any more. Download what you need; until then an owner can bring it back."
    _to_all(team, f"closing:{team.pk}", title, text, now)


def team_stays(team: Team, by: User, now: datetime) -> None:
    _to_all(team, f"closing:{team.pk}", f"{team} stays", f"{by} brought it back.", now)


def _to_all(team: Team, topic: str, title: str, text: str, now: datetime) -> None:
    people = list(team.memberships.values_list("user_id", flat=True))
    _tell(team, people, topic, title, text, reverse("accounts:team", args=[team.slug]), now)
    Notice.objects.filter(team=team, topic=topic, read_at=None).update(mail_at=now)


def _managers(team: Team) -> list[int]:
    seats = team.memberships.filter(role__in=[Role.OWNER, Role.ADMIN])
    return list(seats.values_list("user_id", flat=True))


def _about(run: Run, title: str, text: str, now: datetime) -> None:
    """To whoever started it; many failed runs of one workflow are one notice."""
    topic = f"workflow:{run.workflow_id}" if run.workflow_id else f"run:{run.pk}"
    path = reverse("runs:run", args=[run.team.slug, run.public_id])
    _tell(run.team, [run.started_by_id], topic, title, text, path, now)


def _tell(
    team: Team,
    people: Collection[int | None],
    topic: str,
    title: str,
    text: str,
    path: str,
    now: datetime,
) -> None:
    """One unread notice for each of these people who is in the team."""
    seats = team.memberships.filter(user__in=[pk for pk in people if pk])
    for person in seats.values_list("user_id", flat=True):
        facts = {"title": title[:200], "text": text[:500], "path": path, "at": now}
        unread = Notice.objects.filter(user=person, topic=topic, read_at=None)
        if unread.update(times=F("times") + 1, **facts):
            continue
        mail_at = now if NoticeWish.objects.filter(user=person).exists() else None
        try:
            with transaction.atomic():
                Notice.objects.create(
                    user_id=person, team=team, topic=topic, mail_at=mail_at, **facts
                )
        except IntegrityError:  # the same was told at the same moment
            unread.update(times=F("times") + 1, **facts)


# --- What people do with it --------------------------------------------------------------------


def unread(user: User) -> int:
    """How many, for the bell of every page."""
    return Notice.objects.filter(user=user, read_at=None).count()


def list_page(user: User, *, cursor: str = "") -> Page[Notice]:
    """A person's notices, newest first, in one query. Raises paging.BadCursor."""
    found = Notice.objects.filter(user=user).select_related("team")
    return page(found, order="-at", cursor=cursor, size=PAGE)


def read_all(user: User, now: datetime) -> None:
    """What is read is not sent any more."""
    with writing():
        Notice.objects.filter(user=user, read_at=None).update(read_at=now, mail_at=None)


def by_mail(user: User) -> bool:
    return NoticeWish.objects.filter(user=user).exists()


def wish_mail(user: User, wanted: bool) -> None:
    with writing():
        if wanted:
            NoticeWish.objects.get_or_create(user=user)
        else:
            NoticeWish.objects.filter(user=user).delete()


# --- By e-mail ---------------------------------------------------------------------------------


def mail_due(now: datetime) -> int:
    """Send what is to be sent, each by one worker; how many this call sent."""
    due = Notice.objects.filter(mail_at__lte=now).select_related("user", "team")
    return sum(_mail(notice, now) for notice in due.order_by("mail_at")[:MAILS_AT_ONCE])


def _mail(notice: Notice, now: datetime) -> bool:
    mine = Notice.objects.filter(pk=notice.pk, mail_at=notice.mail_at)
    if not mine.update(mail_at=None) or not notice.user.is_active:
        return False
    address = f"{settings.PUBLIC_URL}{notice.path}"
    subject = " ".join(f"{notice.title} ({notice.team.name})".split())
    try:
        send_mail(subject, f"{notice.text}\n\n{address}\n", None, [notice.user.email])
    except OSError:  # among them everything of smtplib
        log.exception("Notice %s could not be sent by e-mail", notice.pk)
        if now - notice.at < MAIL_FOR:
            Notice.objects.filter(pk=notice.pk, read_at=None).update(mail_at=now + MAIL_AGAIN)
        return False
    return True
