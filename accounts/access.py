"""The doors: fetching a team is the access check.

A view that serves a team starts with one line:

    access = access.team(request, slug, at_least=Can.BUILD)

and from there reaches only rows of `access.team`.
"""

from dataclasses import dataclass
from typing import cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from accounts import queries
from accounts.models import Connection, Membership, Role, Team, User
from accounts.permissions import Can


@dataclass(frozen=True, slots=True)
class Access:
    """A signed-in person in one team of theirs. Templates find it as `access`."""

    team: Team
    user: User
    role: Role

    def may(self, what: Role | Can | str) -> bool:
        """Whether this person's role covers that role, or has that permission."""
        return self.role.covers(what.least if isinstance(what, Can) else Role(what))

    @property
    def connections(self) -> QuerySet[Connection]:
        """The team's LinkedIn connections that this person may start runs on."""
        return queries.usable_by(self.user, self.role, self.team)

    @property
    def may_run(self) -> bool:
        return self.may(Role.RUNNER)

    @property
    def may_build(self) -> bool:
        return self.may(Role.BUILDER)

    @property
    def may_manage(self) -> bool:
        return self.may(Role.ADMIN)


class RoleTooSmall(PermissionDenied):
    """Refused by role; the 403 page says which role it takes and which one the person has."""

    def __init__(self, needed: Role, held: Role) -> None:
        super().__init__(f"This takes the role {needed.label}; yours is {held.label}.")
        self.needed = needed
        self.held = held


def team(request: HttpRequest, slug: str, at_least: Role | Can = Can.SEE) -> Access:
    """Let the signed-in person into the team, in one query.

    Raises Http404 when there is no such team or the person is not in it (no difference shows), and
    RoleTooSmall (a 403) when the person's role does not cover `at_least`, a role or whatever role the permission takes.
    """
    user = cast(User, request.user)
    membership = (
        Membership.objects.select_related("team").filter(user_id=user.pk, team__slug=slug).first()
    )
    if membership is None:
        raise Http404("There is no such team, or you are not in it.")
    access = Access(membership.team, user, Role(membership.role))
    request.access = access  # type: ignore[attr-defined]
    if request.session.get("team") != slug:
        request.session["team"] = slug  # pages outside a team go on showing the last one
    if not access.may(at_least):
        needed = at_least.least if isinstance(at_least, Can) else at_least
        raise RoleTooSmall(needed, access.role)
    return access
