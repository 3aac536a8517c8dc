"""The people of our stories, made by our own services.

Ann owns the team "Outreach", Ada administers it, Bob builds in it, Rae runs, Vic looks. Eve owns another team.
Each is a `Person`: a Django test client that is signed in (`ann.get(...)`), with `.user` and `.team`.
"""

from typing import Any

import pytest
from django.test import Client

from accounts import services
from accounts.models import Role, Team, User

PASSWORD = "correct horse battery"


class Person(Client):
    """A signed-in browser without scripts."""

    user: User
    team: Team

    @classmethod
    def signed_in(cls, user: User, team: Team) -> "Person":
        person = cls()
        person.user, person.team = user, team
        person.force_login(user)
        return person


def member(team: Team, name: str, role: Role) -> Person:
    """Somebody new in `team`."""
    user = services.create_user(email=f"{name.lower()}@example.com", password=PASSWORD, name=name)
    services.add_member(team=team, actor=None, user=user, role=role)
    return Person.signed_in(user, team)


def owner(name: str, team_name: str) -> Person:
    """Somebody new with a team of their own."""
    user = services.create_user_with_team(
        email=f"{name.lower()}@example.com", password=PASSWORD, name=name, team_name=team_name
    )
    return Person.signed_in(user, Team.objects.get(memberships__user=user))


def confirm(person: Client) -> None:
    """What a step that cannot be undone asks for first: the password once more."""
    person.post("/accounts/reauthenticate/", {"password": PASSWORD})


@pytest.fixture
def ann(db: Any) -> Person:
    """Owner of Outreach."""
    return owner("Ann", "Outreach")


@pytest.fixture
def ada(ann: Person) -> Person:
    """Admin of Ann's team."""
    return member(ann.team, "Ada", Role.ADMIN)


@pytest.fixture
def bob(ann: Person) -> Person:
    """Builder in Ann's team."""
    return member(ann.team, "Bob", Role.BUILDER)


@pytest.fixture
def rae(ann: Person) -> Person:
    """Runner in Ann's team."""
    return member(ann.team, "Rae", Role.RUNNER)


@pytest.fixture
def vic(ann: Person) -> Person:
    """Viewer in Ann's team."""
    return member(ann.team, "Vic", Role.VIEWER)


@pytest.fixture
def eve(db: Any) -> Person:
    """A stranger: owner of another team."""
    return owner("Eve", "Elsewhere")


@pytest.fixture
def nobody() -> Client:
    """A browser that is not signed in."""
    return Client()


@pytest.fixture
def team(ann: Person) -> Team:
    """Ann's team."""
    return ann.team
