"""Somebody presses Run: one run is queued, with what it runs."""

import json
import zlib

import pytest
from django.db import IntegrityError

from accounts import services as accounts
from accounts.models import AuditEvent, User
from editor.runs import queries, services
from editor.runs.models import Run, State
from editor.runs.results import outcome
from editor.workflows import services as workflows
from editor.workflows.models import Workflow
from tests.runs.conftest import CHECK, INVITE_ALL, workflow_of


def start(ann, workflow, key="key-1", connection=None):
    connection = connection or ann.team.connections.get()
    return services.start_run(workflow, connection=connection, actor=ann.user, submit_key=key)


def test_a_run_is_queued_with_all_it_needs(ann):
    workflow = workflow_of(ann.team, INVITE_ALL)
    run = start(ann, workflow)
    assert (run.state, run.workflow_name, run.version_number) == ("queued", workflow.name, 1)
    assert run.started_by_name == "Ann"
    assert json.loads(outcome.definition_of(run.plan)) == INVITE_ALL
    workflow.refresh_from_db()
    assert (workflow.last_run_id, workflow.last_run_state) == (run.public_id, "queued")
    event = AuditEvent.objects.get(team=ann.team, verb="run.started")
    assert event.details == {"run": run.public_id, "connection": "Sandbox", "version": 1}


def test_the_same_key_gives_the_same_run_however_often_it_is_posted(ann):
    workflow = workflow_of(ann.team, CHECK)
    assert {start(ann, workflow).pk for _ in range(3)} == {Run.objects.get().pk}
    assert start(ann, workflow, "key-2").pk != start(ann, workflow, "key-1").pk


@pytest.mark.parametrize("key", ["", "x" * 65, "é", "a\0b", "a\nb"])
def test_what_no_form_of_ours_makes_is_no_key(ann, key):
    with pytest.raises(services.Refused, match="incomplete"):
        start(ann, workflow_of(ann.team, CHECK), key)
    assert not Run.objects.exists()


def test_the_database_itself_refuses_a_second_run_for_a_key(ann):
    run = start(ann, workflow_of(ann.team, CHECK))
    run.pk = None
    run.public_id = "another"
    with pytest.raises(IntegrityError):
        run.save(force_insert=True)


def test_a_key_of_another_team_is_another_key(ann, eve):
    ours = start(ann, workflow_of(ann.team, CHECK), "same")
    theirs = start(eve, workflow_of(eve.team, CHECK), "same")
    assert ours.pk != theirs.pk


def test_a_workflow_with_errors_does_not_run_and_says_what_is_wrong(ann):
    workflow = workflow_of(ann.team, {"actionType": "st.sendMessage", "personUrl": "nowhere"})
    with pytest.raises(services.CannotRun) as caught:
        start(ann, workflow)
    assert {problem.severity for problem in caught.value.problems} == {"error"}
    assert not Run.objects.exists()
    workflow.refresh_from_db()
    assert workflow.versions.count() == 0, "nothing is left behind"


def test_a_workflow_without_actions_does_not_run(ann):
    with pytest.raises(services.CannotRun):
        start(ann, workflows.create(ann.team, actor=ann.user, name="Nothing yet"))


def test_nothing_starts_in_the_name_of_who_may_only_look_or_whose_account_is_shut(ann, bob, vic):
    connection = ann.team.connections.get()
    connection.people.set([bob.user, vic.user])
    User.objects.filter(pk=bob.user.pk).update(is_active=False)
    for user in (vic.user, User.objects.get(pk=bob.user.pk)):
        with pytest.raises(services.Refused, match="You may not run on"):
            services.must_be_usable(connection, user)


def test_another_teams_connection_is_refused(ann, eve):
    with pytest.raises(services.Refused):
        start(ann, workflow_of(ann.team, CHECK), connection=eve.team.connections.get())


@pytest.mark.parametrize("key", ["", "k" * 65, "schlüssel"])
def test_a_key_that_is_none_is_refused(ann, key):
    with pytest.raises(services.Refused):
        start(ann, workflow_of(ann.team, CHECK), key)


def test_disabled_actions_stay_out_of_what_is_sent_and_in_the_tree_of_the_run(ann):
    workflow = workflow_of(ann.team, INVITE_ALL)
    nodes = {node.action_type: node for node in workflow.nodes.all()}
    workflows.set_disabled(workflow, [nodes["st.sendConnectionRequest"].pk], True, actor=ann.user)
    run = start(ann, Workflow.objects.get(pk=workflow.pk))
    assert b"sendConnectionRequest" not in outcome.definition_of(run.plan)
    assert len(outcome.tree_of(run.plan)) == 5


def test_editing_or_deleting_the_workflow_leaves_the_run_as_it_was(ann):
    workflow = workflow_of(ann.team, CHECK)
    run = start(ann, workflow)
    sent = outcome.definition_of(run.plan)
    workflows.delete(workflow, actor=ann.user)
    kept = queries.run(ann.team, run.public_id)
    assert (kept.workflow, kept.version, kept.workflow_name) == (None, None, "Founders in Lisbon")
    assert outcome.definition_of(kept.plan) == sent == zlib.decompress(kept.plan.definition)


def test_a_run_keeps_its_connection(ann):
    start(ann, workflow_of(ann.team, CHECK))
    with pytest.raises(accounts.Refused):
        accounts.delete_connection(connection=ann.team.connections.get(), actor=ann.user)


def test_states_in_code_and_database_agree():
    assert {s.value for s in State} == {
        "queued", "submitting", "waiting", "uncertain", "completed", "failed", "cancelled",
    }  # fmt: skip
