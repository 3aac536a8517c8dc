"""What a team hides of its results is on no page and in no file of those who may not see it."""

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEvent
from editor.runs import privacy, services
from editor.runs.models import Run, Uncovering
from editor.runs.privacy import EVERYTHING, Hides
from editor.trees import codec
from editor.workflows import services as workflows
from tests.runs.test_outcome import finish
from tests.runs.test_pages import node_id, url
from tests.tables.test_urls import PLACEHOLDER, ask
from tests.tables.urls import FILL, ROWS
from tests.trees.strategies import ids

NOTE = "canary: shall we meet on Tuesday"
EMAIL = "canary.ines@quintal.example"
INVITATIONS = [
    {"actionType": "st.retrieveInvitations"},
    {
        "actionType": "st.openPersonPage",
        "personUrl": "https://www.linkedin.com/in/ines",
        "basicInfo": True,
    },
]
CAME_BACK = [
    {
        "actionType": "st.retrieveInvitations",
        "success": True,
        "data": [
            {"name": "Ines", "note": NOTE, "headline": f"Write to {EMAIL}, not here", EMAIL: 1}
        ],
    },
    {
        "actionType": "st.openPersonPage",
        "success": False,
        "error": {"type": "personNotFound", "message": f"Nobody is called {EMAIL}"},
    },
    {
        "actionType": "x.new",
        "success": True,
        "label": EMAIL,
        "data": {"deep": [{"text": NOTE, "mail": EMAIL}]},
    },
]


@pytest.fixture
def run(make_run):
    return finish(make_run(INVITATIONS), CAME_BACK)


def hide(team, **roles):
    for name, role in ({"messages_for": "admin", "emails_for": "admin"} | roles).items():
        setattr(team, name, role)
    team.save()


def everything_read(person, ann, run) -> str:
    """All that pages and files about a run say to somebody, at every address that GET answers."""
    rows = [row for row in ROWS if row.method == "GET" and row.route.startswith("t/<slug:slug>/")]
    invitations = node_id(run, "st.retrieveInvitations")
    values = {"run": run.public_id, "workflow": run.workflow.public_id, "node": invitations}
    texts = []
    for row in rows:
        with transaction.atomic():
            known = values | row.fill
            known |= {name: FILL[name](ann) for name in placeholders(row) if name not in known}
            texts.append(body(ask(person, row, known)))
            transaction.set_rollback(True)
    for node in (invitations, node_id(run, "st.openPersonPage")):
        for tab in ("results", "errors", "json"):
            addresses = (
                url("run", run) + f"?node={node}&tab={tab}",
                url("node", run, node) + f"?tab={tab}",
            )
            texts += [body(person.get(address)) for address in addresses]
    return "\n".join(texts)


def placeholders(row) -> list[str]:
    return [one or other for one, other in PLACEHOLDER.findall(row.route)]


def body(answer) -> str:
    if answer.streaming:
        return b"".join(answer.streaming_content).decode("utf-8", "replace")
    return answer.content.decode("utf-8", "replace")


def test_no_address_tells_a_viewer_what_is_hidden_and_all_tell_an_owner(run, ann, vic):
    hide(ann.team)
    mine = everything_read(ann, ann, run)
    assert NOTE in mine
    assert EMAIL in mine
    theirs = everything_read(vic, ann, run)
    assert NOTE not in theirs
    assert EMAIL not in theirs
    assert "[message hidden]" in theirs
    assert "[e-mail hidden]" in theirs


def test_each_kind_is_hidden_from_its_own_roles(run, ann, vic, bob):
    hide(ann.team, messages_for="builder", emails_for="viewer")
    assert EMAIL in body(vic.get(url("export", run)))
    assert NOTE not in body(vic.get(url("export", run)))
    assert NOTE in body(bob.get(url("export", run)))


def test_values_of_inputs_that_are_messages_are_hidden_too():
    source = {"actionType": "st.sendMessage", "text": "Dear {{ who }}, {{ words }}"}
    written = codec.from_wire(source, ids())
    values = {"who": "Ines", "words": NOTE, "mail": EMAIL, "many": [EMAIL]}
    assert privacy.inputs(values, written, EVERYTHING) == {
        "who": "[message hidden]", "words": "[message hidden]",
        "mail": "[e-mail hidden]", "many": ["[e-mail hidden]"],
    }  # fmt: skip
    assert privacy.inputs(values, written, Hides()) == values


