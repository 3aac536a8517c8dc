"""Ann runs something once more: as it was, or with the workflow of today; and is told who got it already."""

import html
import json
import re

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import services as accounts
from editor.lib.ids import new_id
from editor.runs import services
from editor.runs.models import Act, Run
from editor.runs.results import outcome
from editor.trees import codec
from editor.workflows import services as workflows
from tests.runs.conftest import CHECK, INVITE_ALL, arrived, make_due, workflow_of

ADA = "https://www.linkedin.com/in/example-ada"
BOB = "https://www.linkedin.com/in/example-bob"
WRITE = {"actionType": "st.sendMessage", "personUrl": ADA, "text": "Hello"}


def url(name, run):
    return reverse(f"runs:{name}", args=[run.team.slug, run.public_id])


def start_url(workflow):
    return reverse("runs:start", args=[workflow.team.slug, workflow.public_id])


def page(person, address, data=None):
    answer = person.get(address) if data is None else person.post(address, data)
    return html.unescape(answer.content.decode())


def boxes(text):
    """What the ticks of a form stand for: {name: value}."""
    return dict(re.findall(r'type="checkbox" id="(\w+)" name="\w+" value="([^"]*)"', text))


def filled(run, **ticks):
    return {"submit_key": new_id(24), "connection": run.connection.public_id} | ticks


def made_from(run):
    return Run.objects.exclude(pk=run.pk).get()


# --- As it was ---------------------------------------------------------------------------------


def test_what_ran_is_run_again_although_the_workflow_is_gone(make_run, worker, ann, account):
    run = worker.advance(make_run(CHECK))
    workflows.delete(run.workflow, actor=ann.user)
    run = Run.objects.select_related("plan", "connection").get(pk=run.pk)
    answer = ann.post(url("again", run), filled(run))
    copy = made_from(run)
    assert answer["Location"] == url("run", copy)
    assert outcome.definition_of(copy.plan) == outcome.definition_of(run.plan)
    assert (copy.state, copy.version_number, copy.workflow) == ("queued", 1, None)
    assert worker.advance(copy).state == "completed"
    assert arrived(account) == 2


def test_the_same_values_are_sent_again(ann, account, worker, connection):
    tree = codec.from_wire({"actionType": "st.searchPeople", "term": "{{ term }}"}, new_id)
    tree = tree.declaring([{"name": "term", "default": "pilots"}])
    workflow = workflows.import_tree(ann.team, actor=ann.user, name="Search", tree=tree)
    run = services.start_run(
        workflow, connection=connection, actor=ann.user, submit_key="k", inputs={"term": "sailors"}
    )
    assert "<dd>sailors</dd>" in page(ann, url("again", run))
    ann.post(url("again", run), filled(run))
    copy = made_from(run)
    assert copy.inputs == {"term": "sailors"}
    assert json.loads(outcome.definition_of(copy.plan))["term"] == "sailors"


def test_acts_are_never_one_click(make_run, ann):
    run = make_run(INVITE_ALL)
    text = page(ann, url("again", run))
    assert "Yes, up to 3 acts" in text
    refused = ann.post(url("again", run), filled(run))
    assert refused.status_code == 422
    assert "Tick the box when you mean it" in refused.content.decode()
    assert Run.objects.count() == 1
    assert ann.post(url("again", run), filled(run, **boxes(text))).status_code == 302


def test_the_tick_for_another_run_does_not_count(make_run, ann):
    run, other = make_run(INVITE_ALL), make_run(INVITE_ALL | {"limit": 90})
    ticks = boxes(page(ann, url("again", other)))
    refused = page(ann, url("again", run), filled(run, **ticks))
    assert "This is not what you confirmed" in refused


def test_one_form_makes_one_run_however_often_it_is_posted(make_run, worker, ann):
    run = make_run(WRITE)
    form = filled(run, **boxes(page(ann, url("again", run))))
    ann.post(url("again", run), form)
    copy = worker.advance(made_from(run))
    assert copy.state == "completed", "and now the ledger knows of it"
    assert ann.post(url("again", run), form)["Location"] == url("run", copy)
    assert Run.objects.count() == 2


def test_a_run_that_did_not_end_here_warns_that_the_ledger_does_not_know(make_run, worker, ann):
    run = make_run(WRITE)
    says = "The first run did not come to its end here."
    assert says in page(ann, url("again", run))
    assert "is not in the ledger yet" in page(ann, url("again", run))
    worker.advance(run)
    assert says not in page(ann, url("again", run))
    assert says not in page(ann, url("again", make_run(CHECK))), "it only reads"


def test_what_the_catalogue_of_today_forbids_does_not_run_again(make_run, ann):
    run = make_run(CHECK)
    text = json.dumps(outcome.unpack(run.plan.tree))
    run.plan.tree = outcome.pack(json.loads(text.replace("checkConnectionStatus", "noMore")))
    run.plan.save()
    refused = ann.post(url("again", run), filled(run))
    assert refused.status_code == 422
    assert "cannot run any more" in refused.content.decode()


def test_another_teams_account_is_refused_and_none_is_asked_for(make_run, ann, eve):
    run = make_run(CHECK)
    theirs = eve.team.connections.get()
    for chosen in (theirs.public_id, "made-up"):
        refused = ann.post(url("again", run), filled(run) | {"connection": chosen})
        assert refused.status_code == 422
        assert "Choose the account" in refused.content.decode()
    with pytest.raises(services.Refused):
        services.run_as_it_was(run, connection=theirs, actor=ann.user, submit_key="k")


