"""Ann fills in what a workflow asks for, and exactly that is sent."""

import json
import re

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from editor.lib.ids import new_id
from editor.runs import services
from editor.runs.models import Run
from editor.runs.results import outcome
from editor.sandbox.models import SandboxWorkflow
from editor.trees import codec
from editor.workflows import services as workflows
from editor.workflows.models import Workflow
from editor.workflows.queries import tree_of
from tests.runs.conftest import make_due
from tests.runs.test_pages import box

INVITE = {
    "actionType": "st.searchPeople",
    "label": "{{ term }} people",
    "term": "{{ term }}",
    "limit": "{{ limit }}",
    "filter": {"locations": ["{{ towns }}", "Faro"]},
    "then": {
        "actionType": "st.doForPeople",
        "then": {
            "actionType": "st.openPersonPage",
            "basicInfo": "{{ info }}",
            "then": {"actionType": "st.sendConnectionRequest", "note": "Hello, {{ greeting }}"},
        },
    },
}
ASKED = (
    {"name": "term", "help": "Words to look for."},
    {"name": "limit", "kind": "number", "default": 3},
    {"name": "towns", "kind": "list", "default": ["Porto"]},
    {"name": "info", "kind": "yesno", "default": True},
    {"name": "greeting", "required": False, "choices": ["good morning", "good evening"]},
)


@pytest.fixture
def invite(ann) -> Workflow:
    tree = codec.from_wire(INVITE, new_id).declaring(ASKED)
    return workflows.import_tree(ann.team, actor=ann.user, name="Invite", tree=tree)


def url_of(workflow: Workflow, name: str = "start") -> str:
    return reverse(f"runs:{name}", args=[workflow.team.slug, workflow.public_id])


TYPED = {
    "input.term": "freight", "input.limit": " 2 ", "input.towns": "Oslo, Norway\r\nBergen\r\n",
    "input.info": "false", "input.greeting": "good morning",
}  # fmt: skip


def press(person, workflow, confirm=True, **typed):
    """Fill in the form, look at the numbers, tick the box, press Run now."""
    form = {"submit_key": new_id(24), "connection": workflow.team.connections.get().public_id}
    form |= TYPED | {f"input.{name}": value for name, value in typed.items()}
    if confirm is True:
        confirm = box(person.post(url_of(workflow, "plan"), form).content.decode())
    return person.post(url_of(workflow), form | {"confirmed": confirm or ""})


def sent(run: Run) -> dict:
    return json.loads(outcome.definition_of(run.plan))


def test_the_form_asks_for_each_input_with_its_help_and_default(ann, invite):
    html = ann.get(url_of(invite)).content.decode()
    assert re.findall(r'name="input\.(\w+)"', html) == [
        "term", "limit", "towns", "info", "info", "greeting",
    ]  # fmt: skip
    assert "Words to look for." in html
    assert 'name="input.limit" type="text" value="3"' in html
    assert "Porto</textarea>" in html
    assert '<option value="">Nothing</option><option>good morning</option>' in html
    assert "aria-invalid" not in html, "nobody has typed anything yet"


def test_what_was_typed_is_what_the_sandbox_receives(ann, invite, account, worker):
    assert press(ann, invite).status_code == 302
    run = worker.advance(Run.objects.get())
    received = json.loads(SandboxWorkflow.objects.get(account=account).body)
    assert received == {
        "actionType": "st.searchPeople",
        "term": "freight",
        "limit": 2,
        "filter": {"locations": ["Oslo, Norway", "Bergen", "Faro"]},
        "label": "freight people",
        "then": {
            "actionType": "st.doForPeople",
            "then": {
                "actionType": "st.openPersonPage",
                "basicInfo": False,
                "then": {"actionType": "st.sendConnectionRequest", "note": "Hello, good morning"},
            },
        },
    }
    assert run.inputs == {
        "term": "freight", "limit": 2, "towns": ["Oslo, Norway", "Bergen"], "info": False,
        "greeting": "good morning",
    }  # fmt: skip

    make_due(run)
    assert worker.advance(run).state == "completed"
    page = ann.get(reverse("runs:run", args=[ann.team.slug, run.public_id])).content.decode()
    assert "freight people" in page, "what really ran"
    assert "<dt>towns</dt><dd>Oslo, Norway\nBergen</dd>" in page
    assert "{{" not in page
    again = re.search(r'href="([^"]*/run\?[^"]*)"', page)[1].replace("&amp;", "&")
    assert 'value="2"' in ann.get(again).content.decode()


