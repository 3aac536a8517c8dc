"""Writing: every act on people, teams and connections.

Each act is one function and one transaction, and leaves an audit event. `actor` is the signed-in
person; None stands for Trellis itself. Who may act is the view's business (accounts.access); what
must never happen, whoever asks, is refused here.
"""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.text import slugify

from accounts import audit
from accounts.models import (
    Connection,
    ConnectionState,
    Kind,
    Membership,
    Role,
    Team,
    User,
    client_key_of,
)
from editor.lib.ids import new_id
from editor.lib.tx import writing
from editor.sandbox.services import create_account


class Refused(Exception):
    """An act that must not be done; the message says why, for people."""


# --- People and teams --------------------------------------------------------------------------


def create_user_with_team(*, email: str, password: str, name: str, team_name: str) -> User:
    """A person and the team that person owns. Raises IntegrityError when the e-mail is taken."""
    with writing():
        user = create_user(email=email, password=password, name=name)
        create_team(name=team_name, owner=user)
    return user


def create_user(*, email: str, password: str, name: str) -> User:
    """A person who need not prove the address: the caller knows it. Raises IntegrityError when it is taken."""
    with writing():
        user = User.objects.create_user(email, password, name=name)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def complete_signup(*, user: User, name: str, team_name: str) -> Team:
    """What sign-up does once django-allauth has stored the person."""
    with writing():
        name_person(user=user, name=name)
        return create_team(name=team_name, owner=user)


def name_person(*, user: User, name: str) -> None:
    user.name = name
    user.save(update_fields=["name"])


def change_profile(*, user: User, name: str, time_zone: str, theme: str) -> None:
    """What a person says about themselves; no team sees a record of it."""
    user.name, user.time_zone, user.theme = name, time_zone, theme
    user.save(update_fields=["name", "time_zone", "theme"])


def change_theme(*, user: User, theme: str) -> None:
    """The look a person picked in the header's menu."""
    user.theme = theme
    user.save(update_fields=["theme"])


def create_team(*, name: str, owner: User, slug: str = "") -> Team:
    """A team with its owner and a sandbox connection, so that a newcomer can run something at once.

    `slug` is made from the name when it is not given. Raises IntegrityError when a given one is taken.
    """
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


def rename_team(*, team: Team, actor: User, name: str) -> None:
    """Call the team something else; its slug, and so its links, stay. The name it has is nothing to record."""
    if name == team.name:
        return
    with writing():
        old, team.name = team.name, name
        team.save(update_fields=["name"])
        audit.record(team, actor, "team.renamed", name, before=old)


# --- Members -----------------------------------------------------------------------------------


def add_member(*, team: Team, actor: User | None, user: User, role: Role) -> Membership:
    """Let `user` into the team. Raises IntegrityError for somebody who is in it already."""
    with writing():
        membership = Membership.objects.create(team=team, user=user, role=role)
        audit.record(team, actor, "member.added", user.email, role=role)
    return membership


def change_role(*, membership: Membership, actor: User, role: Role) -> None:
    """Give a member another role. Raises Refused when the team would be left without an owner,
    or when somebody who is not an owner makes or unmakes one."""
    with writing():
        team = _locked_seat(membership)
        old = Role(membership.role)
        if role == old:
            return
        if Role.OWNER in (old, role):
            _must_own(team, actor)
        if old == Role.OWNER and role != Role.OWNER:
            _must_keep_an_owner(team)
        membership.role = role
        membership.save(update_fields=["role"])
        audit.record(
            team, actor, "member.role_changed", membership.user.email, before=old, after=role
        )


def remove_member(*, membership: Membership, actor: User) -> None:
    """Take somebody out of the team; what that person made stays. Raises Refused as change_role does.

    Everybody may leave: `actor` may be the member itself.
    """
    with writing():
        team = _locked_seat(membership)
        if membership.role == Role.OWNER:
            _must_own(team, actor)
            _must_keep_an_owner(team)
        left = membership.user_id == actor.pk
        audit.record(
            team, actor, "member.left" if left else "member.removed", membership.user.email
        )
        membership.delete()


def hand_over(*, membership: Membership, actor: User) -> None:
    """Make a member an owner and `actor`, who is one, an admin: in one step, so that neither is forgotten.

    Raises Refused when `actor` is no owner, or is that member.
    """
    if membership.user_id == actor.pk:
        raise Refused("You are an owner already. Pick somebody else to hand the team over to.")
    with writing():
        change_role(membership=membership, actor=actor, role=Role.OWNER)
        own = membership.team.memberships.get(user=actor)
        change_role(membership=own, actor=actor, role=Role.ADMIN)


def deactivate(*, user: User) -> None:
    """Shut a person's own account: out of every team and every session; what they made stays.

    The row stays too, because acts refer to it. Raises Refused when a team with other people in it
    would be left without an owner.
    """
    with writing():
        must_not_orphan(user)
        for membership in user.memberships.select_related("team"):
            audit.record(membership.team, user, "member.deactivated", user.email)
            if membership.team.memberships.count() > 1:
                membership.delete()
        user.is_active = False
        user.save(update_fields=["is_active"])


