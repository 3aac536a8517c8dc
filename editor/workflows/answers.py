"""What the page is told after an edit, or when it asks what others did."""

from dataclasses import dataclass

from accounts.models import User
from editor import catalog
from editor.trees import edits
from editor.trees.nodes import Images, Tree
from editor.workflows import queries, render
from editor.workflows.cards import Counts
from editor.workflows.models import Workflow
from editor.workflows.queries import History
from editor.workflows.render import Operation
from editor.workflows.store import Applied


@dataclass(frozen=True, slots=True)
class Answer:
    """Leads a page from revision `base` to `revision`. `reload`: it cannot, fetch the whole tree instead."""

    base: int
    revision: int
    history: History
    counts: Counts
    operations: list[Operation]
    focus: str = ""
    message: str = ""
    reload: bool = False


def to_edit(applied: Applied, actor: User | None, innermost: bool = False) -> Answer:
    """After an accepted edit. `innermost`: select the last of a chain of new actions, not the first."""
    focus = render.focus(applied.before, applied.after, applied.images, innermost)
    return _answer(
        applied.workflow, applied.after, actor, applied.base, applied.since, focus, applied.label
    )


def since(workflow: Workflow, base: int, reader: User) -> Answer:
    """What happened to the tree since `base`, whoever did it."""
    images = queries.images_since(workflow, base)
    return _answer(workflow, queries.tree_of(workflow), reader, base, images)


def _answer(
    workflow: Workflow,
    after: Tree,
    reader: User | None,
    base: int,
    images: Images | None,
    focus: str = "",
    message: str = "",
) -> Answer:
    steps = []
    if images is not None:
        before = after.with_rows(edits.inverse(images))
        steps = render.operations(before, after, images, catalog.default())
    return Answer(
        base,
        workflow.revision,
        queries.history(workflow, reader),
        Counts(workflow.errors, workflow.warnings),
        steps,
        focus,
        message,
        reload=images is None,
    )