@pytest.mark.parametrize(
    "text",
    ["{{ limit }}", "{{{{ as typed", "{{", "<script>alert(1)</script>", "' OR 1=1 --", "\\u0000 \\n", "ÆØÅ 漢字 🙂"],
)  # fmt: skip
def test_values_are_sent_as_they_were_typed_whatever_is_in_them(ann, invite, text):
    assert press(ann, invite, term=text).status_code == 302
    run = Run.objects.get()
    assert sent(run)["term"] == text
    assert sent(run)["label"] == f"{text} people"
    page = ann.get(reverse("runs:run", args=[ann.team.slug, run.public_id])).content.decode()
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"term": "  "}, "It needs a text"),
        ({"limit": "many"}, "A number is expected"),
        ({"limit": ""}, "It needs a number"),
        ({"towns": "\r\n"}, "It needs a list"),
        ({"info": ""}, "It needs yes or no"),
        ({"greeting": "farewell"}, "Choose from “good morning”"),
        ({"term": "a\0b"}, "NUL"),
        ({"term": "x" * 20_001}, "at most 20,000 characters"),
        ({"limit": "5000"}, "In Search people: Limit is at most 1,000"),
        ({"limit": "2.5"}, "In Search people: Limit must be a whole number"),
    ],
)
def test_a_wrong_value_is_said_at_its_field_and_what_was_typed_stays(ann, invite, typed, says):
    answer = press(ann, invite, **typed)
    html = answer.content.decode()
    [(name, text)] = typed.items()
    assert answer.status_code == 422
    part = html.partition(f'id="input-{name}"')[2].partition('class="field')[0]
    assert says in part
    assert 'value=" 2 "' in html or name == "limit"
    assert "freight</textarea>" in html or name == "term"
    if name == "limit" and text:
        assert f'value="{text}"' in part
    assert not Run.objects.exists()


def test_nothing_is_sent_without_a_value_that_it_needs(ann, invite):
    with pytest.raises(services.WrongInputs, match="term is empty"):
        services.start_run(
            invite, connection=ann.team.connections.get(), actor=ann.user, submit_key="key"
        )
    assert not Run.objects.exists()


def test_an_optional_input_left_empty_leaves_no_hole(ann, invite):
    assert press(ann, invite, greeting="").status_code == 302
    run = Run.objects.get()
    person = sent(run)["then"]["then"]
    assert person["then"]["note"] == "Hello, "
    assert run.inputs["greeting"] is None


def test_the_same_key_gives_the_same_run_whatever_is_typed_the_second_time(ann, invite):
    start = {"connection": ann.team.connections.get(), "actor": ann.user, "submit_key": "once"}
    first = services.start_run(invite, **start, inputs={"term": "one"})
    second = services.start_run(invite, **start, inputs={"term": "two"})
    assert first == second
    assert sent(second)["term"] == "one"


def test_the_numbers_that_are_confirmed_are_those_that_will_happen(ann, invite):
    html = ann.get(url_of(invite)).content.decode()
    assert "3×" in html
    answer = press(ann, invite, confirm=box(html), limit="40")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "This is not what you confirmed" in html
    assert "40×" in html
    assert " checked" not in html.partition('name="confirmed"')[2].partition(">")[0]
    assert not Run.objects.exists()
    assert press(ann, invite, confirm=box(html), limit="40").status_code == 302


