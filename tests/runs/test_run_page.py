"""Looking at one run: from the outline to an item, and to everything that was done to it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from editor.lib.ids import new_id
from editor.runs.models import Run
from editor.runs.results import outcome, outline
from editor.runs.results.outcome import Summary
from editor.trees.codec import from_wire
from editor.workflows import services as workflows
from tests.runs.conftest import CHECK, INVITE_ALL, dial
from tests.runs.test_outcome import finish
from tests.runs.test_pages import count_queries, url
from tests.sandbox import samples

COMPANIES = {
    "actionType": "st.searchCompanies",
    "term": "freight",
    "limit": 2,
    "then": {
        "actionType": "st.doForCompanies",
        "then": {
            "actionType": "st.openCompanyPage",
            "basicInfo": True,
            "then": {
                "actionType": "st.retrieveCompanyEmployees",
                "limit": 7,
                "then": {
                    "actionType": "st.doForPeople",
                    "then": {
                        "actionType": "st.openPersonPage",
                        "basicInfo": True,
                        "then": {"actionType": "st.sendMessage", "text": "Hello there"},
                    },
                },
            },
        },
    },
}


def node_id(run, action_type):
    nodes = outcome.tree_of(run.plan).nodes.values()
    return next(node.id for node in nodes if node.type == action_type)


@pytest.fixture
def show(ann):
    """The results of an action of a run, as HTML."""

    def show(run, action, **fields):
        answer = ann.get(url("node", run, node_id(run, action)), fields)
        assert answer.status_code == 200, answer
        return answer.content.decode()

    return show


def done(html):
    """What was done to an item: (name, state) down the inner outline."""
    return re.findall(
        r'data-done-state="(\w+)">.*?<span class="done-one__name">(.*?)</span>', html, re.DOTALL
    )


# --- Items -------------------------------------------------------------------------------------


def test_an_item_shows_everything_that_was_done_to_it(make_run, worker, show):
    run = worker.advance(make_run(INVITE_ALL))
    person = run.results.get(action_type="st.searchPeople").data[1]
    html = show(run, "st.doForPeople", item="1")
    assert person["headline"] in html
    assert "2 of 3" in html
    assert done(html) == [
        ("done", "Open person page"),
        ("done", "Check connection status"),
        ("done", "Send connection request"),
    ]
    assert re.findall(r'item=(\d)" data-item-step', html) == ["0", "2"], "to its neighbours"


def test_an_item_that_failed_says_why_and_what_was_not_reached(make_run, worker, show):
    search = INVITE_ALL | {"term": "trellis-error-personNotFound"}
    run = worker.advance(make_run([search, {"actionType": "st.retrieveSSI"}]))
    failed = run.results.filter(success=False, action_type="st.openPersonPage").first()
    if failed is None:
        pytest.fail("the sandbox makes no item fail")
    html = show(run, "st.openPersonPage", item=failed.path)
    assert done(html) == [
        ("failed", "Open person page"),
        ("not_reached", "Check connection status"),
        ("not_reached", "Send connection request"),
    ]
    assert "?error=personNotFound" in html, "a link to all runs with this error"


def test_what_the_service_said_at_length_is_folded(ann, make_run, show):
    said = "It did not go well. " * 50 + "The end."
    run = finish(make_run(CHECK), failed_with(said))
    html = show(run, "st.checkConnectionStatus")
    assert re.search(r"<details class=\"said\"><summary>[^<]{200,300}<span", html), "its beginning"
    assert html.count("The end.") == 1, "and all of it, once it is opened"
    short = show(finish(make_run(CHECK), failed_with("No.")), "st.checkConnectionStatus")
    assert "The service said: No." in short
    assert "Show all" not in short


def failed_with(message):
    error = {"type": "personNotFound", "message": message}
    return {"actionType": "st.checkConnectionStatus", "success": False, "error": error}


def test_a_list_inside_an_item_leads_to_its_own_items(make_run, worker, show):
    run = worker.advance(make_run(COMPANIES))
    company = show(run, "st.openCompanyPage", item="1")
    assert done(company) == [("done", "Open company page"), ("done", "Retrieve employees")]
    found = run.results.get(action_type="st.retrieveCompanyEmployees", path="1").data
    assert f"{len(found)} found" in company
    assert "item=1.0" in company
    person = show(run, "st.retrieveCompanyEmployees", item="1.0")
    assert found[0]["name"] in person
    assert done(person) == [("done", "Open person page"), ("done", "Send message")]
    assert "Hello there" in person, "what was sent"
    within = show(run, "st.retrieveCompanyEmployees", within="1")
    assert all(one["name"].replace("'", "&#x27;") in within for one in found)
    assert within.count('class="pane-heading"') == 1
    both = show(run, "st.retrieveCompanyEmployees")
    assert both.count('class="pane-heading"') == 2, "of which company each is"


@pytest.mark.parametrize("item", ["3", "-1", "x", "0.0", "0.0.0", "9" * 30, "²", "0."])
def test_an_item_that_is_not_there_is_404(ann, make_run, worker, item):
    run = worker.advance(make_run(INVITE_ALL))
    for action in ("st.searchPeople", "st.sendConnectionRequest"):
        address = url("node", run, node_id(run, action))
        assert ann.get(address, {"item": item}).status_code == 404
    check = worker.advance(make_run(CHECK))
    address = url("node", check, node_id(check, "st.checkConnectionStatus"))
    assert ann.get(address, {"item": "0"}).status_code == 404


def test_an_item_costs_the_same_in_a_list_of_3_and_of_30(ann, make_run, worker, account):
    dial(account, results=30)
    few, many = (worker.advance(make_run(INVITE_ALL | {"limit": n})) for n in (3, 30))
    ann.get(url("run", few))
    costs = [
        count_queries(ann, f"{url('node', run, node_id(run, 'st.doForPeople'))}?item=1")
        for run in (few, many)
    ]
    assert costs[0] == costs[1]


def test_the_address_of_a_page_says_what_it_shows(ann, make_run, worker):
    run = worker.advance(make_run(INVITE_ALL))
    node = node_id(run, "st.sendConnectionRequest")
    html = ann.get(url("run", run), {"node": node, "item": "2"}).content.decode()
    assert "3 of 3" in html
    assert re.search(rf'id="node-{node}"[^>]*aria-selected="true"', html)


# --- What was asked, what came, as JSON --------------------------------------------------------


def test_what_an_action_was_asked_for_stands_above_its_results(make_run, worker, show):
    html = show(worker.advance(make_run(INVITE_ALL)), "st.searchPeople")
    assert re.search(r"Search words\s*<b>freight</b>", html)


def test_json_is_a_tree_whose_parts_can_be_fetched(ann, make_run, worker, show):
    run = worker.advance(make_run(INVITE_ALL))
    found = run.results.get(action_type="st.searchPeople")
    html = show(run, "st.searchPeople", tab="json")
    assert "st.searchPeople" in html
    address = url("part", run, found.node_id)
    part = ann.get(address, {"at": 0, "pointer": "/data/1"})
    assert found.data[1]["publicUrl"] in part.content.decode()
    raw = ann.get(address, {"at": 0, "pointer": "/data/1/name", "raw": 1})
    assert raw.content.decode() == f'"{found.data[1]["name"]}"'
    assert raw["Content-Type"].startswith("text/plain")
    for fields in ({"at": 1}, {"at": "x"}, {"pointer": "/nope"}, {"from": "-1"}):
        assert ann.get(address, fields).status_code == 404, fields


def test_what_is_hidden_from_a_role_is_hidden_in_what_was_asked_too(ann, vic, make_run, worker):
    ann.team.messages_for = "admin"
    ann.team.save()
    run = worker.advance(make_run(COMPANIES))
    node = node_id(run, "st.sendMessage")
    for fields in ({}, {"item": "1.0"}, {"tab": "json"}):
        html = vic.get(url("node", run, node), fields).content.decode()
        assert "Hello there" not in html, fields
    assert "Hello there" in ann.get(url("node", run, node)).content.decode()


# --- The page as a whole -----------------------------------------------------------------------


def test_a_run_opens_on_what_it_ran_also_when_the_workflow_has_changed_or_is_gone(
    ann, make_run, worker
):
    run = worker.advance(make_run(INVITE_ALL))
    workflow = run.workflow
    before = re.findall(r'data-action-type="([^"]+)"', ann.get(url("run", run)).content.decode())
    other = from_wire({"actionType": "st.retrieveSSI"}, new_id)
    workflows.replace_all(workflow, other, actor=ann.user, base_revision=workflow.revision)
    for step in ("changed", "deleted"):
        if step == "deleted":
            workflow.delete()
        run = Run.objects.get(pk=run.pk)
        html = ann.get(url("run", run)).content.decode()
        assert re.findall(r'data-action-type="([^"]+)"', html) == before, step
        assert run.workflow_name in html
        assert ann.get(url("node", run, node_id(run, "st.searchPeople"))).status_code == 200
    assert "Its workflow was deleted." in html
    assert ann.post(url("draft", run)).status_code == 302
    assert (
        run.workflow_name in ann.get(reverse("review:runs", args=[ann.team.slug])).content.decode()
    )


def test_how_long_a_run_waited_and_ran_is_told_apart(ann, make_run, worker):
    run = worker.advance(make_run(CHECK))
    at = run.created_at
    Run.objects.filter(pk=run.pk).update(
        accepted_at=at + timedelta(seconds=12), finished_at=at + timedelta(seconds=680)
    )
    html = ann.get(url("run", run)).content.decode()
    assert "in 11 min 20 s" in html
    assert "(waited 12 s, ran 11 min 8 s)" in html


def test_the_outline_marks_what_failed_and_the_way_to_it(ann, make_run, worker):
    run = make_run(
        [{"actionType": "st.openPersonPage", "personUrl": person, "basicInfo": True,
          "then": [{"actionType": "st.checkConnectionStatus"}]}
         for person in ("https://www.linkedin.com/in/trellis-error-personNotFound",
                        "https://www.linkedin.com/in/example-ada")]
    )  # fmt: skip
    html = ann.get(url("run", worker.advance(run))).content.decode()
    rows = re.findall(r'data-node-state="(\w+)"[^>]*>', html)
    marked = re.findall(r'<li class="node"[^>]*data-failed', html)
    assert rows == ["failed", "not_reached", "done", "done"]
    assert len(marked) == 1
    assert len(re.findall(r'<li class="node"[^>]*data-trouble', html)) == 1


def test_what_is_shown_stays_when_the_page_brings_itself_up_to_date(ann, make_run, worker):
    run = worker.advance(make_run(INVITE_ALL))
    node = node_id(run, "st.sendConnectionRequest")
    page = f"http://testserver{url('run', run)}?node={node}&item=1"
    headers = {"HX-Request": "true", "HX-Current-URL": page}
    html = ann.get(url("live", run) + "?shows=waiting", headers=headers).content.decode()
    assert "2 of 3" in html
    assert re.search(rf'id="node-{node}"[^>]*aria-selected="true"', html)


@pytest.mark.parametrize(("rest", "words"), [(1, "1 other error"), (2, "2 other errors")])
def test_of_many_kinds_of_errors_the_outline_names_three_and_counts_the_rest(rest, words):
    errors = {"alreadyPending": 9, "personNotFound": 8, "postNotFound": 7, "brandNew": rest}
    told = outline.facts(Summary("failed", failed=24 + rest, errors=errors))
    assert [text for text, _ in told][-2:] == ["7 post not found", words]


def test_names_from_outside_are_escaped_in_the_outline(ann, make_run):
    run = make_run(CHECK | {"label": '"><script>x</script>'})
    assert "<script>x" not in ann.get(url("run", run)).content.decode()


def test_the_results_of_every_action_are_shown_as_what_they_are(ann, make_run, worker):
    """As the sandbox gives them: no pane is empty or falls back on numbers."""
    run = worker.advance(make_run([samples.workflow(name) for name in samples.TYPES]))
    assert run.state == "completed"
    for result in run.results.all():
        html = ann.get(url("node", run, result.node_id)).content.decode()
        shape = samples.KNOWN.actions[result.action_type].result.shape
        if not result.success:
            assert "pane-error" in html, result.action_type
        elif shape == "array" and result.data:
            assert 'class="pane-open"' in html, result.action_type
            assert not re.search(r">Item \d", html), result.action_type
        elif shape == "object":
            assert 'class="thing"' in html, result.action_type
        elif shape == "none":
            assert "gives no data back" in html, result.action_type


def test_a_search_that_found_nothing_says_so(ann, make_run, worker, account):
    dial(account, results=0)
    run = worker.advance(make_run(INVITE_ALL))
    html = ann.get(url("run", run)).content.decode()
    assert "0 found" in html
    assert "Nothing was found" in html


@pytest.mark.parametrize("odd", [None, 42, True, "only a text", [], {}])
def test_an_item_of_an_unknown_shape_opens_with_its_json(ann, make_run, show, odd):
    came = {"actionType": "st.searchPeople", "success": True, "data": [{"name": "Ines"}, odd]}
    html = show(finish(make_run(INVITE_ALL), came), "st.doForPeople", item="1")
    address = re.search(r'hx-get="([^"]*pointer=/data/1)"', html)[1]
    answer = ann.get(unescape(address))
    assert answer.status_code == 200
    assert str(odd or "").lower() in answer.content.decode().lower()


def test_a_list_where_one_thing_was_expected_opens_item_by_item(make_run, show):
    asked = {"actionType": "st.openJob", "jobUrl": "https://www.linkedin.com/jobs/view/1"}
    came = {"actionType": "st.openJob", "success": True, "data": [{"title": "Captain"}]}
    run = finish(make_run(asked), came)
    assert "item=0" in show(run, "st.openJob")
    assert "Captain" in show(run, "st.openJob", item="0")
