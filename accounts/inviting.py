"""Writing: invitations, from the making to the seat that somebody takes."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from accounts import audit, services
from accounts.models import Invitation, Membership, Role, Team, User
from accounts.services import Refused
from editor.lib.tx import writing

LASTS = timedelta(days=7)
MOST_WAITING = 100  # per team: nobody invites the whole world from here
MAIL_PAUSE = timedelta(minutes=1)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def link(token: str) -> str:
    """Where the invited person goes. It is shown once and stored nowhere."""
    return f"{settings.PUBLIC_URL}/join/{token}"


def invite(*, team: Team, actor: User, role: Role, email: str = "") -> tuple[Invitation, str]:
    """A seat for whoever has the link, or for the person of that address; and its token.

    Raises Refused for a role above the inviter's, for somebody who is in the team, for an address that
    an invitation waits for, and when too many wait.
    """
    email = email.lower()
    with writing():
        _must_cover(team, actor, role)
        if email and team.memberships.filter(user__email=email).exists():
            raise Refused(f"{email} is in the team already.")
        waiting = team.invitations.filter(used_at=None, revoked_at=None)
        if email and waiting.filter(email=email).exists():
            raise Refused(f"An invitation waits for {email}. Send it again, or revoke it first.")
        if waiting.count() >= MOST_WAITING:
            raise Refused(f"{MOST_WAITING} invitations wait. Revoke some that nobody needs.")
        made = Invitation(team=team, role=role, email=email, invited_by=actor)
        token = _lay_token(made)
        made.save()
        audit.record(team, actor, "invitation.made", str(made), role=role)
    return made, token


def renew(*, invitation: Invitation, actor: User) -> str:
    """Another token, and all the time again; the old link is dead from now on. Raises Refused as `invite` does."""
    with writing():
        _must_cover(invitation.team, actor, Role(invitation.role))
        if invitation.goes_by_mail and timezone.now() - invitation.made_at < MAIL_PAUSE:
            raise Refused(f"A mail to {invitation.email} went out just now. Wait a minute.")
        token = _lay_token(invitation)
        invitation.invited_by = actor
        invitation.save(update_fields=["token_hash", "made_at", "expires_at", "invited_by"])
        audit.record(invitation.team, actor, "invitation.renewed", str(invitation))
    return token


def revoke(*, invitation: Invitation, actor: User) -> None:
    with writing():
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        audit.record(invitation.team, actor, "invitation.revoked", str(invitation))


def send(invitation: Invitation, token: str) -> None:
    """The mail with the link. Outside of any transaction; raises OSError when the mail server does not take it."""
    context = {"invitation": invitation, "link": link(token), "days": LASTS.days}
    # A line break in a name must not become a header of its own.
    subject = " ".join(
        f"{invitation.invited_by} invites you to {invitation.team} on Trellis".split()
    )
    body = render_to_string("accounts/email/invitation.txt", context)
    send_mail(subject, body, None, [invitation.email])


def found(token_hash: str) -> Invitation | None:
    """The invitation of that token, whatever became of it."""
    rows = Invitation.objects.select_related("team", "invited_by")
    return rows.filter(token_hash=token_hash).first() if token_hash else None


def why_dead(invitation: Invitation) -> str:
    """Why nobody can take this seat any more, for people; "" when it is open."""
    if invitation.used_at:
        return "It was used already. Each invitation is good for one person, once."
    if invitation.revoked_at:
        return f"{invitation.team} has taken it back."
    if invitation.expired:
        return f"Its time is over: an invitation lasts {LASTS.days} days."
    if not _still_covers(invitation):
        return "Whoever sent it may not invite people to this role any more."
    return ""


def accept(invitation: Invitation, user: User) -> Membership:
    """Take the seat. Raises Refused when it is gone, is for somebody else, or the person is in the team."""
    now = timezone.now()
    with writing():
        services.locked(invitation.team)
        if why := why_dead(invitation):
            raise Refused(why)
        if invitation.email and invitation.email != user.email:
            raise Refused(f"This invitation is for {invitation.email}.")
        if invitation.team.memberships.filter(user=user).exists():
            raise Refused("You are in this team already.")
        if not _taken(invitation, user, now):
            raise Refused("It was used already.")
        seat = Membership.objects.create(team=invitation.team, user=user, role=invitation.role)
        audit.record(
            invitation.team,
            user,
            "member.joined",
            user.email,
            role=invitation.role,
            invited_by=str(invitation.invited_by),
        )
    return seat


def _taken(invitation: Invitation, user: User, now: datetime) -> bool:
    """Marks it as used; False when somebody was faster. The database decides, not the row that was read before."""
    is_open = Q(used_at=None, revoked_at=None, expires_at__gt=now)
    rows = Invitation.objects.filter(is_open, pk=invitation.pk, token_hash=invitation.token_hash)
    return rows.update(used_at=now, used_by=user) == 1


def _still_covers(invitation: Invitation) -> bool:
    """Whether the inviter could still give that role away: nobody gets in through somebody who was thrown out."""
    return invitation.invited_by is not None and _may_give(
        invitation.team, invitation.invited_by, Role(invitation.role)
    )


def _must_cover(team: Team, actor: User, role: Role) -> None:
    if not _may_give(team, actor, role):
        raise Refused("You cannot invite somebody to a role above your own.")


def _may_give(team: Team, giver: User, role: Role) -> bool:
    seat = team.memberships.filter(user=giver, user__is_active=True).first()
    return seat is not None and Role(seat.role).covers(Role.ADMIN) and Role(seat.role).covers(role)


def _lay_token(invitation: Invitation) -> str:
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hash_of(token)
    invitation.made_at = timezone.now()
    invitation.expires_at = invitation.made_at + LASTS
    return token
