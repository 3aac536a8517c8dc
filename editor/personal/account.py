"""A member's own data: all of it as one JSON value; and what stays when the account is erased.

What a person did for a team stays the team's: runs, workflows, the log. Their name and address go from it.
"""

from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db.models import CharField, F, ForeignKey, Model, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat, Replace
from django.utils import timezone

from accounts import audit, services
from accounts.models import AuditEvent, Invitation, Team, User
from accounts.services import Refused
from editor.lib.tx import writing
from editor.personal import removing
from editor.runs.models import FINAL, Act, Notice, NoticeChoice, Run

NOBODY = "Erased person"
PIECE = 500


# --- Export ------------------------------------------------------------------------------------


def export(user: User) -> dict[str, Any]:
    """Everything that is kept about this person, except secrets (password, keys), which are kept unreadable."""
    return {
        "made_at": timezone.now().isoformat(),
        "account": {
            "email": user.email, "name": user.name, "time_zone": user.time_zone, "theme": user.theme,
            "joined_at": user.joined_at.isoformat(),
        },
        "email_addresses": list(
            EmailAddress.objects.filter(user=user).values("email", "verified", "primary")
        ),
        "second_steps": [
            {"type": step.type, "created_at": step.created_at, "last_used_at": step.last_used_at}
            for step in Authenticator.objects.filter(user=user)
        ],
        "sessions": list(
            UserSession.objects.filter(user=user)
            .values("ip", "user_agent", "created_at", "last_seen_at")
        ),
        "teams": list(
            user.memberships.order_by("pk").values("role", "joined_at", slug=F("team__slug"), name=F("team__name"))
        ),
        "runs": list(
            Run.objects.filter(started_by=user).order_by("pk")
            .values("workflow_name", "state", "created_at", run=F("public_id"), team_slug=F("team__slug"))
        ),
        "notices": list(Notice.objects.filter(user=user).order_by("pk").values()),
        "notice_choices": list(
            NoticeChoice.objects.filter(user=user).order_by("pk").values("kind", "in_app", "by_mail")
        ),
        "record": list(
            AuditEvent.objects.filter(actor=user).order_by("pk")
            .values("verb", "subject", "details", "at", "ip", "agent", team_slug=F("team__slug"))
        ),
    }  # fmt: skip


# --- Erasing -----------------------------------------------------------------------------------


def erase(user: User) -> None:
    """Forget the person; teams in which they are alone go with them.

    Raises Refused when a team with other people would be left without an owner, or a run of a team that
    goes is under way.
    """
    services.must_not_orphan(user)
    alone = [seat.team for seat in user.memberships.all() if seat.team.memberships.count() == 1]
    for team in alone:
        if Run.objects.filter(team=team).exclude(state__in=FINAL).exists():
            raise Refused(f"Runs of {team} are under way. Cancel them, or wait for their end.")
    for team in alone:
        removing.remove(team)
    email, name = user.email, str(user)
    teams = [seat.team for seat in user.memberships.select_related("team")]
    with writing():
        _forget_names(user, teams, name)
        _forget_address(email)
        for team in teams:
            audit.record(team, None, "member.erased", NOBODY)
        _empty(user)


def _forget_names(user: User, teams: list[Team], name: str) -> None:
    """Wherever a name was copied beside the person, so that it outlives them; and addresses of browsers."""
    for model, person, copy in copies():
        _plain(model).filter(**{person: user}).update(**{copy: NOBODY})
    Act.objects.filter(team__in=teams, by_name=name[:80]).update(by_name=NOBODY)
    _plain(AuditEvent).filter(actor=user).update(ip=None, agent="")


def copies() -> Iterator[tuple[type[Model], str, str]]:
    """Model, reference to a person, and the column beside it that keeps their name."""
    for model in apps.get_models():
        columns = {field.name for field in model._meta.concrete_fields}
        for field in model._meta.concrete_fields:
            refers = isinstance(field, ForeignKey) and field.related_model is User
            if refers and f"{field.name}_name" in columns:
                yield model, field.name, f"{field.name}_name"


def _plain(model: type[Model]) -> "QuerySet[Any]":
    """The audit log cannot be changed through its manager; to forget a person is the one reason to do so."""
    return QuerySet(model)


def _forget_address(email: str) -> None:
    """Out of subjects and details of the log, and of invitations."""
    events = _plain(AuditEvent)
    events.filter(subject__icontains=email).update(
        subject=Replace("subject", Value(email), Value(NOBODY))
    )
    told = events.alias(text=Cast("details", TextField())).filter(text__icontains=email)
    for event in told.iterator(chunk_size=PIECE):
        details = _replaced(event.details, email)
        events.filter(pk=event.pk).update(details=details)
    Invitation.objects.filter(email=email).update(
        email=Concat(Value("erased-"), Cast("pk", CharField()), Value("@erased.invalid"))
    )


def _replaced(value: Any, email: str) -> Any:
    if isinstance(value, str):
        return value.replace(email, NOBODY)
    if isinstance(value, list):
        return [_replaced(each, email) for each in value]
    if isinstance(value, dict):
        return {name: _replaced(each, email) for name, each in value.items()}
    return value


def _empty(user: User) -> None:
    """The row stays, because acts refer to it; nothing in it leads to the person."""
    for session in UserSession.objects.filter(user=user):
        session.end()
    for model in (EmailAddress, Authenticator, Notice, NoticeChoice):
        model._base_manager.filter(user=user).delete()
    user.memberships.all().delete()
    user.name, user.email = NOBODY, f"erased-{user.pk}@erased.invalid"
    user.time_zone, user.is_active = "UTC", False
    user.set_unusable_password()
    user.save()
