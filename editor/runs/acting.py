"""Who may run acts, that is what real people see: the team's setting (`Team.acts_for`), asked wherever a run is made.

What runs in the sandbox reaches nobody, and is free to all who may run.
"""

from typing import Final

from accounts import audit
from accounts import queries as accounts
from accounts.models import Connection, Kind, Role, Team, User
from accounts.permissions import roles_from
from editor import catalog
from editor.lib.tx import writing
from editor.trees.nodes import Tree
from editor.trees.plan import plan_of

CHOICES: Final = roles_from(Role.RUNNER, Role.ADMIN)


def barred(connection: Connection, actor: User | None, sent: Tree) -> str:
    """Why this person may not run that tree on that account, in words; "" when nothing is in the way.

    Trellis itself (None) may: nobody asks it to but people who may.
    """
    team = connection.team
    if actor is None or connection.kind == Kind.SANDBOX or team.acts_for == Role.RUNNER:
        return ""
    if accounts.may_act(actor, team) or not plan_of(sent, catalog.default()).acts:
        return ""
    least = Role(team.acts_for).label
    return (
        f"In this team it takes the role {least} to run what other people see. "
        "Ask somebody who has it, or try it on the sandbox, which reaches nobody."
    )


def settle(team: Team, *, actor: User, acts_for: str) -> None:
    """From now on acts take this role; batches and schedules of people without it come to a halt."""
    with writing():
        before = team.acts_for
        Team.objects.filter(pk=team.pk).update(acts_for=acts_for)
        team.acts_for = acts_for
        audit.record(
            team, actor, "team.acts_changed", team.name, before=before, after=acts_for
        )  # fmt: skip
