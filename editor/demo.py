"""The demo team: somebody to sign in as, workflows to look at, runs to review. All of it invented."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts import queries as accounts
from accounts import services as people
from accounts.models import Team, User
from editor.lib.ids import new_id
from editor.lib.tx import writing
from editor.runs import services as runs
from editor.runs.models import MOVING
from editor.trees.codec import from_wire
from editor.trees.nodes import Tree
from editor.workflows import services as workflows

SLUG = "demo"
EMAIL = "demo@example.com"
PASSWORD = "trellis"  # noqa: S105 - it is on the first page of the README


@dataclass(frozen=True, slots=True)
class Sample:
    """A workflow in Linked API JSON with its inputs, and how often it is run at once, with their defaults."""

    name: str
    description: str
    runs: int
    definition: Any
    inputs: Sequence[dict[str, Any]] = ()

    def tree(self) -> Tree:
        return from_wire(self.definition, new_id).declaring(tuple(self.inputs))


def samples() -> list[Sample]:
    text = Path(settings.BASE_DIR, "editor", "demo.json").read_text(encoding="utf-8")
    return [Sample(**entry) for entry in json.loads(text)]


def seed() -> bool:
    """Make the demo team with all that is in it, or nothing; False when there is one already.

    Its runs are queued: a worker carries them on. Somebody's own changes to the demo are left alone.
    """
    with writing():
        if Team.objects.filter(slug=SLUG).exists():
            return False
        user = User.objects.filter(email=EMAIL).first() or people.create_user(
            email=EMAIL, password=PASSWORD, name="Demo"
        )
        team = people.create_team(name="Demo", slug=SLUG, owner=user)
        # The first ones are edited last, so that the list begins with them.
        for sample in reversed(samples()):
            _add(team, user, sample)
    return True


def _add(team: Team, user: User, sample: Sample) -> None:
    workflow = workflows.import_tree(team, actor=user, name=sample.name, tree=sample.tree())
    workflows.rename(workflow, actor=user, name=sample.name, description=sample.description)
    connection = accounts.connections_of(team).get()
    for _ in range(sample.runs):
        runs.start_run(workflow, connection=connection, actor=user, submit_key=new_id())


def runs_under_way() -> int:
    """How many of the demo's runs have not ended."""
    return Team.objects.get(slug=SLUG).runs.filter(state__in=MOVING).count()
