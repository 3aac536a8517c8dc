"""Delete a team: an owner says so, everybody in it is told, an owner may take it back for two weeks, then it goes.

Until then all can be read and taken along, and nothing runs (`accounts.queries.usable_by`, schedules stand still).
See docs/decisions/0023-deleting-a-team.md.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from django.utils import timezone

from accounts import audit, queries, services
from accounts.models import Invitation, Membership, Team, User
from accounts.services import Refused
from editor.lib.tx import writing
from editor.library.models import Template
from editor.outgoing.models import Endpoint
from editor.personal import removing
from editor.runs.models import Act, Batch, Run, Schedule
from editor.runs.notices import services as notices
from editor.trees import codec
from editor.workflows import queries as workflows

log = logging.getLogger(__name__)

GRACE: Final = timedelta(days=14)
PIECES_AT_ONCE: Final = 10

# What a team has: one of it, several of it, how many; in the words of the page.
_KINDS: Final[list[tuple[str, str, Callable[[Team], int]]]] = [
    ("workflow, with its versions and history", "workflows, with their versions and history",
     lambda team: team.workflows.count()),
    ("run, with its results", "runs, with their results", lambda team: Run.objects.filter(team=team).count()),
    ("act in the ledger, which warns of writing to somebody twice",
     "acts in the ledger, which warns of writing to somebody twice",
     lambda team: Act.objects.filter(team=team).count()),
    ("table of rows to run", "tables of rows to run", lambda team: Batch.objects.filter(team=team).count()),
    ("schedule", "schedules", lambda team: Schedule.objects.filter(team=team).count()),
    ("template; what others made of it stays theirs", "templates; what others made of them stays theirs",
     lambda team: Template.objects.filter(team=team).count()),
    ("LinkedIn connection, with its tokens", "LinkedIn connections, with their tokens",
     lambda team: team.connections.count()),
    ("webhook", "webhooks", lambda team: Endpoint.objects.filter(team=team).count()),
    ("invitation", "invitations", lambda team: Invitation.objects.filter(team=team).count()),
    ("line of the audit log", "lines of the audit log", lambda team: queries.audit_of(team).count()),
]  # fmt: skip


def what_goes(team: Team) -> list[tuple[int, str]]:
    """How many of what; kinds of which there are none are left out."""
    counts = ((of(team), one, more) for one, more, of in _KINDS)
    return [(count, one if count == 1 else more) for count, one, more in counts if count]


def close(team: Team, *, actor: User, name: str) -> datetime:
    """Delete the team after GRACE; when that will be. `name`: typed, to be sure. Raises Refused."""
    if name.strip() != team.name:
        raise Refused(f"That is not its name. Type “{team.name}”.")
    now = timezone.now()
    with writing():
        team = services.locked(team)
        if team.closes_at:
            return team.closes_at
        team.closes_at = now + GRACE
        team.save(update_fields=["closes_at"])
        day = f"{team.closes_at:%Y-%m-%d}"
        audit.record(team, actor, "team.to_be_deleted", team.name, on=day)
        notices.team_closes(team, actor, team.closes_at, now)
    # The team's own record goes with it; this line stays.
    log.warning("Team %s will be deleted on %s, by user %s", team.slug, day, actor.pk)
    return team.closes_at


def bring_back(team: Team, *, actor: User) -> None:
    """It is not deleted after all. Raises Refused when its time was over already, or it never was to go."""
    now = timezone.now()
    with writing():
        team = services.locked(team)
        if not team.closes_at or team.closes_at <= now:
            raise Refused("This team is not about to be deleted.")
        team.closes_at = None
        team.save(update_fields=["closes_at"])
        audit.record(team, actor, "team.brought_back", team.name)
        notices.team_stays(team, actor, now)
    log.warning("Team %s will not be deleted, by user %s", team.slug, actor.pk)


def remove_due(now: datetime) -> int:
    """The worker's: a bounded piece of the team that has waited longest. Returns how many rows went."""
    team = Team.objects.filter(closes_at__lte=now).order_by("closes_at").first()
    if team is None:
        return 0
    with writing():
        # First of all it is nobody's: no page shows half a team.
        first, _ = Membership.objects.filter(team=team).delete()
    if first:
        log.warning("Team %s is being deleted", team.slug)
    return sum(islice(removing.pieces(team), PIECES_AT_ONCE))


def data(team: Team) -> dict[str, Any]:
    """What people made in the team, to take along; without tokens, and without what runs brought."""
    return {
        "team": team.name,
        "made_at": timezone.now(),
        "members": [
            {"name": str(seat.user), "email": seat.user.email, "role": seat.role, "since": seat.joined_at}
            for seat in queries.members_of(team)
        ],
        "connections": list(queries.connections_of(team).values("name", "kind", "created_at")),
        "workflows": [
            {
                "name": each.name, "description": each.description, "inputs": each.inputs,
                "definition": codec.to_wire(workflows.tree_of(each)),
            }
            for each in team.workflows.order_by("pk").iterator()
        ],
        "schedules": list(
            Schedule.objects.filter(team=team).order_by("pk")
            .values("workflow__name", "cron", "zone", "inputs", "paused")
        ),
    }  # fmt: skip
