"""A connection that stops working: its queue waits, says why, and goes on when it is mended."""

import re
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts import health
from accounts import services as accounts
from accounts.models import Connection
from editor.linkedapi import Account, Client
from editor.runs import queries, transitions
from editor.runs.models import Run
from editor.runs.workers.probing import probe_due
from editor.sandbox import services as sandbox
from tests.runs.conftest import CHECK, InProcess, arrived, dial, make_due
from tests.runs.test_advance import spoilt


def probe(transport=None):
    """What the worker does once a second for connections that are due."""

    async def go():
        async with Client(transport or InProcess()) as client:
            await probe_due(client)

    async_to_sync(go)()


def make_probe_due(connection):
    Connection.objects.filter(pk=connection.pk).update(probe_at=timezone.now())
    connection.refresh_from_db()


def sign_out(account):
    sandbox.set_status(account, "reconnection_required", timezone.now())


def mend(account):
    sandbox.set_status(account, "active", timezone.now())


def states(*runs):
    return [Run.objects.get(pk=run.pk).state for run in runs]


# --- The queue waits ---------------------------------------------------------------------------


def test_a_signed_out_account_holds_its_queue_and_goes_on_once_it_is_connected_again(
    make_run, worker, account, connection
):
    sign_out(account)
    runs = [make_run(CHECK) for _ in range(3)]
    worker.take_all_due()

    connection.refresh_from_db()
    assert connection.error_type == "linkedinAccountSignedOut"
    assert connection.paused
    assert states(*runs) == ["queued"] * 3
    assert queries.due(10) == [], "one start found it out, for all"

    since = connection.state_since
    make_probe_due(connection)
    probe()
    connection.refresh_from_db()
    assert (connection.state, connection.probes, connection.state_since) == ("refused", 2, since)
    assert connection.probe_at > timezone.now()

    mend(account)
    make_probe_due(connection)
    probe()
    connection.refresh_from_db()
    assert (connection.state, connection.error_type, connection.paused) == ("working", "", False)
    for _ in runs:
        worker.take_all_due()
    assert states(*runs) == ["completed"] * 3
    assert arrived(account) == 3


@pytest.mark.parametrize("answer", sorted(health.NEEDS_A_PERSON - {"tokenUnusable"}))
def test_whatever_a_person_must_mend_holds_the_queue_instead_of_failing_the_run(
    make_run, worker, account, connection, answer
):
    spoilt(account, answer)
    run = worker.advance(make_run(CHECK))
    assert (run.state, run.pending_reason, run.holds_queue) == ("queued", answer, False)
    connection.refresh_from_db()
    assert (connection.error_type, connection.paused) == (answer, True)
    assert connection.trouble.remedy


def test_what_a_good_answer_cannot_tell_is_tried_by_the_next_run_ever_more_rarely(
    make_run, worker, account, connection
):
    """The Plus plan: nothing but a start says whether it is there."""
    spoilt(account, "plusPlanRequired", "plusPlanRequired")
    run = worker.advance(make_run(CHECK))
    connection.refresh_from_db()
    since, first_pause = connection.state_since, connection.probe_at - timezone.now()

    make_probe_due(connection)
    probe()
    connection.refresh_from_db()
    assert (connection.state, connection.error_type) == ("refused", "plusPlanRequired")
    assert [due.pk for due in queries.due(10)] == [run.pk], "on trial"

    worker.take_all_due()
    connection.refresh_from_db()
    assert states(run) == ["queued"]
    assert connection.probe_at - timezone.now() > first_pause * 1.5
    assert connection.state_since == since

    make_probe_due(connection)
    probe()
    worker.take_all_due()
    connection.refresh_from_db()
    assert states(run) == ["completed"]
    assert (connection.state, connection.error_type, connection.probes) == ("working", "", 0)
    assert arrived(account) == 1


def test_tokens_that_cannot_be_decrypted_mark_the_connection_and_stop_nobody(
    make_run, ann, worker, account, connection, settings
):
    run = make_run(CHECK)
    keys, settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS, [OTHER_KEY]
    worker.take_all_due()
    connection.refresh_from_db()
    assert (states(run), connection.error_type) == (["queued"], "tokenUnusable")
    assert worker.transport.requests == []
    page = ann.get(reverse("accounts:team", args=[ann.team.slug])).content.decode()
    assert "put the old key back into ENCRYPTION_KEYS" in page

    make_probe_due(connection)
    probe()
    connection.refresh_from_db()
    assert (connection.error_type, connection.probes) == ("tokenUnusable", 2)

    settings.ENCRYPTION_KEYS = keys
    make_probe_due(connection)
    probe()
    worker.take_all_due()
    assert states(run) == ["completed"]


OTHER_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def test_a_look_that_is_refused_for_such_a_reason_marks_the_connection_too(
    make_run, worker, account, connection
):
    spoilt(account, "invalidIdentificationToken", call="GET /workflows")
    run, behind = worker.advance(make_run(CHECK)), make_run(CHECK)
    connection.refresh_from_db()
    assert (run.state, connection.error_type) == ("waiting", "invalidIdentificationToken")

    make_probe_due(connection)
    probe()
    for _ in range(2):
        worker.take_all_due()  # at once: the probe has woken it
    assert states(run, behind) == ["completed", "completed"]
    assert arrived(account) == 2


