"""What the page is told after an edit, or when it asks what others did."""

from dataclasses import dataclass, replace

from accounts.models import User
from editor import catalog
from editor.trees import edits
from editor.trees.nodes import Images, Tree
from editor.workflows import queries
from editor.workflows.models import Change, Workflow
from editor.workflows.queries import History
from editor.workflows.shown import render
from editor.workflows.shown.cards import Counts
from editor.workflows.shown.news import News, news
from editor.workflows.shown.render import Operation
from editor.workflows.store import Applied


@dataclass(frozen=True, slots=True)
class Answer:
    """Leads a page from revision `base` to `revision`. `reload`: it cannot, or not as quickly as the whole tree.

    `mine` are the ids of the actions that the edit itself touched, `news` is what others did; None: nothing. `note`:
    what the edit did besides what was asked for; a part of `message`. `parked`: how many branches are laid aside;
    `tray`: what is there changed, fetch it again.
    """

    base: int
    revision: int
    history: History
    counts: Counts
    operations: list[Operation]
    parked: int = 0
    tray: bool = False
    focus: str = ""
    message: str = ""
    note: str = ""
    reload: bool = False
    mine: tuple[str, ...] = ()
    news: News | None = None


def to_edit(applied: Applied, actor: User | None, innermost: bool = False) -> Answer:
    """After an accepted edit. `innermost`: select the last of a chain of new actions, not the first."""
    workflow, base = applied.workflow, applied.base
    # Who has just edited can undo that, and redo nothing.
    history = History(applied.label) if applied.kind == Change.Kind.EDIT else None
    answer = _answer(workflow, applied.after, actor, base, applied.since, history)
    others = None
    if workflow.revision - base > 1:
        others = news(queries.changes_of_others(workflow, base, actor))
    message = _DONE.get(applied.kind, "") + applied.label
    message = f"{message}. {applied.note}" if applied.note else message
    answer = replace(answer, message=message, note=applied.note, news=others)
    if answer.reload:
        return answer  # a new tree: nothing of the old one is to be found again
    focus = render.focus(applied.before, applied.after, applied.images, innermost)
    return replace(answer, focus=focus, mine=tuple(applied.images))


_DONE = {Change.Kind.UNDO: "Undone: ", Change.Kind.REDO: "Done again: "}
"""By kind of change: what is said before its label, which is that of the edit it is about."""


def since(workflow: Workflow, base: int, reader: User) -> Answer:
    """What happened to the tree since `base`, whoever did it."""
    images = queries.images_since(workflow, base)
    answer = _answer(workflow, queries.tree_of(workflow), reader, base, images)
    others = queries.changes_of_others(workflow, base, reader)
    return replace(answer, news=news(others) or News(None, "Changed in another tab of yours."))


def _answer(
    workflow: Workflow,
    after: Tree,
    reader: User | None,
    base: int,
    images: Images | None,
    history: History | None = None,
) -> Answer:
    """`history`: where it is known; else it is asked for."""
    steps, tray = [], True
    reload = images is None or len(images) > render.MANY_ROWS
    if images is not None and not reload:
        before = after.with_rows(edits.inverse(images))
        steps = render.operations(before, after, images, catalog.default())
        tray = any(_is_parked(tree, node_id) for tree in (before, after) for node_id in images)
    return Answer(
        base,
        workflow.revision,
        history or queries.history(workflow, reader),
        Counts(workflow.errors, workflow.warnings),
        steps,
        parked=len(after.parked),
        tray=tray,
        reload=reload,
    )


def _is_parked(tree: Tree, node_id: str) -> bool:
    return node_id in tree and tree.is_parked(node_id)
