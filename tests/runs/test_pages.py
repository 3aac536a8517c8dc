"""Pages of runs: who may see and do what, and what they show."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from editor import catalog
from editor.lib.ids import new_id
from editor.runs import queries, transitions
from editor.runs.models import ActionResult, Run, State
from editor.runs.results import outcome
from editor.runs.workers import storing
from tests.runs.conftest import CHECK, INVITE_ALL, dial, workflow_of
from tests.runs.test_advance import spoilt


def url(name, run, *more):
    return reverse(f"runs:{name}", args=[run.team.slug, run.public_id, *more])


def start_url(workflow):
    return reverse("runs:start", args=[workflow.team.slug, workflow.public_id])


def states(html):
    """{action type: state} as the rows of the outline say it."""
    rows = re.findall(r'data-node-state="(\w+)" data-action-type="([\w.]+)"', html)
    return {action: state for state, action in rows}


def node_id(run, action_type):
    return run.results.filter(action_type=action_type).first().node_id


# --- Before a run ------------------------------------------------------------------------------


def press(person, workflow, **changes):
    """Fill in the form, tick the box that it shows, and press Run now."""
    form = {
        "submit_key": new_id(24),
        "connection": workflow.team.connections.get().public_id,
        "confirmed": box(person.get(start_url(workflow)).content.decode()),
    } | changes
    return person.post(start_url(workflow), form)


def box(html):
    """What the box for the confirmation stands for; "" when there is none."""
    found = re.search(r'name="confirmed" value="([^"]*)"', html)
    return found[1] if found else ""


def test_the_form_says_what_can_happen_at_most_and_asks_for_a_confirmation(ann):
    html = ann.get(start_url(workflow_of(ann.team, INVITE_ALL))).content.decode()
    assert "Send connection request" in html
    assert "3×" in html
    assert 'name="confirmed"' in html
    assert "Sandbox" in html


def test_a_workflow_that_only_reads_needs_no_confirmation(ann):
    workflow = workflow_of(ann.team, CHECK)
    assert 'name="confirmed"' not in ann.get(start_url(workflow)).content.decode()
    assert press(ann, workflow, confirmed="").status_code == 302


def test_run_queues_one_run_and_shows_it(ann):
    answer = press(ann, workflow_of(ann.team, INVITE_ALL))
    run = Run.objects.get()
    assert answer.headers["Location"] == url("run", run)
    assert (run.state, run.started_by) == ("queued", ann.user)


def test_a_double_click_is_one_run(ann):
    workflow = workflow_of(ann.team, CHECK)
    first, second = (press(ann, workflow, submit_key="once") for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"confirmed": ""}, "Tick the box"),
        ({"connection": ""}, "Choose the account"),
        ({"connection": "nonesuch"}, "Choose the account"),
        ({"submit_key": ""}, "Reload the page"),
        ({"submit_key": "x" * 500}, "Reload the page"),
    ],
)
def test_a_form_that_is_not_complete_says_what_is_missing(ann, changes, says):
    answer = press(ann, workflow_of(ann.team, INVITE_ALL), **changes)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Run.objects.exists()


def test_another_teams_connection_cannot_be_chosen(ann, eve):
    theirs = eve.team.connections.get().public_id
    assert press(ann, workflow_of(ann.team, CHECK), connection=theirs).status_code == 422


def test_a_workflow_with_errors_is_not_run(ann):
    workflow = workflow_of(ann.team, {"actionType": "st.sendMessage"})
    answer = press(ann, workflow)
    assert answer.status_code == 422
    assert "problem" in answer.content.decode()
    assert not Run.objects.exists()


# --- Who may -----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["ann", "bob", "rae"])
def test_runners_and_above_start_and_cancel(who, request, ann):
    person = request.getfixturevalue(who)
    assert press(person, workflow_of(ann.team, CHECK)).status_code == 302
    run = Run.objects.get()
    assert person.post(url("cancel", run)).status_code == 302
    assert Run.objects.get().state == "cancelled"


def test_a_viewer_looks_and_does_nothing(make_run, ann, vic):
    run = make_run(CHECK)
    page = vic.get(url("run", run))
    assert page.status_code == 200
    assert url("cancel", run) not in page.content.decode()
    assert vic.get(start_url(run.workflow)).status_code == 403
    assert press(vic, run.workflow).status_code == 403
    assert vic.post(url("cancel", run)).status_code == 403
    assert vic.post(url("decide", run, "send-again")).status_code == 403
    assert Run.objects.get().state == "queued"


def test_for_a_stranger_there_is_nothing_here(make_run, worker, eve):
    run = worker.advance(make_run(CHECK))
    theirs = eve.team.slug
    node = run.results.get().node_id
    for team in (run.team.slug, theirs):
        for name, more in {"run": [], "live": [], "node": [node], "export": []}.items():
            address = reverse(f"runs:{name}", args=[team, run.public_id, *more])
            assert eve.get(address).status_code == 404, address
        for name, more in {"cancel": [], "decide": ["give-up"]}.items():
            address = reverse(f"runs:{name}", args=[team, run.public_id, *more])
            assert eve.post(address).status_code == 404, address
        address = reverse("runs:start", args=[team, run.workflow.public_id])
        assert eve.get(address).status_code == 404
    assert eve.get(reverse("review:runs", args=[run.team.slug])).status_code == 404
    assert "Founders" not in eve.get(reverse("review:runs", args=[theirs])).content.decode()


# --- The list ----------------------------------------------------------------------------------


def many_runs(make_run, count):
    run = make_run(CHECK)
    copies = []
    for _ in range(count):
        values = {
            f.attname: getattr(run, f.attname) for f in Run._meta.concrete_fields if f.name != "id"
        }
        copies.append(
            Run(**values | {"public_id": new_id(), "submit_key": new_id(), "state": "failed"})
        )
    Run.objects.bulk_create(copies)
    return run


def test_the_list_is_paged_and_every_run_comes_once(ann, make_run):
    many_runs(make_run, 120)
    address = reverse("review:runs", args=[ann.team.slug])
    seen = []
    while address:
        html = ann.get(address).content.decode()
        seen += re.findall(r'href="/t/[^/]+/runs/(\w{12})"', html)
        more = re.search(r'href="(\?[^"]*)" rel="next"', html)
        address = more and reverse("review:runs", args=[ann.team.slug]) + more[1].replace(
            "&amp;", "&"
        )
    assert len(seen) == len(set(seen)) == 121


def test_the_list_filters_by_state_and_workflow(ann, make_run):
    run = many_runs(make_run, 3)
    other = make_run(INVITE_ALL)
    index = reverse("review:runs", args=[ann.team.slug])
    assert ann.get(index + "?state=queued").content.decode().count("run-table__link") == 2
    assert ann.get(index + "?state=failed").content.decode().count("run-table__link") == 3
    only = ann.get(f"{index}?workflow={other.workflow.public_id}").content.decode()
    assert only.count("run-table__link") == 1
    assert "not there" in ann.get(index + "?state=nonsense").content.decode()
    assert ann.get(index + "?cursor=nonsense").status_code == 404
    assert "run-table__link" not in ann.get(f"{index}?workflow=nonesuch").content.decode()
    assert run.public_id in ann.get(index).content.decode()


def test_the_list_costs_the_same_for_3_and_for_50_runs(ann, make_run):
    many_runs(make_run, 2)
    index = reverse("review:runs", args=[ann.team.slug])
    ann.get(index)
    few = count_queries(ann, index)
    many_runs(make_run, 60)
    assert count_queries(ann, index) == few


def count_queries(person, address):

    with CaptureQueriesContext(connection) as captured:
        assert person.get(address).status_code == 200
    return len(captured)


# --- One run -----------------------------------------------------------------------------------


def test_the_outline_shows_the_state_of_every_action(ann, make_run, worker):
    wire = json.loads(
        json.dumps(INVITE_ALL).replace("freight", "trellis-error-alreadyPending-every-2")
    )
    run = worker.advance(make_run(wire))
    html = ann.get(url("run", run)).content.decode()
    assert states(html) == {
        "st.searchPeople": "done",
        "st.doForPeople": "partly",
        "st.openPersonPage": "done",
        "st.checkConnectionStatus": "done",
        "st.sendConnectionRequest": "partly",
    }
    assert "acted ×2" in html
    assert "1 already pending" in html
    assert 'hx-trigger="every 1s"' not in html, "a finished run is not polled"


def test_errors_are_explained_with_their_remedy(ann, make_run, worker):
    url_ = "https://www.linkedin.com/in/trellis-error-personNotFound"
    run = worker.advance(make_run(CHECK | {"personUrl": url_}))
    html = ann.get(url("run", run) + "?tab=errors").content.decode()
    assert "Person not found" in html
    assert "leave the person out" in html


def test_a_failed_run_says_what_to_do(ann, make_run, worker, account):
    spoilt(account, "plusPlanRequired")
    html = ann.get(url("run", worker.advance(make_run(CHECK)))).content.decode()
    assert "Plus plan required" in html
    assert "Change the plan" in html


@pytest.mark.parametrize("tab", ["results", "errors", "json", "nonsense"])
@pytest.mark.parametrize("state", State.values)
def test_every_state_has_its_page(ann, make_run, state, tab):
    run = make_run(INVITE_ALL)
    Run.objects.filter(pk=run.pk).update(
        state=state, remote_id="wf-1", failure_reason="somethingNew"
    )
    page = ann.get(f"{url('run', run)}?tab={tab}")
    assert page.status_code == 200
    final = state in ("completed", "failed", "cancelled")
    assert set(states(page.content.decode()).values()) == {"not_reached" if final else "waiting"}
    assert ('hx-trigger="every 1s"' in page.content.decode()) is not final


def test_a_disabled_action_is_shown_as_left_out(ann, make_run, worker):
    run = make_run(INVITE_ALL)
    tree = outcome.unpack(run.plan.tree)
    for node in tree["nodes"]:
        if node["type"] == "st.openPersonPage":
            node["disabled"] = True
    run.plan.tree = outcome.pack(tree)
    run.plan.save()
    html = ann.get(url("run", run)).content.decode()
    assert states(html)["st.sendConnectionRequest"] == "skipped"


@pytest.mark.parametrize(
    "action", ["st.searchPeople", "st.openPersonPage", "st.sendConnectionRequest"]
)
def test_results_are_tables_with_names_and_outcomes(ann, make_run, worker, action):
    run = worker.advance(make_run(INVITE_ALL))
    names = [item["name"] for item in run.results.get(action_type="st.searchPeople").data]
    html = ann.get(url("node", run, node_id(run, action))).content.decode()
    assert all(name.replace("'", "&#x27;") in html for name in names)
    assert html.count("<tr>") == 4


def test_a_loop_shows_its_items_with_what_was_done_to_each(ann, make_run, worker):
    run = worker.advance(make_run(INVITE_ALL))
    loop = next(n for n, s in run.outcome.nodes.items() if s.get("items"))
    html = ann.get(url("node", run, loop)).content.decode()
    assert "<b>3</b> items" in html
    assert "Send connection request" in html
    assert html.count('data-tone="good"') >= 3


def test_raw_json_is_one_click_away(ann, make_run, worker):
    run = worker.advance(make_run(CHECK))
    html = ann.get(url("node", run, run.results.get().node_id) + "?tab=json").content.decode()
    assert "connectionStatus" in html
    export = ann.get(url("export", run))
    assert export.json() == json.loads(export.content)
    assert "attachment" in export["Content-Disposition"]
    assert export.json()["actionType"] == "st.checkConnectionStatus"


def test_what_does_not_exist_is_404(ann, make_run, worker):
    run = worker.advance(make_run(CHECK))
    node = run.results.get().node_id
    assert ann.get(url("node", run, "nonesuch")).status_code == 404
    for cursor in ("x", "-1", "1.2.3", "9" * 30, "1.", ".5", "²"):
        answer = ann.get(url("node", run, node), {"cursor": cursor})
        assert answer.status_code in (200, 404), cursor
    assert ann.get(url("node", run, node), {"cursor": "999999999"}).status_code == 200
    assert ann.get(url("run", run) + "?node=nonesuch").status_code == 200
    assert ann.get(reverse("runs:run", args=[ann.team.slug, "nonesuch"])).status_code == 404
    assert ann.post(url("decide", run, "nonsense")).status_code == 404
    assert ann.get(url("cancel", run)).status_code == 405


# --- Live --------------------------------------------------------------------------------------


def test_while_nothing_changes_the_answer_is_304(ann, make_run, worker, account):
    dial(account, delay=3600)
    run = worker.advance(make_run(CHECK))
    address = url("live", run) + "?shows=waiting"
    first = ann.get(address)
    assert "hx-partial" not in first.content.decode(), "the outline has not changed"
    tag = first["HX-PTag"]
    again = ann.get(address, headers={"HX-PTag": tag})
    assert (again.status_code, again.content) == (304, b"")
    account.workflows.update(ends_at=timezone.now(), starts_at=timezone.now())
    Run.objects.update(next_look_at=timezone.now())
    worker.advance(run)
    changed = ann.get(address, headers={"HX-PTag": tag})
    html = changed.content.decode()
    assert changed.status_code == 200
    assert states(html) == {"st.checkConnectionStatus": "done"}
    assert "every 1s" not in html, "polling stops when the run has finished"


def test_a_pending_reason_is_shown_when_it_comes(ann, make_run, worker, account):
    spoilt(account, "invalidIdentificationToken", call="GET /workflows")
    run = worker.advance(make_run(CHECK))
    html = ann.get(url("live", run) + "?shows=waiting").content.decode()
    assert "Copy the current identification token" in html


@pytest.mark.parametrize(
    ("reason", "said", "word", "brief"),
    [
        ("outsideWorkingHours", "Parked until Wed, 08:30.", "Parked", "Parked until Wed, 08:30."),
        ("outsideWorkingHours", "", "Parked", "Outside working hours"),
        ("queued", "", "In line", "Behind other work of the account"),
        ("somethingNew", "", "Waiting", "Something new"),
        ("", "", "Running", ""),
    ],
)
def test_what_a_run_waits_for_stands_on_its_page_and_in_the_list(
    ann, make_run, worker, account, reason, said, word, brief
):
    dial(account, delay=3600)
    run = worker.advance(make_run(CHECK))
    Run.objects.filter(pk=run.pk).update(pending_reason=reason, pending_message=said)
    page = ann.get(url("run", run)).content.decode()
    rows = ann.get(reverse("review:runs", args=[ann.team.slug])).content.decode()
    assert f">{word}</span>" in page
    assert f">{word}</span>" in rows
    assert brief in rows
    assert said in page


# --- Uncertain ---------------------------------------------------------------------------------


@pytest.fixture
def uncertain(make_run, worker, account):
    spoilt(account, "lost")
    return worker.advance(worker.advance(make_run(INVITE_ALL)))


def test_the_page_shows_the_evidence_and_asks(ann, uncertain):
    html = ann.get(url("run", uncertain)).content.decode()
    assert "speaks for" in html
    assert "Open person page" in html
    for verb in ("arrived", "watch", "send-again", "give-up"):
        assert url("decide", uncertain, verb) in html


def test_a_viewer_sees_the_evidence_and_no_buttons(vic, uncertain):
    html = vic.get(url("run", uncertain)).content.decode()
    assert "speaks for" in html
    assert "/decide/" not in html


def test_the_decisions_are_buttons(ann, uncertain, worker, account):
    remote_id = account.workflows.get().remote_id
    ann.post(url("decide", uncertain, "watch"))
    assert Run.objects.get().state == "uncertain"
    wrong = ann.post(url("decide", uncertain, "arrived"), {"remote_id": "../x"}, follow=True)
    assert "not a workflow ID" in wrong.content.decode()
    ann.post(url("decide", uncertain, "arrived"), {"remote_id": remote_id})
    assert worker.advance(uncertain).state == "completed"
    late = ann.post(url("decide", uncertain, "send-again"), follow=True)
    assert "decided already" in late.content.decode()
    assert Run.objects.get().state == "completed"


# --- Big ---------------------------------------------------------------------------------------


def big_run(make_run, worker, items):
    """A run whose loop went over many items, stored the way every run is."""
    run = queries.for_worker(make_run(INVITE_ALL).pk)
    person = {"name": "Ines", "publicUrl": "https://www.linkedin.com/in/example-ines"}
    opened = {
        "actionType": "st.openPersonPage",
        "success": True,
        "data": person
        | {
            "then": [
                {"actionType": "st.checkConnectionStatus", "label": "before", "success": True,
                 "data": {"connectionStatus": "notConnected"}},
                {"actionType": "st.sendConnectionRequest", "success": True},
            ]
        },
    }  # fmt: skip
    completion = {
        "actionType": "st.searchPeople",
        "success": True,
        "data": [person | {"then": [opened]} for _ in range(items)],
    }
    transitions.claim_start(run, "w", timezone.now())
    tree = outcome.tree_of(run.plan)
    storing.store(
        [(run, outcome.prepare(run.pk, tree, completion, catalog.default()))], timezone.now()
    )
    return Run.objects.get(pk=run.pk)


def test_a_loop_of_a_thousand_items_is_stored_in_bulk(
    make_run, worker, django_assert_max_num_queries
):
    with django_assert_max_num_queries(100):
        run = big_run(make_run, worker, 1_000)
    assert (run.state, run.done, run.acted) == ("completed", 3_001, 1_000)
    assert ActionResult.objects.filter(run=run).count() == 3_001


def test_pages_of_a_big_run_cost_the_same_as_of_a_small_one(ann, make_run, worker):
    small, big = big_run(make_run, worker, 3), big_run(make_run, worker, 300)
    ann.get(url("run", small))  # the session remembers the team from here on
    for tab in ("results", "errors", "json"):
        for action in ("st.searchPeople", "st.openPersonPage", "st.sendConnectionRequest"):
            few, many = (
                count_queries(ann, f"{url('node', run, node_id(run, action))}?tab={tab}")
                for run in (small, big)
            )
            assert few == many, (tab, action)
    assert count_queries(ann, url("run", small)) == count_queries(ann, url("run", big))


def test_items_come_page_by_page_and_each_once(ann, make_run, worker):
    run = big_run(make_run, worker, 60)
    for action in ("st.searchPeople", "st.sendConnectionRequest"):
        address, rows = url("node", run, node_id(run, action)), 0
        cursor = ""
        for _ in range(3):
            html = ann.get(address, {"cursor": cursor}).content.decode()
            rows += html.count("<tr>") - 1
            more = re.findall(r"cursor=([\d.]+)", html)
            cursor = more[-1] if more else ""
        assert rows == 60
        assert not cursor