def test_a_look_that_the_service_asked_to_put_off_is_not_woken_with_the_others(
    make_run, worker, account, connection
):
    spoilt(account, "tooManyRequests-30", call="GET /workflows")
    run = worker.advance(make_run(CHECK))
    transitions.wake(connection.pk, timezone.now())
    assert queries.due(5) == []
    Run.objects.filter(pk=run.pk).update(pending_reason="invalidIdentificationToken")
    transitions.wake(connection.pk, timezone.now())
    assert [due.pk for due in queries.due(5)] == [run.pk]


def test_a_workflow_that_ends_because_the_account_was_signed_out_marks_it_for_the_next(
    make_run, worker, connection
):
    url = "https://www.linkedin.com/in/trellis-fail-linkedinAccountSignedOut"
    assert worker.advance(make_run(CHECK | {"personUrl": url})).state == "failed"
    connection.refresh_from_db()
    assert (connection.error_type, connection.paused) == ("linkedinAccountSignedOut", True)


def test_other_connections_go_on(make_run, ann, worker, account, connection):
    other = accounts.add_sandbox(team=ann.team, actor=ann.user, name="Another")
    sign_out(account)
    held, free = make_run(CHECK), make_run(CHECK, connection=other)
    worker.take_all_due()
    assert states(held) == ["queued"]
    assert free.pk not in [run.pk for run in queries.due(10)]
    assert states(free) != ["queued"]


def test_a_run_on_hold_can_be_cancelled_also_while_it_was_being_sent(
    make_run, worker, account, connection
):
    sign_out(account)
    run = make_run(CHECK)
    worker.take_all_due()
    Run.objects.filter(pk=run.pk).update(cancel_asked_at=timezone.now())
    worker.take_all_due()
    assert states(run) == ["cancelled"]


# --- Probes ------------------------------------------------------------------------------------


def test_nothing_is_asked_as_long_as_nothing_waits(make_run, worker, account, connection):
    sign_out(account)
    run = make_run(CHECK)
    worker.take_all_due()
    make_probe_due(connection)
    Run.objects.filter(pk=run.pk).update(state="cancelled", next_look_at=None)
    assert queries.due_probes(10) == []


def test_a_new_run_has_the_connection_asked_at_once_but_not_with_every_run(
    make_run, worker, account, connection
):
    sign_out(account)
    make_run(CHECK)
    worker.take_all_due()
    in_an_hour = timezone.now() + timedelta(hours=1)
    asked = Connection.objects.filter(pk=connection.pk)
    asked.update(probe_at=in_an_hour, checked_at=timezone.now())
    make_run(CHECK)
    assert queries.due_probes(10) == []
    asked.update(checked_at=timezone.now() - timedelta(minutes=1))
    assert [due.pk for due in queries.due_probes(10)] == [connection.pk]


def test_no_answer_leaves_the_mark_and_asks_later(
    make_run, worker, account, connection, unreachable
):
    sign_out(account)
    make_run(CHECK)
    worker.take_all_due()
    make_probe_due(connection)
    probe(unreachable.transport)
    connection.refresh_from_db()
    assert (connection.state, connection.error_type, connection.probes) == (
        "refused",
        "linkedinAccountSignedOut",
        2,
    )


def test_two_workers_ask_once(make_run, worker, account, connection):
    sign_out(account)
    make_run(CHECK)
    worker.take_all_due()
    make_probe_due(connection)
    one, two = queries.due_probes(1) + queries.due_probes(1)
    assert health.claim_probe(one, timezone.now())
    assert not health.claim_probe(two, timezone.now())


def test_pauses_grow_up_to_an_hour_and_respect_the_service():
    pauses = [health._probe_pause(n).total_seconds() for n in (1, 2, 3, 20)]
    assert pauses == [pytest.approx(s, rel=0.11) for s in (15, 30, 60, 3600)]
    slow = health.Refused("", type="tooManyRequests", retry_after=7200)
    assert health._probe_pause(1, slow) > timedelta(hours=1.7)


def test_asking_costs_the_same_for_one_and_for_many_connections(
    make_run, ann, worker, account, connection, django_assert_num_queries
):
    sign_out(account)
    make_run(CHECK)
    worker.take_all_due()
    for name in ("B", "C", "D"):
        other = accounts.add_sandbox(team=ann.team, actor=ann.user, name=name)
        make_run(CHECK, connection=other)
    Connection.objects.update(probe_at=timezone.now() - timedelta(seconds=1), probes=F("probes"))
    with django_assert_num_queries(1):
        assert len(queries.due_probes(10)) == 4
    with django_assert_num_queries(1):
        assert queries.due(10) == []


