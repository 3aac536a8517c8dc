"""Before a workflow that searches runs again: whom its last run reached, for the search may find them again."""

import html

import pytest
from django.urls import reverse

from accounts import services as accounts
from editor.lib.ids import new_id
from editor.runs import services
from editor.runs.models import Run
from editor.workflows import services as workflows
from tests.runs.conftest import CHECK, INVITE_ALL, dial, workflow_of
from tests.runs.test_advance import spoilt
from tests.runs.test_pages import count_queries

SAYS = "It may meet the same again"
WRITE = {
    "actionType": "st.sendMessage",
    "personUrl": "https://www.linkedin.com/in/example-ada",
    "text": "Hello",
}


@pytest.fixture
def ran(ann, account, connection, worker):
    """ran(wire): a run of the one workflow of that wire form, done."""
    made = {}

    def run(wire=INVITE_ALL):
        workflow = made.setdefault(str(wire), workflow_of(ann.team, wire))
        return worker.advance(
            services.start_run(workflow, connection=connection, actor=ann.user, submit_key=new_id())
        )

    return run


def start(person, run):
    where = reverse("runs:start", args=[run.team.slug, run.workflow.public_id])
    return html.unescape(person.get(where).content.decode())


def again(person, run):
    where = reverse("runs:again", args=[run.team.slug, run.public_id])
    return html.unescape(person.get(where).content.decode())


def short(act):
    return act.target.removeprefix("https://www.")


def test_the_form_names_whom_the_last_run_reached(ann, ran):
    first, last = ran(), ran()
    assert last.acts.count() > 1
    for page in (start(ann, last), again(ann, last), again(ann, first)):
        assert SAYS in page
        assert f"Send connection request: {last.acts.count()} got it" in page
        assert reverse("runs:run", args=[ann.team.slug, last.public_id]) in page
        assert all(
            f'<li class="run-repeats__who">{short(act)}</li>' in page for act in last.acts.all()
        )


def test_only_the_first_few_are_listed(ann, ran):
    last = ran(INVITE_ALL | {"limit": 12})
    many = last.acts.count()
    assert many > 5
    page = start(ann, last)
    assert page.count('class="run-repeats__who"') == 5
    assert f"and {many - 5} more" in page


def test_a_workflow_that_names_whom_it_reaches_or_only_reads_or_never_ran_says_nothing(ann, ran):
    assert SAYS not in start(ann, ran(WRITE))
    assert SAYS not in start(ann, ran(CHECK))
    never = workflow_of(ann.team, INVITE_ALL)
    where = reverse("runs:start", args=[ann.team.slug, never.public_id])
    assert SAYS not in ann.get(where).content.decode()


def test_what_happened_in_the_sandbox_is_no_matter_for_a_real_account(ann, ran):
    last = ran()
    real = accounts.add_linkedapi(
        team=ann.team, actor=ann.user, name="Real",
        linked_api_token="linked_12345678", identification_token="id_12345678",
    )  # fmt: skip
    where = reverse("runs:plan", args=[ann.team.slug, last.workflow.public_id])
    assert SAYS in ann.post(where, {"connection": last.connection.public_id}).content.decode()
    assert SAYS not in ann.post(where, {"connection": real.public_id}).content.decode()


def test_a_run_that_was_cancelled_meanwhile_may_have_met_others(ann, ran, worker, account):
    last = ran()
    dial(account, delay=3600)
    waiting = ran()
    services.cancel(waiting, actor=ann.user)
    untold = worker.advance(waiting)
    assert untold.state == "cancelled"
    page = start(ann, last)
    assert "ended without telling whom it had met by then" in page
    assert reverse("runs:run", args=[ann.team.slug, untold.public_id]) in page
    assert f"{last.acts.count()} got it" in page


@pytest.mark.parametrize("wire", [INVITE_ALL, WRITE])
def test_a_run_in_doubt_is_to_be_decided_about_first(ann, ran, worker, account, wire):
    spoilt(account, "lost")
    doubtful = worker.advance(ran(wire))
    assert doubtful.state == "uncertain"
    for page in (start(ann, doubtful), again(ann, doubtful)):
        assert "is in doubt: nobody knows yet" in page
        assert reverse("runs:run", args=[ann.team.slug, doubtful.public_id]) in page

    services.give_up(doubtful, actor=ann.user)
    assert "is in doubt" not in start(ann, doubtful)


def test_a_workflow_that_only_reads_does_no_harm_twice(ann, ran, worker, account):
    spoilt(account, "lost")
    doubtful = worker.advance(ran(CHECK))
    assert doubtful.state == "uncertain"
    assert "is in doubt" not in start(ann, doubtful)


def test_also_when_the_workflow_is_gone(ann, ran):
    last = ran()
    workflows.delete(last.workflow, actor=ann.user)
    assert f"{last.acts.count()} got it" in again(ann, Run.objects.get(pk=last.pk))


def test_the_page_asks_the_database_no_more_often_for_many_runs(ann, ran):
    last = ran()
    where = reverse("runs:start", args=[ann.team.slug, last.workflow.public_id])
    ann.get(where)  # what is asked once for all is asked now
    once = count_queries(ann, where)
    for _ in range(3):
        ran()
    assert count_queries(ann, where) == once
