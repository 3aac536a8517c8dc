"""Rae runs a template that she cannot edit; Bob makes a copy; Vic may only look."""

import pytest

from accounts.models import AuditEvent
from editor.library import queries, slots
from editor.library.models import Template, Use
from editor.library.slots import Option, Slot
from editor.runs.models import Run, State
from editor.runs.results import outcome
from editor.sandbox.models import SandboxAccount
from editor.trees.inputs import by_name
from editor.workflows.models import Workflow
from editor.workflows.queries import tree_of
from tests.library.conftest import EXAMPLES, node, publish, url
from tests.runs.conftest import ByHand, dial

FIELDS = {f"input.{name}": text for name, text in EXAMPLES.items()}


def form(person, **more):
    connection = person.team.connections.get()
    return {"submit_key": "one", "connection": connection.public_id, "version": "1"} | FIELDS | more


def confirmed(person, path, **more):
    """The form with the box ticked, as it stands on the page after a refusal."""
    first = person.post(path, form(person, **more))
    assert first.status_code == 422, "acts are confirmed"
    ask = first.context["ask"]
    return form(person, **more, confirmed=ask.mark)


def test_a_runner_runs_it_with_her_own_values(rae, version):
    path = url(rae, version.template.public_id, "use")
    page = rae.get(path).content.decode()
    assert "For example: Hello Oda" in page
    assert "Make an editable copy" not in page

    answer = rae.post(path, confirmed(rae, path, **{"input.words": "Hi from Rae"}))

    run = Run.objects.get()
    assert answer["Location"] == f"/t/{rae.team.slug}/runs/{run.public_id}"
    assert run.inputs["words"] == "Hi from Rae"
    assert run.workflow is None, "no workflow is made of it"
    assert rae.get(answer["Location"]).status_code == 200
    assert Use.objects.get().run == run
    mark = rae.get(answer["Location"] + "/template").content.decode()
    assert version.template.public_id in mark
    assert AuditEvent.objects.filter(verb="template.run", actor=rae.user).exists()


def test_the_example_fills_the_form_in(rae, version):
    path = url(rae, version.template.public_id, "use")
    example = rae.get(path).context["example"]

    assert "Hello Oda</textarea>" in rae.get(f"{path}?{example}").content.decode()


def test_a_form_that_is_sent_twice_runs_once(rae, version):
    path = url(rae, version.template.public_id, "use")
    good = confirmed(rae, path)

    assert rae.post(path, good)["Location"] == rae.post(path, good)["Location"]
    assert Run.objects.count() == Use.objects.count() == 1


def test_what_came_of_it_is_told_on_its_page(rae, vic, version):
    account = SandboxAccount.objects.get(
        identification_token=rae.team.connections.get().identification_token
    )
    dial(account, delay=0)
    path = url(rae, version.template.public_id, "use")
    rae.post(path, confirmed(rae, path))
    worker, run = ByHand(), Run.objects.get()
    for _ in range(6):
        run = worker.advance(run)
    assert run.state == State.COMPLETED

    page = vic.get(url(vic, version.template.public_id)).content.decode()
    assert "1 use" in page
    assert "of 1 run went well" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"input.person": ""}, "person is empty"),
        ({"input.person": "nowhere"}, "A web address is expected"),
        ({"connection": "made-up"}, "Choose the account"),
        ({"submit_key": ""}, "incomplete"),
    ],
)
def test_a_form_that_does_not_do_comes_back_with_the_reason(rae, version, changes, words):
    path = url(rae, version.template.public_id, "use")
    data = form(rae, **changes)
    ask = rae.post(path, data).context["ask"]

    answer = rae.post(path, data | {"confirmed": ask.mark})

    assert answer.status_code == 422
    text = answer.content.decode().replace("It needs", "")
    assert words in text or words.removeprefix("person ") in text
    assert not Run.objects.exists()