# --- What people see ---------------------------------------------------------------------------


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def test_the_run_the_list_the_form_and_the_team_page_say_why_and_what_to_do(
    make_run, ann, rae, worker, account, connection
):
    sign_out(account)
    first, second = make_run(CHECK), make_run(CHECK)
    worker.take_all_due()
    for run in (first, second):
        page = words(ann.get(run_url("run", run)).content.decode())
        assert "On hold" in page
        assert "LinkedIn account signed out" in page
        assert "Reconnect the LinkedIn account at Linked API." in page
        assert "Noticed" in page
        assert "Check now" in page
        assert "Sign it in again" in page
        theirs = words(rae.get(run_url("run", run)).content.decode())
        assert "An admin of the team gets the link" in theirs
    index = words(ann.get(reverse("review:runs", args=[ann.team.slug])).content.decode())
    assert index.count("LinkedIn account signed out") == 2
    form = reverse("runs:start", args=[ann.team.slug, first.workflow.public_id])
    assert "A run started now waits until then." in words(ann.get(form).content.decode())
    team = words(ann.get(reverse("accounts:team", args=[ann.team.slug])).content.decode())
    assert "its runs wait" in team
    detail = reverse("accounts:connection", args=[ann.team.slug, connection.public_id])
    assert "Linked API" in words(ann.get(detail).content.decode())


@pytest.mark.parametrize(
    ("kind", "trouble", "where", "words_of_it"),
    [
        ("linkedapi", "invalidIdentificationToken", "#tokens", "Replace the tokens"),
        ("sandbox", "invalidIdentificationToken", "", "Open the connection"),
        ("linkedapi", "plusPlanRequired", "", "Open the connection"),
    ],
)
def test_what_mends_an_account_is_one_click_away(
    kind, trouble, where, words_of_it, make_run, ann, rae, connection
):
    run = make_run(CHECK)
    refused = health.Refused("No.", type=trouble)
    health.pause(connection, refused, timezone.now())
    Connection.objects.update(kind=kind)
    page = ann.get(run_url("run", run)).content.decode()
    there = reverse("accounts:connection", args=[ann.team.slug, connection.public_id])
    assert f'<a href="{there}{where}">{words_of_it}</a>' in page
    assert ann.get(there).status_code == 200
    asks = (
        "An admin of the team can replace the tokens."
        in rae.get(run_url("run", run)).content.decode()
    )
    assert asks == (where == "#tokens")


def run_url(name, run):
    return reverse(f"runs:{name}", args=[run.team.slug, run.public_id])


def test_check_now_asks_at_once(make_run, rae, worker, account, connection):
    sign_out(account)
    run = make_run(CHECK)
    worker.take_all_due()
    assert queries.due_probes(10) == []
    rae.post(run_url("check", run))
    assert [found.pk for found in queries.due_probes(10)] == [connection.pk]

    mend(account)
    probe()
    page = rae.post(run_url("check", run), follow=True).content.decode()
    assert "is not on hold any more" in page


def test_a_page_that_shows_a_run_on_hold_changes_when_the_connection_does(
    make_run, ann, worker, account, connection
):
    sign_out(account)
    run = make_run(CHECK)
    live = run_url("live", run) + "?shows=queued"
    tag = ann.get(live)["HX-PTag"]
    worker.take_all_due()
    answer = ann.get(live, headers={"HX-PTag": tag})
    assert answer.status_code == 200
    tag = answer["HX-PTag"]
    assert ann.get(live, headers={"HX-PTag": tag}).status_code == 304
    mend(account)
    make_probe_due(connection)
    probe()
    assert ann.get(live, headers={"HX-PTag": tag}).status_code == 200


def test_a_closed_account_that_refuses_starts_is_waited_for(make_run, worker, account, connection):
    night = {"from": "00:00", "to": "00:01", "days": [], "timeZone": "Europe/Lisbon"}
    dial(account, workingHours=night | {"offHours": "refuse"})
    run = worker.advance(make_run(CHECK))
    assert (run.state, run.pending_reason) == ("queued", "outsideWorkingHours")
    assert run.next_look_at - timezone.now() > timedelta(minutes=4)
    connection.refresh_from_db()
    assert not connection.paused
    dial(account, workingHours=None)
    make_due(run)
    assert worker.advance(run).state == "completed"


# --- Two at once -------------------------------------------------------------------------------


SIGNED_OUT = health.Refused("Signed out.", type="linkedinAccountSignedOut")


def test_a_second_run_that_meets_the_same_trouble_does_not_put_the_next_probe_off(connection):
    now = timezone.now()
    assert health.pause(connection, SIGNED_OUT, now)
    assert not health.pause(connection, SIGNED_OUT, now)
    connection.refresh_from_db()
    assert connection.probes == 1


@pytest.mark.parametrize("meanwhile", [{"error_type": "subscriptionRequired"}, {"probe_at": None}])
def test_what_was_asked_before_says_nothing_of_what_has_happened_since(connection, meanwhile):
    health.pause(connection, SIGNED_OUT, timezone.now())
    asked = Connection.objects.get(pk=connection.pk)
    Connection.objects.filter(pk=connection.pk).update(**meanwhile)
    fine = health.Finding(None, Account("Ada", "url"), "active")
    assert not health.note(asked, fine, timezone.now())
    assert Connection.objects.get(pk=connection.pk).state == "refused"
