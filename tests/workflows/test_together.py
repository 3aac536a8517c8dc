"""Two people edit one workflow at the same moment: nothing is lost, on either database."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from editor.trees.places import Place
from editor.workflows import queries, services
from editor.workflows.models import Workflow

EACH = 15


@pytest.mark.django_db(transaction=True)
def test_what_two_people_do_at_once_is_all_there(ann, bob):
    workflow = services.create(ann.team, actor=ann.user, name="Ours")
    start = services.add_action(workflow, "st.retrieveSSI", Place(None, 0), actor=ann.user)
    [shared] = start.images

    def work(person) -> list[str]:
        """Add, note, move and take away, over and over; the ids of what should be there at the end."""
        kept = []
        try:
            for number in range(EACH):
                by = {"actor": person.user, "base_revision": 1}
                added = services.add_action(workflow, "st.retrieveFeed", Place(None, 0), **by)
                [node] = added.images
                services.set_note(workflow, node, f"{person.user} {number}", **by)
                services.set_label(workflow, shared, f"{person.user} {number}", **by)
                services.move(workflow, node, Place(None, services.LAST), **by)
                if number % 3:
                    kept.append(node)
                else:
                    services.remove(workflow, [node], **by)
        finally:
            connection.close()
        return kept

    with ThreadPoolExecutor(2) as pool:
        hers, his = pool.map(work, (ann, bob))

    stored = Workflow.objects.get(pk=workflow.pk)
    tree = queries.tree_of(stored)
    assert set(tree.nodes) == {shared, *hers, *his}
    assert [tree.nodes[node].note for node in hers] == [f"Ann {n}" for n in range(EACH) if n % 3]
    assert tree.nodes[shared].label in {f"Ann {EACH - 1}", f"Bob {EACH - 1}"}

    revisions = list(stored.changes.order_by("revision").values_list("revision", flat=True))
    assert revisions == list(range(1, stored.revision + 1)), "no edit took another's number"
    positions = [node.position for node in tree.roots]
    assert len(set(positions)) == len(positions)

    for _ in revisions:
        services.undo(stored, actor=None)
    assert len(queries.tree_of(Workflow.objects.get(pk=workflow.pk))) == 0


@pytest.mark.django_db(transaction=True)
def test_two_undos_at_once_take_back_two_edits_not_one_twice(ann):
    workflow = services.create(ann.team, actor=ann.user, name="Ours")
    for _ in range(4):
        services.add_action(workflow, "st.retrieveSSI", Place(None, 0), actor=None)

    def undo(_: int) -> None:
        try:
            services.undo(workflow, actor=None)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(undo, range(2)))

    workflow.refresh_from_db()
    assert workflow.revision == 6
    assert len(queries.tree_of(workflow)) == 2
    assert sorted(workflow.changes.filter(kind="undo").values_list("of", flat=True)) == [3, 4]
