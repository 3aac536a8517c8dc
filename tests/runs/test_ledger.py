"""The ledger: every act with its target, entered once, found again however the address is written."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import services as accounts
from editor import catalog
from editor.runs import ledger
from editor.runs.models import Act, ActTarget, Run, RunOutcome, State
from editor.runs.results import outcome
from editor.runs.workers import storing
from editor.trees import codec, results
from tests.runs.conftest import CHECK, INVITE_ALL

ADA = "https://www.linkedin.com/in/example-ada"
WRITE = {"actionType": "st.sendMessage", "personUrl": ADA, "text": "Hello"}
INVITE = "st.sendConnectionRequest"


def acts():
    return list(Act.objects.order_by("pk").values_list("action_type", "target"))


def keys(act):
    return set(act.targets.values_list("key", flat=True))


# --- Entering ----------------------------------------------------------------------------------


def test_an_act_is_entered_with_who_did_what_to_whom(make_run, worker, ann, connection):
    run = worker.advance(make_run(WRITE))
    act = Act.objects.get()
    assert (act.action_type, act.target, act.by_name) == ("st.sendMessage", ADA, str(ann.user))
    assert (act.run, act.connection, act.team) == (run, connection, ann.team)
    assert act.done_at == run.finished_at
    assert len(act.text_hash) == 64
    assert "Hello" not in str(Act.objects.values()), "the text stays with the run"


def test_reading_is_no_act(make_run, worker):
    worker.advance(make_run(CHECK))
    assert acts() == []


def test_in_a_loop_the_target_is_whoever_the_item_is(make_run, worker):
    run = worker.advance(make_run(INVITE_ALL))
    search = run.results.get(action_type="st.searchPeople")
    done = run.results.filter(action_type=INVITE, success=True).order_by("ordinal")
    found = [search.data[int(result.path)]["publicUrl"] for result in done]
    assert found
    assert [ledger.key_of(target) for _, target in acts()] == [ledger.key_of(u) for u in found]
    assert {kind for kind, _ in acts()} == {INVITE}
    assert run.acted == len(found)


def test_every_name_of_the_target_is_kept(make_run, worker):
    page = {
        "actionType": "st.openPersonPage",
        "personUrl": ADA,
        "basicInfo": True,
        "then": {"actionType": INVITE},
    }
    run = worker.advance(make_run(page))
    opened = run.results.get(action_type="st.openPersonPage").data
    act = Act.objects.get()
    assert act.target == ADA
    assert keys(act) >= {
        ledger.key_of(name)
        for name in (ADA, opened["publicUrl"], opened["hashedUrl"], opened["urn"])
    }


def test_what_failed_did_not_go_out(make_run, worker):
    run = worker.advance(
        make_run(WRITE | {"personUrl": f"{ADA}-trellis-error-messagingNotAllowed"})
    )
    assert (run.failed, acts()) == (1, [])


def test_a_post_of_ones_own_has_no_target(make_run, worker):
    worker.advance(make_run({"actionType": "st.createPost", "text": "News"}))
    assert acts() == [("st.createPost", "")]
    assert not ActTarget.objects.exists()


def test_a_run_that_had_ended_meanwhile_enters_nothing(make_run, worker):
    run = make_run(WRITE)
    done = worker.advance(run)
    late = Run.objects.select_related("plan").get(pk=run.pk)
    late.state = State.WAITING  # as another worker read it before
    completion = outcome.unpack(RunOutcome.objects.get(run=done).completion)
    stored = outcome.prepare(run.pk, outcome.tree_of(late.plan), completion, catalog.default())
    storing.store([(late, stored)], timezone.now())
    assert len(stored.acts) == len(acts()) == 1


def test_entering_many_acts_takes_few_queries(make_run, worker, django_assert_max_num_queries):
    run = worker.advance(make_run(CHECK))
    many = [ledger.Done("n", n, INVITE, (f"{ADA}-{n}", f"urn:{n}"), "") for n in range(200)]
    with django_assert_max_num_queries(10):
        ledger.enter([(run, many)], timezone.now())
    assert ActTarget.objects.count() == 400


def test_a_large_loop_is_worked_out_quickly_enough():
    """Each item is looked up, not searched for: 20,000 acts would take minutes otherwise."""
    ids = iter(range(100))
    tree = codec.from_wire(INVITE_ALL, lambda: f"n{next(ids)}")
    items = [
        {
            "publicUrl": f"{ADA}-{n}",
            "then": {
                "actionType": "st.openPersonPage",
                "success": True,
                "data": {"then": [{"actionType": INVITE, "success": True}]},
            },
        }
        for n in range(20_000)
    ]
    completion = {"actionType": "st.searchPeople", "success": True, "data": items}
    found = results.fold(tree, completion, catalog.default())
    done = ledger.acts_of(tree, found, catalog.default())
    assert [act.names for act in done[:2]] == [(f"{ADA}-0",), (f"{ADA}-1",)]
    assert len(done) == 20_000


# --- Asking ------------------------------------------------------------------------------------


@pytest.fixture
def written(make_run, worker):
    return worker.advance(make_run(WRITE))


@pytest.mark.parametrize(
    "written_as",
    [
        ADA,
        f"{ADA}/",
        f"{ADA}?trk=mail#top",
        "linkedin.com/in/Example-Ada",
        "http://pt.linkedin.com/in/example%2Dada",
        f"  {ADA} ",
    ],
)
def test_a_target_is_known_again_however_its_address_is_written(written, connection, written_as):
    other = "https://www.linkedin.com/in/example-somebody"
    found = ledger.already(connection, "st.sendMessage", [written_as, other])
    assert set(found) == {written_as}
    assert found[written_as].run == written.public_id


def test_it_says_when_by_whom_and_whether_the_words_are_the_same(written, connection, ann):
    (same,) = ledger.already(connection, "st.sendMessage", [ADA], WRITE).values()
    (other,) = ledger.already(
        connection, "st.sendMessage", [ADA], WRITE | {"text": "Another"}
    ).values()
    assert (same.same_text, other.same_text) == (True, False)
    assert (same.at, same.by, same.connection) == (
        written.finished_at,
        str(ann.user),
        connection.name,
    )


def test_the_last_time_counts(written, make_run, worker, connection):
    again = worker.advance(make_run(WRITE | {"text": "A second one"}))
    (before,) = ledger.already(connection, "st.sendMessage", [ADA]).values()
    assert before.run == again.public_id


def test_other_accounts_of_the_team_count_and_other_teams_and_acts_do_not(
    written, ann, eve, connection
):
    second = accounts.add_sandbox(team=ann.team, actor=ann.user, name="Second")
    assert ledger.already(second, "st.sendMessage", [ADA])
    assert not ledger.already(eve.team.connections.get(), "st.sendMessage", [ADA])
    assert not ledger.already(connection, INVITE, [ADA])


def test_what_happened_in_the_sandbox_does_not_count_for_a_real_account(written, ann):
    real = accounts.add_linkedapi(
        team=ann.team,
        actor=ann.user,
        name="Real",
        linked_api_token="linked_12345678",
        identification_token="id_12345678",
    )
    assert not ledger.already(real, "st.sendMessage", [ADA])


def test_the_ledger_outlives_the_run(written, connection):
    Run.objects.filter(pk=written.pk).delete()
    (before,) = ledger.already(connection, "st.sendMessage", [ADA]).values()
    assert before.run == ""


def test_asking_for_many_costs_one_query_for_five_hundred(
    written, connection, django_assert_num_queries
):
    targets = [f"{ADA}-{n}" for n in range(999)] + [ADA]
    with django_assert_num_queries(2):
        assert set(ledger.already(connection, "st.sendMessage", targets)) == {ADA}


def test_old_acts_are_found_too(written, connection):
    Act.objects.update(done_at=timezone.now() - timedelta(days=900))
    assert ledger.already(connection, "st.sendMessage", [ADA])
