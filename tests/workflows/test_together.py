"""Two people edit one workflow at the same moment: nothing is lost, on either database."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from editor.trees.edits import Refused
from editor.trees.places import Place
from editor.workflows import queries, services
from editor.workflows.models import Workflow
from tests.people import Person
from tests.workflows.stories import Desk, desk

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
                services.move(workflow, [node], Place(None, services.LAST), **by)
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

    # Each undoes their own until a later one of the other is in the way; in turns they get nearly all undone: an action
    # that came back beside its old place, because another one stands there, may refuse to be moved further back.
    undone = 0
    while done := sum(undo_all(stored, person) for person in (ann, bob)):
        undone += done
    assert EACH < undone <= len(revisions)


def undo_all(workflow: Workflow, person: Person) -> int:
    """How many edits of this person could be taken back."""
    for count in itertools.count():
        try:
            services.undo(workflow, actor=person.user)
        except Refused:
            return count
    raise AssertionError


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


# Every edit exactly once


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("add", {"type": "st.retrieveSSI"}),
        ("duplicate", {"node": "{posts}"}),
        ("remove", {"node": "{posts}"}),
        ("move", {"node": "{posts}", "parent": "{top}", "index": 0}),
        ("undo", {}),
        ("redo", {}),
    ],
)
def test_an_edit_that_is_sent_again_is_done_once(ann, bob, verb, fields):
    at = desk(ann)
    at.edit("note", node=at.node("st.openPersonPage").id, note="first")
    at.edit("note", node=at.node("st.openPersonPage").id, note="second")
    at.edit("undo")
    top, posts = at.node("st.openPersonPage").id, at.node("st.retrievePersonPosts").id
    send = {"key": "0a1b2c", **{k: str(v).format(posts=posts, top=top) for k, v in fields.items()}}
    first = at.try_to(verb, **send)  # whose answer is lost
    assert first.status_code == 200
    after = at.wire
    Desk(bob, at.workflow, 4).edit("add", type="st.retrieveSSI")

    told = at.edit(verb, **send)

    assert told.revision == 5, "the answer leads from what the page shows to now"
    assert ("insert", at.tree.roots[-1].id) in told.operations, "with what others did since"
    assert at.workflow.changes.filter(key="0a1b2c").count() == 1
    assert at.wire[:-1] == (after if isinstance(after, list) else [after])


@pytest.mark.django_db
def test_a_refused_edit_is_judged_anew_when_it_is_sent_again(ann):
    at = desk(ann)
    message = {"type": "st.retrievePostComments", "key": "k1"}
    assert at.try_to("add", **message).status_code == 422
    at.edit("add", type="st.retrieveSSI", key="k1")


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["a b", "x" * 33, "ä"])
def test_a_key_that_is_none_is_told(ann, key):
    answer = desk(ann).try_to("add", type="st.retrieveSSI", key=key)
    assert (answer.status_code, "“key”" in answer.content.decode()) == (400, True)


@pytest.mark.django_db(transaction=True)
def test_one_key_twice_at_the_same_moment_is_one_change(ann):
    workflow = services.create(ann.team, actor=ann.user, name="Ours")

    def add(number: int) -> int:
        try:
            by = {"actor": ann.user, "base_revision": 0, "key": f"k{number // 4}"}
            added = services.add_action(workflow, "st.retrieveSSI", Place(None, 0), **by)
            return len(added.since or ())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(add, range(24)))

    workflow.refresh_from_db()
    assert (workflow.revision, len(queries.tree_of(workflow))) == (6, 6)
    assert min(told) >= 1, "everybody is told of it, whoever did it"
