"""Which columns a workflow's results table shows: stored beside the tree, and no edit of it.

Each change is made to what is stored at that moment, so that two people who choose at once do not undo each other.
"""

from collections.abc import Callable, Sequence

from editor import catalog
from editor.lib.tx import writing
from editor.trees import table, table_choice
from editor.trees.edits import Refused
from editor.trees.table import Column
from editor.trees.table_choice import Choice
from editor.workflows import queries, store
from editor.workflows.models import Workflow


def choice_of(workflow: Workflow) -> Choice:
    """The stored choice, as `trees.table_choice` reads it; [] when nobody has chosen. It can be stored elsewhere."""
    return table_choice.clean(workflow.table)


def columns_of(workflow: Workflow) -> tuple[Column, ...]:
    """Every column that the workflow can fill as it stands now, in one query."""
    return table.columns(queries.tree_of(workflow), catalog.default())


def choose_all(workflow: Workflow, choice: Choice) -> None:
    """Put a whole choice in the place of the stored one, as from a template."""
    workflow.table = table_choice.clean(choice)
    workflow.save(update_fields=["table"])


def turn(workflow: Workflow, key: str, on: bool) -> Workflow:
    """Show a column, or do not. Raises Refused when there is none."""
    return _change(workflow, lambda columns, choice: table_choice.turned(columns, choice, key, on))


def rename(workflow: Workflow, key: str, title: str, was: str | None = None) -> Workflow:
    """Call a column otherwise; "": by its own name. Raises Refused, also when it is not called `was` any more."""

    def change(columns: Sequence[Column], choice: Choice) -> Choice:
        now = {each.key: each.title for each in table_choice.picked(columns, choice)}
        if was is not None and now.get(key, was) not in (was, table_choice.tidy_title(title)):
            message = f"Somebody called this column “{now[key]}” meanwhile."
            raise Refused("changed-meanwhile", message, ("Look at the name, and rename it again.",))
        return table_choice.renamed(columns, choice, key, title)

    return _change(workflow, change)


def move(workflow: Workflow, key: str, before: str) -> Workflow:
    """Put a column right before another one; "": at the end. Raises Refused when one of them is gone."""
    return _change(
        workflow, lambda columns, choice: table_choice.moved(columns, choice, key, before)
    )


def reset(workflow: Workflow) -> Workflow:
    """Forget what was chosen: all columns as the catalogue suggests them."""
    return _change(workflow, lambda columns, choice: [])


def _change(workflow: Workflow, change: Callable[[Sequence[Column], Choice], Choice]) -> Workflow:
    with writing():
        workflow = store.locked(workflow)
        try:
            workflow.table = change(columns_of(workflow), choice_of(workflow))
        except table_choice.NoColumn as error:
            raise Refused("gone", "This column is no longer there.") from error
        workflow.save(update_fields=["table"])
    return workflow