def forget_second_step(user: User) -> int:
    """Passkeys, authenticator app and recovery codes of somebody who lost them all; the password alone signs in.
    For whoever runs the server; each team of that person reads of it. Returns how many there were."""
    with writing():
        many: int = Authenticator.objects.filter(user=user).delete()[0]
        for membership in user.memberships.select_related("team") if many else ():
            audit.record(membership.team, None, "member.second_step_removed", user.email)
    return many


def must_not_orphan(user: User) -> None:
    """Raises Refused when teams would be left with people but without an owner."""
    seats = user.memberships.filter(role=Role.OWNER).select_related("team")
    orphans = [
        seat.team.name
        for seat in seats
        if (others := locked(seat.team).memberships.exclude(user=user)).exists()
        and not others.filter(role=Role.OWNER).exists()
    ]
    if orphans:
        raise Refused(f"{', '.join(orphans)} would be left without an owner. Name one there first.")


def locked(team: Team) -> Team:
    """The team's row, locked, so that two owners cannot step down past each other."""
    return Team.objects.select_for_update().get(pk=team.pk)


def _locked_seat(membership: Membership) -> Team:
    """Lock the seat's team, and read again which role it has: somebody else may have changed it a moment ago.
    Raises Refused when it is gone."""
    team = locked(membership.team)
    try:
        membership.refresh_from_db(fields=["role"])
    except Membership.DoesNotExist:
        raise Refused(f"{membership.user} is not in the team any more.") from None
    return team


def _must_own(team: Team, actor: User) -> None:
    if not team.memberships.filter(user=actor, role=Role.OWNER).exists():
        raise Refused("Only an owner names or removes owners.")


def _must_keep_an_owner(team: Team) -> None:
    if team.memberships.filter(role=Role.OWNER).count() < 2:
        raise Refused(
            "A team needs an owner. Make somebody else an owner first, or delete the team."
        )


# --- Connections -------------------------------------------------------------------------------


def add_sandbox(*, team: Team, actor: User | None, name: str) -> Connection:
    """A connection to an invented LinkedIn account, made for this team in our sandbox.

    Raises Refused when the team has a connection of that name.
    """
    with writing():
        account = create_account(name)
        return _add(
            team, actor, name, Kind.SANDBOX, account.linked_api_token, account.identification_token
        )


def add_linkedapi(
    *, team: Team, actor: User, name: str, linked_api_token: str, identification_token: str
) -> Connection:
    """A connection to a real LinkedIn account. Raises Refused when the team has one of that name."""
    return _add(team, actor, name, Kind.LINKEDAPI, linked_api_token, identification_token)


def _add(
    team: Team, actor: User | None, name: str, kind: Kind, linked_api: str, identification: str
) -> Connection:
    with writing():
        connection = Connection(team=team, name=name, kind=kind, created_by=actor)
        _lay_tokens(connection, linked_api, identification)
        _save_named(connection)
        audit.record(team, actor, "connection.added", name, kind=kind)
    return connection


def rename_connection(*, connection: Connection, actor: User, name: str) -> None:
    """Raises Refused when the team has another connection of that name. The one it has is nothing to record."""
    if name == connection.name:
        return
    with writing():
        old, connection.name = connection.name, name
        _save_named(connection, "name")
        audit.record(connection.team, actor, "connection.renamed", name, before=old)


def replace_tokens(
    *, connection: Connection, actor: User, linked_api_token: str, identification_token: str
) -> None:
    """Other tokens from now on, for runs under way too; nobody has tested the new ones yet, so a queue
    that waited for them tries them."""
    with writing():
        _lay_tokens(connection, linked_api_token, identification_token)
        connection.save()
        audit.record(connection.team, actor, "connection.tokens_replaced", connection.name)


def limit_connection(
    *, connection: Connection, actor: User, least_role: Role, people: Iterable[User]
) -> None:
    """Say who may start runs on it: a role and those above it, and people by name (members of its team)."""
    with writing():
        members = set(connection.team.memberships.values_list("user_id", flat=True))
        named = [person for person in people if person.pk in members]
        connection.least_role = least_role
        connection.save(update_fields=["least_role"])
        connection.people.set(named)
        audit.record(
            connection.team, actor, "connection.limited", connection.name,
            least_role=least_role, people=[person.email for person in named],
        )  # fmt: skip


def delete_connection(*, connection: Connection, actor: User) -> None:
    """Forget the connection and its tokens. Raises Refused while runs refer to it."""
    with writing():
        audit.record(connection.team, actor, "connection.deleted", connection.name)
        try:
            connection.delete()
        except ProtectedError:
            raise Refused(
                f"“{connection.name}” has runs, and their record needs it. "
                "To keep others from using it, change who may run on it."
            ) from None


def _lay_tokens(connection: Connection, linked_api: str, identification: str) -> None:
    connection.linked_api_token, connection.linked_api_hint = linked_api, linked_api[-4:]
    connection.client_key = client_key_of(connection.kind, linked_api)
    connection.identification_token = identification
    connection.identification_hint = identification[-4:]
    connection.state, connection.state_note = ConnectionState.UNTESTED, ""
    connection.checked_at = connection.state_since = connection.probe_at = None
    connection.error_type, connection.probes = "", 0


def _save_named(connection: Connection, *fields: str) -> None:
    """Save; the database is who knows whether the name is taken."""
    try:
        with transaction.atomic():
            connection.save(update_fields=fields or None)
    except IntegrityError:
        raise Refused(
            f"The team has a connection named “{connection.name}” already. Pick another name."
        ) from None