def test_a_workflow_that_somebody_changed_meanwhile_is_confirmed_anew(ann, bob, invite):
    shown = box(ann.get(url_of(invite)).content.decode())
    workflows.set_note(invite, invite.nodes.first().pk, "Careful", actor=bob.user)
    answer = press(ann, invite, confirm=shown, limit="3")
    assert "This is not what you confirmed" in answer.content.decode()


def test_until_a_limit_is_typed_the_numbers_depend_on_it(ann, invite):
    workflows.change_input(invite, "limit", "default", [], actor=ann.user)
    html = ann.get(url_of(invite)).content.decode()
    assert "It depends on <code>{{ limit }}</code>" in html
    html = ann.post(url_of(invite, "plan"), {"submit_key": "x", **TYPED}).content.decode()
    assert "depends on" not in html
    assert "2×" in html


def test_a_query_fills_the_form_in(ann, invite):
    html = ann.get(url_of(invite), {"input.term": "<b>x", "input.nonsense": "y"}).content.decode()
    assert "&lt;b&gt;x</textarea>" in html
    assert 'value="3"' in html, "what the query does not mention has its default"


def test_disabled_actions_need_no_values_and_stay_as_they_were(ann, invite):
    invitation = invite.nodes.get(action_type="st.sendConnectionRequest")
    workflows.set_disabled(invite, [invitation.pk], True, actor=ann.user)
    press(ann, invite)
    run = Run.objects.get()
    assert "sendConnectionRequest" not in outcome.definition_of(run.plan).decode()
    assert outcome.tree_of(run.plan).nodes[invitation.pk].params["note"] == "Hello, {{ greeting }}"


def test_doubled_braces_are_sent_as_two(ann):
    wire = {"actionType": "st.searchPeople", "term": "{{{{ not an input }}"}
    workflow = workflows.import_wire(ann.team, actor=ann.user, name="x", source=json.dumps(wire))
    run = services.start_run(
        workflow, connection=ann.team.connections.get(), actor=ann.user, submit_key="key"
    )
    assert sent(run)["term"] == "{{ not an input }}"


def test_an_input_that_is_not_declared_keeps_it_from_running(ann):
    wire = {"actionType": "st.searchPeople", "term": "{{ term }}"}
    workflow = workflows.import_wire(ann.team, actor=ann.user, name="x", source=json.dumps(wire))
    assert workflow.errors == 1
    with pytest.raises(services.CannotRun):
        services.start_run(
            workflow, connection=ann.team.connections.get(), actor=ann.user, submit_key="key",
            inputs={"term": "x"},
        )  # fmt: skip


def test_a_draft_of_a_run_asks_for_the_same_with_what_was_filled_in(ann, invite):
    press(ann, invite)
    run = Run.objects.get()
    ann.post(reverse("runs:draft", args=[ann.team.slug, run.public_id]))
    draft = Workflow.objects.exclude(pk=invite.pk).get()
    assert codec.to_wire(tree_of(draft)) == INVITE
    assert {each["name"]: each.get("default") for each in draft.inputs} == run.inputs
    assert draft.errors == 0


def test_a_viewer_and_a_stranger_do_not_run(vic, eve, invite):
    assert press(vic, invite, confirm="x").status_code == 403
    assert vic.post(url_of(invite, "plan"), TYPED).status_code == 403
    assert eve.get(url_of(invite)).status_code == 404


def test_the_form_asks_no_more_of_the_database_for_many_inputs(ann, invite):
    def asked() -> int:
        with CaptureQueriesContext(database) as captured:
            assert ann.get(url_of(invite)).status_code == 200
        return len(captured)

    asked()
    few = asked()
    for number in range(20):
        workflows.declare_input(invite, f"more{number}", "text", actor=ann.user)
    assert asked() == few
