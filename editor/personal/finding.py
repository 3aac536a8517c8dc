"""Where people wrote something about a LinkedIn person who is erased: a list for whoever erases, to look at.

It is not changed: what a workflow says is somebody's work, and a name is the name of others too.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.urls import reverse

from accounts.models import Team
from editor.library.models import Template, TemplateVersion
from editor.personal.blanking import Person
from editor.runs.models import Run, Schedule
from editor.workflows import queries as workflows

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Place:
    """`kind` says what it is, `name` which one, `path` is its page."""

    kind: str
    name: str
    path: str


def places(team: Team, person: Person) -> list[Place]:
    """The first MOST places in which an address or a name of the person stands."""
    texts = [*sorted(person.keys), *sorted(person.names)]
    return list(islice(_places(team, texts), MOST))


def _places(team: Team, texts: list[str]) -> Iterator[Place]:
    for each in workflows.saying(team, texts).order_by("pk"):
        yield Place(
            "Workflow", each.name, reverse("workflows:editor", args=[team.slug, each.public_id])
        )
    inputs = Cast("inputs", TextField())
    planned = Schedule.objects.filter(team=team).alias(as_text=inputs).select_related("workflow")
    for plan in planned.filter(_says(texts, "as_text")).order_by("pk"):
        page = reverse("runs:schedules", args=[team.slug])
        yield Place("Schedule", plan.workflow.name, f"{page}#schedule-{plan.public_id}")
    for template in _templates(team, texts).order_by("pk"):
        page = reverse("library:template", args=[team.slug, template.public_id])
        yield Place("Template", template.title, page)
    for run in Run.objects.filter(team=team).filter(_says(texts, "note")).order_by("pk"):
        page = reverse("runs:run", args=[team.slug, run.public_id])
        yield Place("Note on a run", run.workflow_name, page)


def _templates(team: Team, texts: list[str]) -> "QuerySet[Template]":
    versions = TemplateVersion.objects.filter(template__team=team).alias(
        examples_text=Cast("examples", TextField()), tree_text=Cast("tree", TextField())
    )
    told = versions.filter(_says(texts, "examples_text", "tree_text", "notes"))
    about = _says(texts, "title", "summary", "readme")
    return Template.objects.filter(team=team).filter(about | Q(pk__in=told.values("template")))


def _says(texts: list[str], *columns: str) -> Q:
    """JSON writes letters beyond ASCII as escapes: both ways are looked for."""
    says = Q()
    for text in texts:
        for form in {text, json.dumps(text)[1:-1]}:
            for column in columns:
                says |= Q(**{f"{column}__icontains": form})
    return says