def test_other_teams_run_it_on_their_own_account_only(rae, eve, bob, workflow):
    template = publish(bob, workflow, visibility="everyone").template
    path = url(eve, template.public_id, "use")
    theirs = rae.team.connections.get().public_id

    answer = eve.post(path, form(eve, connection=theirs))

    assert answer.status_code == 422
    assert "Choose the account" in answer.content.decode()


def test_a_viewer_may_look_and_no_more(vic, version):
    page = vic.get(url(vic, version.template.public_id))
    assert page.status_code == 200
    assert "Use it" not in page.content.decode()
    for act in ("use", "copy"):
        assert vic.post(url(vic, version.template.public_id, act), form(vic)).status_code == 403


def test_a_copy_is_ones_own_and_remembers_where_it_is_from(bob, version):
    answer = bob.post(url(bob, version.template.public_id, "copy"), form(bob))

    copy = Workflow.objects.latest("pk")
    assert answer["Location"].endswith(copy.public_id)
    assert copy.name == "Greet somebody"
    inputs = by_name(tree_of(copy).inputs)
    assert inputs["words"].default == EXAMPLES["words"], "what was filled in is there already"
    assert copy.origin.version == version
    mark = bob.get(f"/t/{bob.team.slug}/workflows/{copy.public_id}/origin").content.decode()
    assert "A copy of" in mark
    assert AuditEvent.objects.filter(verb="template.copied").exists()


def test_a_copy_may_be_made_before_anything_is_filled_in(bob, version):
    bob.post(url(bob, version.template.public_id, "copy"), {"version": "1"})

    assert by_name(tree_of(Workflow.objects.latest("pk")).inputs).keys() == EXAMPLES.keys()


def test_the_picked_branch_alone_is_run_and_copied(rae, bob, workflow):
    invite, write = (node(workflow, t) for t in ("st.sendConnectionRequest", "st.sendMessage"))
    key = node(workflow, "st.openPersonPage")
    choice = Slot(key, "How", (Option(invite, "Invite"), Option(write, "Write")))
    template = publish(bob, workflow, slots=[choice]).template
    path = url(rae, template.public_id, "use")

    rae.post(path, confirmed(rae, path, **{f"slot.{key}": write}))
    bob.post(url(bob, template.public_id, "copy"), form(bob, **{f"slot.{key}": write}))

    types = [n["type"] for n in _plan_of(Run.objects.get())]
    assert types == ["st.openPersonPage", "st.sendMessage"]
    copied = [n.type for n, _ in tree_of(Workflow.objects.latest("pk")).walk()]
    assert copied == types
    # A forged choice is none.
    tree, offered = queries.tree_of(template.versions.get()), [choice]
    assert slots.chosen(tree, offered, {key: "made-up"}) == slots.chosen(tree, offered, {})


def _plan_of(run):
    return outcome.unpack(run.plan.tree)["nodes"]


def test_what_was_ticked_for_one_branch_does_not_count_for_another(rae, bob, workflow):
    invite, write = (node(workflow, t) for t in ("st.sendConnectionRequest", "st.sendMessage"))
    key = node(workflow, "st.openPersonPage")
    choice = Slot(key, "How", (Option(invite, "Invite"), Option(write, "Write")))
    path = url(rae, publish(bob, workflow, slots=[choice]).template.public_id, "use")
    ticked = confirmed(rae, path, **{f"slot.{key}": invite})

    answer = rae.post(path, ticked | {f"slot.{key}": write})

    assert answer.status_code == 422
    assert not Run.objects.exists()


def test_the_plan_follows_the_form(rae, version):
    answer = rae.post(url(rae, version.template.public_id, "use", "plan"), form(rae))

    assert "Send connection request" in answer.content.decode()


def test_uses_are_counted(rae, bob, version):
    path = url(rae, version.template.public_id, "use")
    rae.post(path, confirmed(rae, path))
    bob.post(url(bob, version.template.public_id, "copy"), form(bob))

    assert Template.objects.get(pk=version.template_id).uses == 2
