"""The Results tab: which columns the workflow's results table shows, known before it runs.

    GET  W/columns               panel     results.html

Changing them is an edit like any other: the verbs `column-…` of `editing`. `choosing` says how they are stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from editor.lib.htmx import Request
from editor.trees import table_choice
from editor.trees.nodes import MISSING
from editor.trees.table_choice import Choice, Picked
from editor.workflows.edits import choosing
from editor.workflows.fields.values import mark
from editor.workflows.opening import context, open_workflow

MOST: Final = 200
"""So many columns of each list are shown: a workflow of a thousand actions has ten thousand."""


@dataclass(frozen=True, slots=True)
class Item:
    """A column on the tab. `was`: the mark of the name that was chosen."""

    picked: Picked
    was: str = ""

    @property
    def id(self) -> str:
        """A key may be any text."""
        return f"column-{mark(self.picked.key)}"


@require_GET
def panel(request: Request, slug: str, workflow: str) -> HttpResponse:
    seat, found = open_workflow(request, slug, workflow)
    choice = choosing.choice_of(found)
    picked = table_choice.picked(choosing.columns_of(found), choice)
    shown = [each for each in picked if each.shown]
    hidden = [each for each in picked if not each.shown]
    told: dict[str, Any] = context(
        seat, found, shown=_in_order(shown[:MOST], choice), hidden=[Item(each) for each in hidden[:MOST]],
        more_shown=max(0, len(shown) - MOST), more_hidden=max(0, len(hidden) - MOST),
        chosen=bool(choice), all_shown=len(shown), all_hidden=len(hidden),
    )  # fmt: skip
    return render(request, "workflows/results.html", told)


def _in_order(shown: Sequence[Picked], choice: Choice) -> list[Item]:
    titles = {entry["key"]: entry.get("title", MISSING) for entry in choice}
    return [Item(each, mark(titles.get(each.key, MISSING))) for each in shown]
