"""Who may do what: the one table. Views ask it, the team page shows it, tests/tables/test_roles.py compares.

A permission belongs to a smallest role; the roles above have it too (`Role.covers`).
"""

from enum import Enum

from accounts.models import Role


class Can(Enum):
    """`title` is what the team page says; `least` the smallest role that may."""

    SEE = "See workflows, runs, results and people", Role.VIEWER
    EXPORT = "Download workflows and results", Role.VIEWER
    LEAVE = "Leave the team", Role.VIEWER
    RUN = "Run workflows and templates, now, planned, or for each row of a table", Role.RUNNER
    BUILD = "Build and change workflows, also from templates", Role.BUILDER
    PUBLISH = "Publish, change, bring in and withdraw templates", Role.BUILDER
    SHARE = "Take a list of runs away that somebody else keeps for the team", Role.ADMIN
    INVITE = "Invite people, change roles, remove people", Role.ADMIN
    CONNECT = "Add, test and change LinkedIn connections", Role.ADMIN
    TELL = "Tell other tools what happens, by webhooks", Role.ADMIN
    SETTLE = (
        "Settle the team's name, how long runs are kept, what is hidden, who may act",
        Role.ADMIN,
    )
    UNCOVER = "Look at texts and addresses of a run that are hidden", Role.ADMIN
    AUDIT = "Read and download the audit log", Role.ADMIN
    ERASE = "Erase a LinkedIn person from all results", Role.ADMIN
    OWN = "Name owners, remove them, hand the team over", Role.OWNER

    CLOSE = "Delete the team, and bring it back until it is gone", Role.OWNER

    title: str
    least: Role

    def __init__(self, title: str, least: Role) -> None:
        self.title = title
        self.least = least

    @property
    def roles(self) -> list[tuple[Role, bool]]:
        """A row of the table: each role, and whether it may."""
        return [(role, role.covers(self.least)) for role in Role]


def roles_from(least: Role, most: Role) -> list[tuple[Role, str]]:
    """Choices "from which role up", smallest role first, in words."""
    words = {
        Role.VIEWER: "Everybody in the team",
        Role.RUNNER: "Runners and up",
        Role.BUILDER: "Builders and up",
        Role.ADMIN: "Admins and owners",
        Role.OWNER: "Owners only",
    }
    return [
        (role, said) for role, said in words.items() if role.covers(least) and most.covers(role)
    ]
