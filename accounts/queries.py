"""Reading: people, teams and connections."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from accounts.models import AuditEvent, Connection, Invitation, Membership, Role, Team, User


def teams_of(user: User | AnonymousUser) -> QuerySet[Team]:
    """The person's teams by name; none for somebody who is not signed in."""
    if not user.is_authenticated:
        return Team.objects.none()
    return Team.objects.filter(memberships__user=user.pk).order_by("name", "pk")


def teams_to_build_in(user: User) -> QuerySet[Team]:
    """Those of the person's teams in which they build, by name."""
    builders = [role for role in Role if role.covers(Role.BUILDER)]
    found = Team.objects.filter(memberships__user=user, memberships__role__in=builders)
    return found.order_by("name", "pk")


def last_team(user: User | AnonymousUser, slug: str) -> Team | None:
    """The person's team of that slug, else their first one, in one query; None without a team."""
    teams = list(teams_of(user))
    return next((team for team in teams if team.slug == slug), teams[0] if teams else None)


def member(team: Team, public_id: str) -> Membership:
    """One seat in this team. Raises Membership.DoesNotExist."""
    return team.memberships.select_related("user", "team").get(public_id=public_id)


def members_of(team: Team) -> QuerySet[Membership]:
    """Who is in the team, in the order they came, people included."""
    return team.memberships.select_related("user").order_by("joined_at", "pk")


def invitations_of(team: Team) -> QuerySet[Invitation]:
    """Seats that wait for somebody, newest first, those included whose time is over. Never more than
    `inviting.MOST_WAITING`."""
    waiting = team.invitations.filter(used_at=None, revoked_at=None)
    return waiting.select_related("invited_by").order_by("-made_at", "-pk")


def invitation(team: Team, public_id: str) -> Invitation:
    """One of the seats that wait. Raises Invitation.DoesNotExist for one that is used or revoked too."""
    return invitations_of(team).get(public_id=public_id)


def connections_of(team: Team) -> QuerySet[Connection]:
    """The team's connections, oldest first. Tokens are left out: they load when something asks for them."""
    return (
        team.connections.select_related("created_by")
        .defer("linked_api_token", "identification_token")
        .order_by("created_at", "pk")
    )


def usable_by(user: User, role: Role, team: Team) -> QuerySet[Connection]:
    """Those of `connections_of` that this person, with that role in the team, may start runs on; none in a team
    that is about to be deleted."""
    if team.closes_at:
        return Connection.objects.none()
    covered = [least for least in Role if role.covers(least)]
    named = Connection.people.through.objects.filter(user_id=user.pk).values("connection_id")
    return connections_of(team).filter(Q(least_role__in=covered) | Q(pk__in=named))


def may_use(user: User, connection: Connection) -> bool:
    """Whether this person may start runs on it; never somebody who is not in its team any more."""
    seat = Membership.objects.filter(team_id=connection.team_id, user=user).first()
    if seat is None or not user.is_active:
        return False
    usable = usable_by(user, Role(seat.role), seat.team)
    return Role(seat.role).covers(Role.RUNNER) and usable.filter(pk=connection.pk).exists()


def may_act(user: User, team: Team) -> bool:
    """Whether this person may run what real people see, as far as the team's setting goes."""
    seat = Membership.objects.filter(team=team, user=user).first()
    return seat is not None and user.is_active and Role(seat.role).covers(Role(team.acts_for))


def connection(team: Team, public_id: str) -> Connection:
    """One connection of this team. Raises Connection.DoesNotExist for another team's too."""
    return team.connections.select_related("team", "created_by").get(public_id=public_id)


def audit_of(team: Team) -> QuerySet[AuditEvent]:
    """What happened in the team; page it by "-at"."""
    return AuditEvent.objects.filter(team=team)
