"""Bob publishes a further version; the copy in another team takes it over, in part or whole, and keeps its own."""

import pytest

from accounts import services as people
from accounts.models import AuditEvent, Role, Team
from editor.library import services
from editor.trees.places import Place
from editor.workflows import services as workflows
from editor.workflows.models import Workflow
from editor.workflows.queries import tree_of
from tests.library.conftest import EXAMPLES, node, publish
from tests.people import Person


@pytest.fixture
def version(bob, workflow):
    return publish(bob, workflow, visibility="everyone")


@pytest.fixture
def copy(eve, version):
    """In Eve's team."""
    return services.copy(
        version, team=eve.team, actor=eve.user, name="Ours", choices={}, inputs=EXAMPLES
    )


@pytest.fixture
def second(bob, workflow, version):
    """The message says more, somebody's experience is read, and nobody is invited any more."""
    message = node(workflow, "st.sendMessage")
    workflows.set_params(workflow, message, {"text": "{{ words }} Bye."}, actor=bob.user)
    workflows.remove(workflow, [node(workflow, "st.sendConnectionRequest")], actor=bob.user)
    workflows.add_action(
        workflow,
        "st.retrievePersonExperience",
        Place(node(workflow, "st.openPersonPage"), 0),
        actor=bob.user,
    )
    return publish(bob, workflow, visibility="everyone", notes="Reads what they did.")


def address(person, copy, what="update"):
    return f"/t/{person.team.slug}/workflows/{copy.public_id}/{what}"


def types(workflow):
    return [n.type for n, _ in tree_of(Workflow.objects.get(pk=workflow.pk)).walk()]


def take(person, copy, do="part", **form):
    copy.refresh_from_db()
    number = copy.origin.template.number
    return person.post(
        address(person, copy), {"base": copy.revision, "version": number, "do": do} | form
    )


def test_a_copy_of_the_newest_version_has_nothing_to_take(eve, copy):
    assert "Nothing to take" in eve.get(address(eve, copy)).content.decode()
    assert eve.get(f"/t/{eve.team.slug}/templates/behind").status_code == 204


def test_a_newer_version_is_told_and_changes_nothing_by_itself(eve, copy, second):
    before = types(copy)

    mark = eve.get(address(eve, copy, "origin")).content.decode()
    assert "A newer version exists" in mark
    assert "Ours" in eve.get(f"/t/{eve.team.slug}/templates/behind").content.decode()
    page = eve.get(address(eve, copy)).content.decode()
    for words in ("Reads what they did.", "Retrieve experience", "added", "removed", "Bye."):
        assert words in page
    assert types(copy) == before


def test_all_of_it_is_one_edit_that_can_be_undone(eve, copy, second):
    before, revision = types(copy), copy.revision

    answer = take(eve, copy, "all")

    assert answer.status_code == 302
    assert types(copy) == [
        "st.openPersonPage", "st.retrievePersonExperience", "st.sendMessage",
    ]  # fmt: skip
    copy.refresh_from_db()
    assert copy.revision == revision + 1
    assert copy.origin.version.number == 2
    assert AuditEvent.objects.filter(team=eve.team, verb="template.taken").exists()
    workflows.undo(copy, actor=eve.user)
    assert types(copy) == before


def test_a_part_is_taken_and_the_rest_stays_on_offer(eve, copy, second):
    found = eve.get(address(eve, copy)).context["diff"]
    added = next(e.id for e in found.entries if e.kind == "added")

    answer = take(eve, copy, node=[added])

    assert answer["Location"] == address(eve, copy), "there is more to choose"
    assert sorted(types(copy)) == [
        "st.openPersonPage", "st.retrievePersonExperience", "st.sendConnectionRequest", "st.sendMessage",
    ]  # fmt: skip
    rest = eve.get(address(eve, copy)).context["diff"]
    assert {e.kind for e in rest.differing} == {"removed", "changed"}
    take(eve, copy, node=[e.id for e in rest.differing])
    copy.refresh_from_db()
    assert copy.origin.version.number == 2, "with the last of it the copy is up to date"


def test_own_changes_are_kept(eve, copy, second):
    workflows.set_note(copy, node(copy, "st.openPersonPage"), "ours", actor=eve.user)
    workflows.set_params(
        copy, node(copy, "st.openPersonPage"), {"basicInfo": False}, actor=eve.user
    )

    take(eve, copy, "all")

    page = tree_of(copy).nodes[node(copy, "st.openPersonPage")]
    assert page.note == "ours"
    assert page.params["basicInfo"] is False