def test_the_run_page_offers_both_ways_to_those_who_may_run(make_run, rae, vic):
    run = make_run(CHECK)
    assert url("again", run) in page(rae, url("run", run))
    assert start_url(run.workflow) in page(rae, url("run", run))
    assert url("again", run) not in page(vic, url("run", run))
    run.workflow.delete()
    text = page(rae, url("run", run))
    assert url("again", run) in text
    assert "With the current workflow" not in text


# --- Who got it already ------------------------------------------------------------------------


@pytest.fixture
def written(make_run, worker):
    return worker.advance(make_run(WRITE))


def test_the_form_says_who_got_it_already_when_and_by_whom(written, ann):
    Act.objects.update(done_at=timezone.now().replace(2026, 10, 12))
    text = page(ann, start_url(workflow_of(ann.team, [WRITE, WRITE | {"personUrl": BOB}])))
    assert "Send message: 1 of 2 already got it" in text
    assert "linkedin.com/in/example-ada</span> on 12 October 2026 by" in text
    assert f'<a href="{url("run", written)}">Ann</a>' in text
    assert "in the same words" in text


def test_it_goes_on_only_knowingly(written, ann):
    text = page(ann, url("again", written))
    ticks = boxes(text)
    assert set(ticks) == {"confirmed", "knowingly"}
    form = filled(written, confirmed=ticks["confirmed"])
    refused = page(ann, url("again", written), form)
    assert "tick the box to go on knowingly" in refused
    assert Run.objects.count() == 1
    assert ann.post(url("again", written), form | ticks).status_code == 302


def test_a_tick_for_one_person_is_none_for_another(written, make_run, worker, ann):
    knowingly = boxes(page(ann, url("again", written)))["knowingly"]
    other = worker.advance(make_run(WRITE | {"personUrl": BOB}))
    ticks = boxes(page(ann, url("again", other))) | {"knowingly": knowingly}
    assert ann.post(url("again", other), filled(other, **ticks)).status_code == 422


def test_an_input_names_the_person_and_the_warning_follows_what_is_typed(written, ann):
    tree = codec.from_wire(WRITE | {"personUrl": "{{ who }}", "text": "Hi"}, new_id)
    tree = tree.declaring([{"name": "who"}])
    workflow = workflows.import_tree(ann.team, actor=ann.user, name="Write", tree=tree)
    assert "already got it" not in page(ann, start_url(workflow))
    typed = filled(written) | {"input.who": f"{ADA}?trk=mail"}
    text = page(ann, f"{start_url(workflow)}/plan", typed)
    assert "Send message: this one already got it" in text
    assert "in the same words" not in text
    assert (
        ann.post(start_url(workflow), typed | {"confirmed": boxes(text)["confirmed"]}).status_code
        == 422
    )
    assert ann.post(start_url(workflow), typed | boxes(text)).status_code == 302


def test_another_kind_of_account_reaches_other_people(written, ann):
    real = accounts.add_linkedapi(
        team=ann.team, actor=ann.user, name="Real", linked_api_token="linked_12345678",
        identification_token="id_12345678",
    )  # fmt: skip
    asked = filled(written) | {"connection": real.public_id}
    assert "already got it" not in page(ann, url("again_plan", written), asked)
    assert "already got it" in page(ann, url("again_plan", written), filled(written))


def test_what_was_ticked_for_invented_people_does_not_count_for_real_ones(make_run, ann):
    run = make_run(INVITE_ALL)
    real = accounts.add_linkedapi(
        team=ann.team, actor=ann.user, name="Real", linked_api_token="linked_12345678",
        identification_token="id_12345678",
    )  # fmt: skip
    ticks = boxes(page(ann, url("again", run)))
    form = filled(run, **ticks) | {"connection": real.public_id}
    assert "This is not what you confirmed" in page(ann, url("again", run), form)
    shown = page(ann, url("again_plan", run), form)
    assert ann.post(url("again", run), form | boxes(shown)).status_code == 302


def test_whom_a_loop_will_meet_nobody_knows_yet(make_run, worker, ann):
    run = worker.advance(make_run(INVITE_ALL))
    assert run.acted
    assert "already got it" not in page(ann, url("again", run))


def test_the_page_opened_above_an_act_is_its_target(make_run, worker, ann):
    page_of_ada = {
        "actionType": "st.openPersonPage",
        "personUrl": ADA,
        "basicInfo": True,
        "then": {"actionType": "st.sendConnectionRequest"},
    }
    run = worker.advance(make_run(page_of_ada))
    assert "Send connection request: this one already got it" in page(ann, url("again", run))


def test_a_skipped_act_warns_of_nothing(written, ann):
    workflows.set_disabled(
        written.workflow, [written.workflow.nodes.get().pk], True, actor=ann.user
    )
    assert "already got it" not in page(ann, start_url(written.workflow))


def test_many_people_are_few_lines_and_no_more_questions(written, worker, ann):
    def asked(many):
        wire = [WRITE | {"personUrl": f"{ADA}-{n}"} for n in range(many)]
        run = services.start_run(
            workflow_of(ann.team, wire), connection=written.connection, actor=ann.user,
            submit_key=new_id(),
        )  # fmt: skip
        make_due(run)
        worker.advance(run)
        with CaptureQueriesContext(database) as captured:
            text = page(ann, url("again", run))
        return len(captured), text

    asked(1)  # what the first page of a person asks once
    few, _ = asked(6)
    many, text = asked(40)
    assert few == many
    assert "40 of 40 already got it" in text
    assert "and 35 more" in text
