"""What a reader sees of the rows of a batch: what goes into a message, and addresses, are as private as results.

Whoever made a draft brought its table and sees it until it starts; so only they, and those from whom nothing is hidden,
settle it.
"""

from collections.abc import Sequence

from accounts.access import Access
from editor.runs import privacy
from editor.runs import queries as runs
from editor.runs.models import Batch, BatchRow
from editor.runs.privacy import HIDDEN, NOTHING, Hides

from .services import tree_of


def hides_in(seat: Access, batch: Batch) -> Hides:
    """What is hidden from this person in rows whose run they did not uncover."""
    if batch.is_draft and batch.actor_id == seat.user.pk:
        return NOTHING
    return privacy.hides_from(seat)


def values(
    seat: Access, batch: Batch, rows: Sequence[BatchRow], hides: Hides
) -> list[dict[str, str]]:
    """Of each row, by the name of the input."""
    if not hides:
        return [row.values for row in rows]
    uncovered = runs.uncovered([row.run for row in rows if row.run], seat.user)
    tree = tree_of(batch) if batch.version and batch.workflow else None
    found = []
    for row in rows:
        if row.run_id in uncovered:
            found.append(row.values)
        elif tree is not None:
            found.append(privacy.inputs(row.values, tree, hides))
        else:
            found.append({name: _unknown(text, hides) for name, text in row.values.items()})
    return found


def _unknown(text: str, hides: Hides) -> str:
    """The workflow is gone, so any value may have been a message."""
    return HIDDEN["message"] if hides.messages and text else privacy.text(text, hides)
