"""A workflow is run once for each row of a table: gradually, never twice, and no row is lost."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from asgiref.sync import sync_to_async
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts import services as accounts
from accounts.models import Connection, Role
from editor.lib.ids import new_id
from editor.linkedapi import Client
from editor.personal import closing
from editor.runs import queries, services, transitions
from editor.runs.batches import feeding, reading
from editor.runs.batches import queries as batch_queries
from editor.runs.batches import services as batching
from editor.runs.models import Batch, BatchRow, Notice, Run
from editor.trees import codec
from editor.workflows import services as workflows
from editor.workflows.models import Workflow
from tests.runs.conftest import arrived, make_due
from tests.runs.test_advance import spoilt
from tests.runs.test_reading import xlsx

GREET = {
    "actionType": "st.openPersonPage",
    "personUrl": "{{ person }}",
    "basicInfo": True,
    "then": [{"actionType": "st.sendConnectionRequest", "note": "{{ note }}"}],
}
ASKED = ({"name": "person", "kind": "url"}, {"name": "note", "required": False})


def url(name: str) -> str:
    return f"https://www.linkedin.com/in/example-{name}"


def made(team, wire=GREET, asked=ASKED) -> Workflow:
    tree = codec.from_wire(wire, new_id).declaring(asked)
    return workflows.import_tree(team, actor=None, name="Greet", tree=tree)


@pytest.fixture
def greet(ann, account) -> Workflow:
    return made(ann.team)


@pytest.fixture
def draft(ann, greet):
    """draft(*rows): a batch of these rows, tab-separated."""

    def draft(*rows: str) -> Batch:
        return batching.create(
            greet,
            connection=ann.team.connections.get(),
            actor=ann.user,
            lines=reading.read_text("\n".join(rows)),
        )

    return draft


@pytest.fixture
def started(ann, draft):
    """The same for people by name, started."""

    def started(*names: str, per_day=None, working_days=False) -> Batch:
        batch = draft(*map(url, names))
        confirmed = batching.mark(
            batch_queries.batch(ann.team, batch.public_id), batch_queries.counts(batch)
        )
        batching.start(
            batch, actor=ann.user, confirmed=confirmed, per_day=per_day, working_days=working_days
        )
        return Batch.objects.get(pk=batch.pk)

    return started


def states(batch) -> list[str]:
    return list(batch.rows.order_by("number").values_list("state", flat=True))


def notes(batch) -> list[str]:
    return list(batch.rows.order_by("number").values_list("note", flat=True))


def to_the_end(worker, batch) -> Batch:
    """Let the worker go on until the batch is over."""
    for _ in range(40):
        feeding.feed(timezone.now())
        worker.take_all_due()
        batch.refresh_from_db()
        if batch.is_over:
            return batch
    raise AssertionError(f"it is still {batch.state}: {states(batch)}")


# --- The table ---------------------------------------------------------------------------------


def test_columns_are_found_by_their_names_whatever_their_order_and_spelling(draft):
    batch = draft("Note\tPERSON\ttown", f"Hello\t{url('ada')}\tFaro")
    assert batch.columns == ["Note", "PERSON", "town"]
    row = batch.rows.get()
    assert (row.number, row.values) == (2, {"person": url("ada"), "note": "Hello"})


def test_columns_without_names_are_found_by_what_stands_in_them(draft):
    batch = draft(f"Hello\t{url('ada')}", f"Hi\t{url('ben')}")
    assert batch.columns == []
    assert [row.values for row in batch.rows.order_by("number")] == [
        {"person": url("ada"), "note": "Hello"},
        {"person": url("ben"), "note": "Hi"},
    ]


def test_what_alone_is_left_goes_together_and_is_found_bad(draft):
    batch = draft("ben", "cleo")
    assert (states(batch), batch.mapping) == (["bad", "bad"], {"person": {"column": 0}})


def test_a_first_row_that_does_not_fit_is_taken_for_names_until_somebody_says_no(draft):
    batch = draft("Profile", url("ada"), url("ben"))
    assert (batch.columns, states(batch)) == (["Profile"], ["waiting", "waiting"])
    batching.name_columns(batch, False)
    assert (batch.columns, states(batch)) == ([], ["bad", "waiting", "waiting"])
    assert list(batch.rows.order_by("number").values_list("number", flat=True)) == [1, 2, 3]


def test_a_first_row_with_a_mistake_in_its_address_is_no_row_of_names(draft):
    batch = draft("https://linkedin com/in/ada", url("ben"))
    assert (batch.columns, states(batch)) == ([], ["bad", "waiting"])


def test_names_without_rows_are_no_batch(draft):
    with pytest.raises(services.Refused, match="only the names of its columns"):
        draft("person\tnote")


def test_addresses_as_browsers_show_them_run(draft):
    batch = draft("Hello\twww.linkedin.com/in/ada", "Hi\tlinkedin.com/in/ben")
    assert (batch.columns, states(batch)) == ([], ["waiting", "waiting"])
    assert batch.mapping["person"] == {"column": 1}


def test_an_input_can_have_another_column_or_one_value_for_all_rows(draft):
    batch = draft(f"person\ta\n{url('ada')}\tone\n{url('ben')}\ttwo")
    batching.choose(batch, {"person": {"column": 0}, "note": {"value": "Hello"}})
    assert {row.values["note"] for row in batch.rows.all()} == {"Hello"}
    batching.choose(batch, {"person": {"column": 0}, "note": {"column": 1}})
    assert {row.values["note"] for row in batch.rows.all()} == {"one", "two"}


def test_bad_rows_say_why_and_are_mended_or_skipped(draft):
    batch = draft("person", url("ada"), "ben", "#N/A", url("cleo"))
    assert states(batch) == ["waiting", "bad", "bad", "waiting"]
    assert "web address" in notes(batch)[1]
    assert notes(batch)[2] == "person: The spreadsheet has the error #N/A here."
    batching.mend(batch, 3, {"person": url("ben"), "stranger": "x"})
    assert states(batch) == ["waiting", "waiting", "bad", "waiting"]
    batching.skip(batch)
    assert states(batch) == ["waiting", "waiting", "skipped", "waiting"]


def test_what_only_shows_in_the_whole_workflow_is_found_before_the_start(draft):
    batch = draft(f"person\tnote\n{url('ada')}\t{'x' * 900}")
    assert states(batch) == ["bad"]
    assert "Send connection request" in notes(batch)[0]


def test_rows_that_repeat_a_row_or_reach_the_same_person_are_skipped_or_kept_knowingly(draft):
    batch = draft(
        f"person\tnote\n{url('ada')}\tHi", f"{url('ada')}\tHi", f"{url('ADA')}/?x=1\tOther"
    )
    assert states(batch) == ["waiting", "skipped", "skipped"]
    assert notes(batch)[1] == "The same as row 2."
    assert "for the same as in row 2" in notes(batch)[2]
    batching.keep(batch, 4)
    assert states(batch) == ["waiting", "skipped", "waiting"]


def test_people_who_got_it_before_are_pointed_out_with_when_and_by_whom(draft, started, worker):
    to_the_end(worker, started("ada"))
    batch = draft(url("ada"), url("ben"))
    assert states(batch) == ["skipped", "waiting"]
    assert "Ann did this for" in notes(batch)[0]
    assert str(timezone.localdate().year) in notes(batch)[0]


def test_a_workflow_without_inputs_or_with_errors_makes_no_batch(ann, account, connection):
    lines = reading.read_text("a")
    plain = made(ann.team, {"actionType": "st.retrieveSSI"}, ())
    with pytest.raises(services.Refused, match="no inputs"):
        batching.create(plain, connection=connection, actor=ann.user, lines=lines)
    wrong = made(ann.team, {"actionType": "st.openPersonPage"}, ASKED)
    with pytest.raises(services.CannotRun):
        batching.create(wrong, connection=connection, actor=ann.user, lines=lines)


# --- The run of it -----------------------------------------------------------------------------


def test_each_row_becomes_one_run_with_its_values_and_the_batch_finishes(started, worker, account):
    batch = to_the_end(worker, started("ada", "ben", "cleo", "dan", "eva"))
    assert batch.state == "finished"
    assert account.workflows.count() == 5
    rows = batch.rows.order_by("number").select_related("run")
    assert [row.run.inputs["person"] for row in rows] == [row.values["person"] for row in rows]
    assert {row.run.state for row in rows} == {"completed"}
    assert {row.run.started_by_name for row in rows} == {"Ann"}


def test_only_a_few_runs_are_in_line_at_any_moment(started):
    started(*"abcdefgh")
    for _ in range(3):
        feeding.feed(timezone.now())
    assert Run.objects.count() == feeding.IN_LINE_AT_MOST


def test_two_workers_make_one_run_of_a_row(started, monkeypatch):
    batch = started("ada", "ben")
    both_saw = batch_queries.due(timezone.now())
    assert feeding._serve(both_saw[0], timezone.now()) == 2
    monkeypatch.setattr(feeding, "IN_LINE_AT_MOST", 9)  # as for one who looked before
    rows = list(batch.rows.all())
    BatchRow.objects.update(state="run")
    assert feeding._serve(both_saw[0], timezone.now()) == 0
    assert Run.objects.count() == 2 == len({row.run_id for row in rows})


def test_the_version_that_was_confirmed_runs_although_the_workflow_changed_since(
    started, greet, worker
):
    batch = started("ada")
    node = greet.nodes.get(action_type="st.sendConnectionRequest")
    workflows.set_disabled(greet, [node.pk], True, actor=None)
    to_the_end(worker, batch)
    run = Run.objects.get()
    assert (run.version_number, run.acted) == (batch.version_number, 1)


def test_pause_takes_back_what_was_not_sent_and_resume_goes_on(started, worker, ann):
    batch = started("ada", "ben", "cleo")
    feeding.feed(timezone.now())
    batching.pause(batch, actor=ann.user)
    assert states(batch) == ["waiting"] * 3
    feeding.feed(timezone.now())
    assert worker.take_all_due() == []
    batching.resume(batch, actor=ann.user)
    batch = to_the_end(worker, batch)
    assert batch.state == "finished"
    assert Run.objects.filter(state="completed").count() == 3


def test_a_run_that_was_refused_for_now_is_not_sent_after_its_batch_was_stopped(
    started, worker, ann, account
):
    batch = started("ada")
    feeding.feed(timezone.now())
    spoilt(account, "outsideWorkingHours")
    run = worker.advance(Run.objects.get())
    assert (run.state, run.attempts) == ("queued", 1)
    batching.stop(batch, actor=ann.user)
    assert states(batch) == ["waiting"]
    make_due(run)
    assert worker.take_all_due() == []
    assert arrived(account) == 0


@pytest.mark.parametrize("halt", ["pause", "stop"])
@pytest.mark.parametrize(
    "answer", ["outsideWorkingHours", "tooManyRequests-1", "linkedinAccountSignedOut"]
)
def test_a_run_that_is_refused_for_now_while_its_batch_is_halted_is_not_sent_later(
    started, worker, ann, account, monkeypatch, halt, answer
):
    batch, start = started("ada"), Client.start
    feeding.feed(timezone.now())

    async def meanwhile(client, who, definition):
        await sync_to_async(getattr(batching, halt))(batch, actor=ann.user)
        return await start(client, who, definition)

    spoilt(account, answer)
    with monkeypatch.context() as patched:
        patched.setattr(Client, "start", meanwhile)
        run = worker.advance(Run.objects.get())
    assert (run.state, run.attempts, states(batch)) == ("cancelled", 1, ["waiting"])
    assert worker.take_all_due() == []
    assert arrived(account) == 0
    if halt == "pause":
        Connection.objects.update(error_type="", probe_at=None)
        batching.resume(batch, actor=ann.user)
        assert to_the_end(worker, batch).rows.get().run.state == "completed"
        assert arrived(account) == 1


def test_a_claim_that_is_undone_while_its_batch_is_halted_is_not_made_again(started, ann, worker):
    batch = started("ada")
    feeding.feed(timezone.now())
    unsure = queries.for_worker(Run.objects.get().pk)
    assert transitions.claim_start(queries.for_worker(unsure.pk), "me", timezone.now())
    batching.pause(batch, actor=ann.user)
    assert states(batch) == ["run"], "it is being sent"
    assert transitions.unclaim_start(unsure, "me", timezone.now())
    assert (Run.objects.get().state, states(batch)) == ("cancelled", ["waiting"])


def test_what_the_service_takes_while_its_batch_is_halted_goes_on(
    started, worker, ann, monkeypatch
):
    batch, start = started("ada", "ben"), Client.start
    feeding.feed(timezone.now())

    async def meanwhile(client, who, definition):
        await sync_to_async(batching.stop)(batch, actor=ann.user)
        return await start(client, who, definition)

    monkeypatch.setattr(Client, "start", meanwhile)
    run = worker.advance(Run.objects.earliest("pk"))
    assert (run.state, states(batch)) == ("completed", ["run", "waiting"])


def test_a_run_in_doubt_that_is_to_be_sent_again_stays_with_its_row(started, worker, ann, account):
    batch = started("ada")
    feeding.feed(timezone.now())
    spoilt(account, "lost")
    run = worker.advance(Run.objects.get())
    services.send_again(run, actor=ann.user)
    batching.pause(batch, actor=ann.user)
    assert states(batch) == ["run"]
    assert Run.objects.get().state == "queued"


def test_a_batch_keeps_its_connection(draft, ann):
    batch = draft(url("ada"))
    with pytest.raises(accounts.Refused):
        accounts.delete_connection(connection=batch.connection, actor=ann.user)


def test_what_never_begun_of_a_stopped_batch_is_called_so(ann, started):
    batch = started("ada", "ben")
    assert "To run" in ann.get(url_of(batch)).content.decode()
    batching.stop(batch, actor=ann.user)
    html = ann.get(url_of(batch)).content.decode()
    assert html.count("Never begun") == 4  # the count, the tab and both rows
    assert "To run" not in html


def test_a_start_that_is_refused_keeps_what_was_typed(ann, draft):
    batch = draft(url("ada"))
    pace = {"per_day": "25", "working_days": "yes"}
    html = ann.post(url_of(batch, "batch-do", "start"), pace, follow=True).content.decode()
    assert "Tick the box when you mean it." in html
    assert 'value="25"' in html
    assert 'name="working_days" value="yes" checked' in html


def test_what_was_sent_goes_on_when_the_batch_stops(started, worker, ann):
    batch = started("ada", "ben", "cleo")
    feeding.feed(timezone.now())
    sent = worker.advance(Run.objects.earliest("pk"))
    batching.stop(batch, actor=ann.user)
    assert states(batch) == ["run", "waiting", "waiting"]
    assert batch.rows.get(number=1).run == sent
    feeding.feed(timezone.now())
    assert Run.objects.exclude(state="cancelled").get() == sent
    for act in (batching.pause, batching.resume, batching.stop):
        with pytest.raises(services.Refused):
            act(batch, actor=ann.user)


def test_somebody_reached_while_the_batch_was_waiting_is_not_reached_again(
    started, draft, worker, ann
):
    first, second = started("ada"), draft(f"{url('ada')}\tHello", f"{url('ben')}\tHello")
    how = {"actor": ann.user, "confirmed": "2:2", "per_day": None, "working_days": False}
    batching.start(second, **how)
    batching.pause(second, actor=ann.user)
    to_the_end(worker, first)
    batching.resume(second, actor=ann.user)
    to_the_end(worker, second)
    assert states(second) == ["skipped", "run"]
    assert "Ann did this" in notes(second)[0]


def test_the_same_list_read_twice_reaches_nobody_twice(started, draft, worker):
    """Pointed out in the draft; and when both had been started before, by the worker."""
    first, second = started("ada", "ben"), draft(url("zoe"), url("cleo"))
    batching.mend(second, 1, {"person": url("ada")})
    assert states(second) == ["skipped", "waiting"]
    assert "Another batch" in notes(second)[0]
    BatchRow.objects.filter(batch=second).update(state="waiting")
    Batch.objects.update(state="running")
    to_the_end(worker, first)
    to_the_end(worker, second)
    assert states(second) == ["skipped", "run"]
    assert Run.objects.count() == 3


def test_a_batch_stands_still_while_its_team_is_about_to_be_deleted_and_then_goes_on(
    started, worker, account, ann
):
    batch = started("ada", "ben", "cleo")
    closing.close(ann.team, actor=ann.user, name=ann.team.name)
    feeding.feed(timezone.now())
    batch.refresh_from_db()
    assert (batch.state, batch.held, Run.objects.count()) == ("running", "", 0)
    closing.bring_back(ann.team, actor=ann.user)
    assert to_the_end(worker, batch).state == "finished"
    assert arrived(account) == 3


def test_nothing_begins_for_a_workflow_that_was_deleted(started, greet, ann):
    batch = started("ada")
    workflows.delete(greet, actor=ann.user)
    assert feeding.feed(timezone.now()) == 0
    page = ann.get(url_of(batch)).content.decode()
    assert "The workflow was deleted" in page


def test_a_batch_that_cannot_go_on_leaves_the_others_alone(started, monkeypatch):
    broken, whole = started("ada"), started("ben")
    begin = feeding._begin_some

    def explode(batch, now):
        if batch.pk == broken.pk:
            raise ValueError("no")
        return begin(batch, now)

    monkeypatch.setattr(feeding, "_begin_some", explode)
    assert feeding.feed(timezone.now()) == 1
    assert states(whole) == ["run"]
    broken.refresh_from_db()
    assert broken.next_at > timezone.now()


# --- Days --------------------------------------------------------------------------------------


def test_a_days_share_is_spread_over_working_days(started, worker, monkeypatch):
    zone = ZoneInfo("Europe/Lisbon")
    monkeypatch.setattr(feeding, "IN_LINE_AT_MOST", 99)
    batch = started(*"abcde", per_day=2, working_days=True)
    Batch.objects.update(time_zone="Europe/Lisbon", next_at=datetime(2026, 11, 1, tzinfo=zone))
    thursday = datetime(2026, 11, 26, 23, 30, tzinfo=zone)

    def begun(at: datetime) -> int:
        feeding.feed(at)
        return feeding.feed(at + timedelta(seconds=1)) * 0 + batch.rows.filter(state="run").count()

    assert begun(thursday) == 2
    assert begun(thursday + timedelta(hours=2)) == 2, "Friday's share begins in the morning"
    friday = datetime(2026, 11, 27, 9, tzinfo=zone)
    assert begun(friday) == 4
    batch.refresh_from_db()
    assert batch.next_at == datetime(2026, 11, 30, 9, tzinfo=zone), "no weekend"
    assert begun(datetime(2026, 11, 28, 12, tzinfo=zone)) == 4
    assert begun(datetime(2026, 11, 30, 9, tzinfo=zone)) == 5


def test_resuming_gives_no_second_share(started, ann):
    batch = started(*"abc", per_day=1)
    feeding.feed(timezone.now())
    Run.objects.update(state="completed")
    feeding.feed(timezone.now())
    batching.pause(batch, actor=ann.user)
    batching.resume(batch, actor=ann.user)
    feeding.feed(timezone.now())
    assert states(batch) == ["run", "waiting", "waiting"]


# --- The start ---------------------------------------------------------------------------------


def test_it_starts_only_with_what_was_confirmed_and_without_bad_rows(draft, ann):
    batch = draft("person", url("ada"), url("ben"), "nobody")
    start = {"actor": ann.user, "per_day": None, "working_days": False}
    with pytest.raises(services.Refused, match="bad"):
        batching.start(batch, confirmed="2:2", **start)
    batching.skip(batch)
    with pytest.raises(services.Refused, match="Tick the box"):
        batching.start(batch, confirmed="1:1", **start)
    batching.start(batch, confirmed="2:2", **start)
    with pytest.raises(services.Refused):
        batching.start(batch, confirmed="2:2", **start)
    with pytest.raises(services.Refused):
        batching.mend(batch, 2, {"person": url("zoe")})


# --- Pages -------------------------------------------------------------------------------------


def url_of(batch, name="batch", *more):
    return reverse(f"runs:{name}", args=[batch.team.slug, batch.public_id, *more])


def test_upload_look_mend_start_and_watch(ann, rae, greet, connection, worker):
    form = {
        "connection": connection.public_id,
        "file": SimpleUploadedFile("p.xlsx", xlsx(["person"], [url("ada")], ["oops"])),
    }
    answer = rae.post(reverse("runs:new-batch", args=[ann.team.slug, greet.public_id]), form)
    batch = Batch.objects.get()
    assert answer.headers["Location"] == url_of(batch)
    page = rae.get(url_of(batch)).content.decode()
    assert "1 row cannot run" in page
    assert "oops" in page
    answer = rae.post(url_of(batch, "batch-row", 3, "fix"), {"value.person": url("ben")})
    assert states(batch) == ["waiting", "waiting"]
    page = rae.get(url_of(batch)).content.decode()
    assert "2 rows with up to 2 acts" in page
    rae.post(url_of(batch, "batch-do", "start"), {"confirmed": "2:2", "per_day": "x"})
    assert Batch.objects.get().is_draft
    rae.post(url_of(batch, "batch-do", "start"), {"confirmed": "2:2", "per_day": "50"})
    to_the_end(worker, Batch.objects.get())
    answer = rae.get(url_of(batch, "batch-live"))
    assert "<b>2</b> of 2 rows" in answer.content.decode()
    again = rae.get(url_of(batch, "batch-live"), headers={"HX-PTag": answer["HX-PTag"]})
    assert again.status_code == 304
    runs = rae.get(reverse("review:runs", args=[ann.team.slug]), {"batch": batch.public_id})
    assert runs.content.decode().count("Its batch") == 2
    page = rae.get(reverse("runs:run", args=[ann.team.slug, Run.objects.earliest("pk").public_id]))
    assert "row 2 of a batch" in page.content.decode()


def test_a_table_that_is_none_comes_back_with_words(ann, greet, connection):
    to = reverse("runs:new-batch", args=[ann.team.slug, greet.public_id])
    form = {"connection": connection.public_id}
    for data in ({"text": ""}, {"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04nonsense")}):
        answer = ann.post(to, form | data)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
    assert ann.post(to, {"text": url("a"), "connection": "no\0ne"}).status_code == 422


def test_cells_are_shown_as_text(ann, draft):
    batch = draft("person\tnote", "<script>\t<b>x</b>")
    page = ann.get(url_of(batch)).content.decode()
    assert "&lt;b&gt;x" in page
    assert "<b>x" not in page


def test_a_draft_can_be_discarded_and_a_batch_under_way_not(ann, draft, started):
    running = started("ada")
    ann.post(url_of(running, "batch-do", "discard"))
    ann.post(url_of(draft(url("ben")), "batch-do", "discard"))
    assert Batch.objects.get() == running


def test_of_rows_that_are_all_bad_nobody_says_that_they_only_read(ann, draft):
    page = ann.get(f"/t/{ann.team.slug}/batches/{draft('person', 'ada').public_id}")
    assert "It only reads" not in page.content.decode()


def test_viewers_look_and_change_nothing(vic, draft, started):
    for batch in (draft(url("ada")), started("ben")):
        page = vic.get(url_of(batch))
        assert page.status_code == 200
        assert "/do/" not in page.content.decode()
        assert vic.post(url_of(batch, "batch-do", "stop")).status_code == 403


def test_pages_ask_no_more_of_the_database_for_many_rows(
    ann, draft, started, django_assert_max_num_queries
):
    many = [url(f"p{number}") for number in range(200)]
    batch = draft("person", *many, "bad")
    with django_assert_max_num_queries(16):
        ann.get(url_of(batch), {"show": "all"})
    with django_assert_max_num_queries(40):
        ann.post(url_of(batch, "batch-row", 202, "fix"), {"value.person": url("mended")})
    running = started(*(f"q{number}" for number in range(200)))
    feeding.feed(timezone.now())
    with django_assert_max_num_queries(12):
        ann.get(url_of(running))
    with django_assert_max_num_queries(25):
        feeding.feed(timezone.now())


def test_whoever_started_a_batch_is_told_once_when_it_is_over(ann, started):
    batch = started("ada")
    feeding.feed(timezone.now())
    Run.objects.update(state="completed", next_look_at=None, finished_at=timezone.now())
    for _ in range(2):
        feeding.feed(timezone.now())
    notice = ann.user.notices.get()
    assert notice.title == "The batch of “Greet” is over"
    assert notice.text == "1 row: 1 done."
    assert notice.path == f"/t/outreach/batches/{batch.public_id}"


def test_held_because_its_starter_may_not_use_the_account_it_says_what_to_do(
    ann, bob, rae, started
):
    batch = started("ada", "ben")
    Batch.objects.update(actor=rae.user, actor_name="Rae")
    connection = ann.team.connections.get()
    accounts.limit_connection(
        connection=connection, actor=ann.user, least_role=Role.BUILDER, people=[]
    )
    for _ in range(2):
        feeding.feed(timezone.now())
    batch.refresh_from_db()
    assert (batch.state, Run.objects.count()) == ("paused", 0)
    told = Notice.objects.filter(title="The batch of “Greet” is on hold")
    assert {notice.user for notice in told} == {ann.user, rae.user}
    for notice in told:
        assert notice.text.startswith("Rae may not run on “Sandbox” any more. Its rows wait.")
        assert "presses Resume" in notice.text
        assert (notice.path, notice.times) == (url_of(batch), 1)
    assert "Rae may not run on “Sandbox” any more" in rae.get(url_of(batch)).text
    assert f"/connections/{connection.public_id}" in ann.get(url_of(batch)).text
    assert f"/connections/{connection.public_id}" not in bob.get(url_of(batch)).text

    assert bob.post(url_of(batch, "batch-do", "resume")).status_code == 302
    feeding.feed(timezone.now())
    assert {run.started_by for run in Run.objects.all()} == {bob.user}
    assert "may not run" not in bob.get(url_of(batch)).text
    assert not told.filter(read_at=None), "nobody is asked for anything any more"


def test_held_it_also_takes_back_what_stands_in_line_in_that_persons_name(
    ann, rae, started, worker, account
):
    batch = started("ada", "ben", "cleo")
    Batch.objects.update(actor=rae.user, actor_name="Rae")
    feeding.feed(timezone.now())
    worker.advance(Run.objects.earliest("pk"))
    accounts.limit_connection(
        connection=ann.team.connections.get(), actor=ann.user, least_role=Role.BUILDER, people=[]
    )
    feeding.feed(timezone.now())
    assert states(batch) == ["run", "waiting", "waiting"], "its rows wait, as everybody is told"
    assert worker.take_all_due() == []
    assert arrived(account) == 1


def test_paused_by_hand_it_names_nobody(ann, started):
    batch = started("ada")
    batching.pause(batch, actor=ann.user)
    assert "may not" not in ann.get(url_of(batch)).text
    assert not Notice.objects.exists()
