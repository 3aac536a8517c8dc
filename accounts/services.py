"""Writing: every act on people, teams and connections. Each is one transaction and leaves an audit event."""

from collections.abc import Callable
from typing import Any

from django.utils.text import slugify

from accounts import audit
from accounts.models import Connection, Kind, Membership, Role, Team, User
from editor.lib.ids import new_id
from editor.lib.tx import writing


class Refused(Exception):
    """An act that must not be done; the message says why, for people."""


# --- People and teams --------------------------------------------------------------------------


def create_user_with_team(*, email: str, password: str, name: str, team_name: str) -> User:
    """A person and the team that person owns. Raises IntegrityError when the e-mail is taken."""
    with writing():
        user = User.objects.create_user(email, password, name=name)
        create_team(name=team_name, owner=user)
    return user


def create_team(*, name: str, owner: User, slug: str = "") -> Team:
    """A team with its owner and a sandbox connection, so that a newcomer can run something at once."""
    with writing():
        team = Team.objects.create(name=name, slug=slug or _free_slug(name))
        Membership.objects.create(team=team, user=owner, role=Role.OWNER)
        audit.record(team, owner, "team.created", name)
        add_sandbox(team=team, actor=owner, name="Sandbox")
    return team


def _free_slug(name: str) -> str:
    """A slug from the name, with a random end when it is taken or nothing is left of the name."""
    slug = slugify(name)[:32].strip("-")
    if slug and not Team.objects.filter(slug=slug).exists():
        return slug
    return f"{slug or 'team'}-{new_id(5).lower()}"


def add_member(*, team: Team, actor: User | None, user: User, role: Role) -> Membership:
    """Let `user` into the team. Raises IntegrityError for somebody who is in it."""
    with writing():
        membership = Membership.objects.create(team=team, user=user, role=role)
        audit.record(team, actor, "member.added", user.email, role=role)
    return membership


def add_sandbox(*, team: Team, actor: User, name: str) -> Connection:
    """A connection to an invented LinkedIn account, made for this team in our sandbox."""
    from editor.sandbox.services import create_account

    account = create_account(f"{team.name}: {name}")
    return _add(team, actor, name, Kind.SANDBOX, account.linked_api_token, account.identification_token)


def _add(
    team: Team, actor: User, name: str, kind: Kind, linked_api: str, identification: str
) -> Connection:
    with writing():
        connection = Connection.objects.create(
            team=team,
            name=name,
            kind=kind,
            linked_api_token=linked_api,
            identification_token=identification,
            linked_api_hint=linked_api[-4:],
            identification_hint=identification[-4:],
            created_by=actor,
        )
        audit.record(team, actor, "connection.added", name, kind=kind)
    return connection