def test_nobody_finds_hidden_values_in_a_form_or_a_draft(ann, bob, rae, connection):
    source = '{"actionType": "st.sendMessage", "personUrl": "https://www.linkedin.com/in/ines", "text": "{{ words }}"}'
    workflow = workflows.import_wire(ann.team, actor=ann.user, name="Write", source=source)
    workflows.declare_input(workflow, "words", "text", actor=ann.user)
    run = services.start_run(
        workflow, connection=connection, actor=ann.user, submit_key="k", inputs={"words": NOTE}
    )
    Run.objects.filter(pk=run.pk).update(state="failed", finished_at=timezone.now())
    hide(ann.team)
    for name in ("run", "again"):
        assert "[message hidden]" in body(rae.get(url(name, run)))
        assert "canary" not in body(rae.get(url(name, run)))
        assert "canary" in body(ann.get(url(name, run)))
    for who, there in ((bob, False), (ann, True)):
        draft = who.post(url("draft", run)).url
        assert ("canary" in body(who.get(f"{draft}/inputs"))) is there


def test_admins_hide_and_the_audit_log_says_so(ann, bob):
    form = {"messages_for": "builder", "emails_for": "owner", "uncover_for": "admin"}
    assert bob.post(f"/t/{ann.team.slug}/team/privacy", form).status_code == 403
    assert ann.post(f"/t/{ann.team.slug}/team/privacy", form).status_code == 302
    told = AuditEvent.objects.get(verb="team.privacy_changed")
    assert told.details["after"] == form
    assert (
        ann.post(f"/t/{ann.team.slug}/team/privacy", form | {"emails_for": "x"}).status_code == 422
    )


def test_uncovering_takes_a_role_and_a_reason_lasts_an_hour_and_is_recorded(run, ann, vic, bob):
    hide(ann.team, uncover_for="builder")
    assert vic.post(url("uncover", run), {"reason": "curious"}).status_code == 403
    bob.post(url("uncover", run), {"reason": "  "})
    assert NOTE not in body(bob.get(url("export", run)))
    answer = bob.post(url("uncover", run), {"reason": "Complaint 12", "back": "//evil.example/"})
    assert answer.url == url("run", run)
    assert NOTE in body(bob.get(url("export", run)))
    assert NOTE not in body(vic.get(url("export", run)))
    told = AuditEvent.objects.get(verb="run.uncovered")
    assert (told.actor, told.details["reason"], told.details["run"]) == (
        bob.user,
        "Complaint 12",
        run.public_id,
    )
    Uncovering.objects.update(until=timezone.now())
    assert NOTE not in body(bob.get(url("export", run)))


def test_as_deep_as_it_comes():
    value = deep = {}
    for _ in range(5000):
        deep["then"] = [{"actionType": "st.sendMessage", "text": NOTE}]
        deep = deep["then"][0]
    privacy.redacted(value, EVERYTHING)
    assert value["then"][0]["text"] == "[message hidden]"
    assert deep["text"] == "[message hidden]"


def test_a_text_is_a_message_where_the_catalogue_says_so_and_wherever_it_says_nothing():
    came_back = [
        {"actionType": kind, "data": {"inside": {"text": NOTE}}}
        for kind in ("st.openPost", "st.sendMessage", "x.new")
    ]
    shown = [each["data"]["inside"]["text"] for each in privacy.redacted(came_back, EVERYTHING)]
    assert shown == [NOTE, "[message hidden]", "[message hidden]"]


@pytest.mark.parametrize(
    "text", ["a@b.example", "mailto:x.y+z@sub.b.example?subject=1", "https://h/?m=a%40b.example"]
)
def test_addresses_in_texts(text):
    assert "b.example" not in privacy.text(f"See {text}.", EVERYTHING)
    assert privacy.text("@[Ines] at 5@home", EVERYTHING) == "@[Ines] at 5@home"
    assert privacy.text("a" * 200_000 + "@" * 1000, EVERYTHING)
