"""Which columns a workflow's results table shows: kept beside the tree, and edited like it.

Each is one call to `store.apply`, and changes what is stored at that moment: two people who choose at once do not undo
each other.
"""

from collections.abc import Callable, Sequence
from typing import Unpack

from editor import catalog
from editor.trees import table, table_choice
from editor.trees.edits import Refused
from editor.trees.nodes import Images, Tree
from editor.trees.table import Column
from editor.trees.table_choice import Choice
from editor.workflows import queries, store
from editor.workflows.edits.naming import By
from editor.workflows.models import Workflow
from editor.workflows.store import Applied, apply

Change = Callable[[Sequence[Column], Choice], Choice]


def choice_of(workflow: Workflow) -> Choice:
    """The stored choice, as `trees.table_choice` reads it; [] when nobody has chosen. It can be stored elsewhere."""
    return table_choice.clean(workflow.table)


def columns_of(workflow: Workflow) -> tuple[Column, ...]:
    """Every column that the workflow can fill as it stands now, in one query."""
    return _columns(queries.tree_of(workflow))


def choose_all(workflow: Workflow, choice: Choice) -> None:
    """Give a new workflow a whole choice, as from a template: no edit."""
    workflow.table = table_choice.clean(choice)
    workflow.save(update_fields=["table"])


def turn(workflow: Workflow, column: str, on: bool, **by: Unpack[By]) -> Applied:
    """Show a column, or do not. Raises Refused when there is none."""
    label = "Show column {}" if on else "Hide column {}"
    return _change(
        workflow, label, column, lambda *now: table_choice.turned(*now, column, on), **by
    )


def rename(workflow: Workflow, column: str, title: str, **by: Unpack[By]) -> Applied:
    """Call a column otherwise; "": by its own name. Raises Refused when there is none."""
    name = table_choice.tidy_title(title)
    label = f"Rename column {{}} to {name}" if name else "Rename column {} as at first"
    return _change(
        workflow, label, column, lambda *now: table_choice.renamed(*now, column, name), **by
    )


def move(workflow: Workflow, column: str, before: str, **by: Unpack[By]) -> Applied:
    """Put a column right before another one; "": at the end. Raises Refused when one of them is gone."""
    return _change(
        workflow,
        "Move column {}",
        column,
        lambda *now: table_choice.moved(*now, column, before),
        **by,
    )


def reset(workflow: Workflow, **by: Unpack[By]) -> Applied:
    """Forget what was chosen: all columns as the catalogue suggests them."""
    return _change(workflow, "Reset the columns", "", lambda *now: [], **by)


def as_now(
    workflow: Workflow, tree: Tree, change: tuple[Choice, Choice]
) -> tuple[Choice, Choice] | None:
    """A change of the choice (before, after) as it has to be now, so that what others chose since stays; None when it
    would overwrite that.
    """
    both = table_choice.merged(_columns(tree), *change, workflow.table)
    return None if both is None else (workflow.table, both)


def _change(
    workflow: Workflow, label: str, column: str, change: Change, **by: Unpack[By]
) -> Applied:
    """`label`: its {} becomes the title of the column."""
    titles: dict[str, str] = {}

    def edit(tree: Tree) -> Images:
        locked, columns, images = store.locked(workflow), _columns(tree), Images()
        choice = choice_of(locked)
        titles.update({each.key: each.title for each in table_choice.picked(columns, choice)})
        try:
            after = change(columns, choice)
        except table_choice.NoColumn as error:
            raise Refused("gone", "This column is no longer there.") from error
        if after != choice:
            images.table = (locked.table, after)
        return images

    def words(tree: Tree) -> str:
        return label.replace("{}", titles.get(column, ""), 1)

    return apply(workflow, label=words, edit=edit, **by)


def _columns(tree: Tree) -> tuple[Column, ...]:
    return table.columns(tree, catalog.default())