def test_where_both_changed_one_thing_both_sides_are_shown_and_ones_own_stays(eve, copy, second):
    message = node(copy, "st.sendMessage")
    workflows.set_params(copy, message, {"text": "{{ words }} Yours, Eve."}, actor=eve.user)

    page = eve.get(address(eve, copy)).content.decode()
    assert "Yours, Eve." in page
    assert "Bye." in page
    take(eve, copy, "all")
    assert tree_of(copy).nodes[message].params["text"] == "{{ words }} Yours, Eve."


def test_where_only_a_conflict_differs_there_is_no_rest_to_take(bob, eve, workflow, copy):
    for tree, person, text in ((workflow, bob, "Bye."), (copy, eve, "Yours, Eve.")):
        message = node(tree, "st.sendMessage")
        workflows.set_params(tree, message, {"text": f"{{{{ words }}}} {text}"}, actor=person.user)
    publish(bob, workflow, visibility="everyone")

    page = eve.get(address(eve, copy)).content.decode()
    assert "Nothing else differs" in page
    assert "Take all" not in page
    take(eve, copy, "part", theirs=["0"])
    assert "Bye." in tree_of(copy).nodes[node(copy, "st.sendMessage")].params["text"]
    assert "Nothing to take" in eve.get(address(eve, copy)).content.decode()


def test_the_side_of_the_template_is_taken_when_somebody_says_so(eve, copy, second):
    message = node(copy, "st.sendMessage")
    workflows.set_params(copy, message, {"text": "{{ words }} Yours, Eve."}, actor=eve.user)

    take(eve, copy, "all", theirs=["0"])

    assert tree_of(copy).nodes[message].params["text"] == "{{ words }} Bye."


def test_the_same_goes_for_what_an_input_says(bob, eve, workflow, copy):
    workflows.change_input(copy, "words", "help", ["Ours"], actor=eve.user)
    workflows.change_input(workflow, "words", "help", ["Theirs"], actor=bob.user)
    publish(bob, workflow, visibility="everyone")
    page = eve.get(address(eve, copy)).content.decode()
    assert "Input words · Help" in page
    assert "Ours" in page
    assert "Theirs" in page

    take(eve, copy, theirs=["0"])

    inputs = {each["name"]: each for each in tree_of(Workflow.objects.get(pk=copy.pk)).inputs}
    assert inputs["words"]["help"] == "Theirs"
    assert inputs["words"]["default"] == EXAMPLES["words"], (
        "what nobody else changed stays one's own"
    )


def test_a_version_may_be_passed_over(eve, copy, second):
    before = types(copy)
    take(eve, copy, "mine")

    assert types(copy) == before
    assert "A newer version" not in eve.get(address(eve, copy, "origin")).content.decode()


@pytest.mark.parametrize(
    "form",
    [
        {"base": "0", "version": "1"},
        {"base": "x"},
        {"version": "99"},
        {"theirs": "x"},
        {"node": []},
    ],
)
def test_a_stale_or_made_up_form_changes_nothing(eve, copy, second, form):
    workflows.set_note(copy, node(copy, "st.openPersonPage"), "ours", actor=eve.user)
    before = types(copy)

    assert take(eve, copy, **({"node": "made-up"} | form)).status_code == 422
    assert types(copy) == before


def test_what_was_ticked_stays_ticked_when_it_is_refused(eve, copy, second):
    message = node(copy, "st.sendMessage")
    workflows.set_params(copy, message, {"text": "{{ words }} Yours, Eve."}, actor=eve.user)
    answer = take(eve, copy, base="0", theirs=["0"])
    assert answer.status_code == 422
    assert 'name="theirs" value="0" form="take" checked' in answer.content.decode()


def test_what_is_withdrawn_or_made_private_is_not_offered(eve, copy, second, bob):
    services.withdraw(second.template, actor=bob.user)

    assert eve.get(address(eve, copy)).status_code == 404
    assert "newer version" not in eve.get(address(eve, copy, "origin")).content.decode()
    assert eve.get(f"/t/{eve.team.slug}/templates/behind").status_code == 204


def test_a_runner_looks_and_does_not_take(eve, copy, second):
    user = people.create_user(email="rob@example.com", password="correct horse", name="Rob")
    people.add_member(team=eve.team, actor=None, user=user, role=Role.RUNNER)
    rob = Person.signed_in(user, Team.objects.get(pk=eve.team.pk))

    assert rob.get(address(rob, copy)).status_code == 200
    assert take(rob, copy, "all").status_code == 403


def test_strangers_see_nothing_of_it(ann, eve, copy, second):
    assert ann.get(address(eve, copy)).status_code == 404
    assert ann.get(address(ann, copy)).status_code == 404
