"""Jobs of Procrastinate: in the same transaction as what they tell, and never needed."""

import pytest
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from editor.runs import queries, services, transitions
from editor.runs.models import Run
from editor.runs.workers import jobs
from tests.runs.conftest import CHECK, dial, make_due

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("procrastinate")]


def waiting_jobs() -> list[tuple]:
    """(connection, whether for later) of each nudge."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT (args->>'connection')::int, scheduled_at IS NOT NULL FROM procrastinate_jobs ORDER BY id"
        )
        return cursor.fetchall()


def forget_jobs() -> None:
    with database.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def test_a_run_and_its_job_are_one_transaction(make_run, connection):
    with transaction.atomic():
        make_run(CHECK)
        transaction.set_rollback(True)
    assert waiting_jobs() == []
    make_run(CHECK)
    assert waiting_jobs() == [(connection.pk, False)]


def test_each_look_is_told_for_its_time_and_the_end_lets_the_queue_go_on(
    make_run, worker, account, connection
):
    dial(account, delay=3600)
    run = make_run(CHECK)
    forget_jobs()
    run = worker.advance(run)
    assert run.state == "waiting"
    assert waiting_jobs() == [(connection.pk, True)], "one for the next look, none for a claim"
    forget_jobs()
    services.cancel(run, actor=run.started_by)
    assert waiting_jobs() == [(connection.pk, False)]
    forget_jobs()
    assert worker.advance(queries.for_worker(run.pk)).state == "cancelled"
    assert waiting_jobs() == [(connection.pk, False)]


def test_a_start_that_is_lost_lets_the_queue_go_on(make_run, connection):
    run = queries.for_worker(make_run(CHECK).pk)
    assert transitions.claim_start(run, "me", timezone.now())
    make_due(run)
    forget_jobs()
    assert transitions.lose_abandoned(Run.objects.get(pk=run.pk), timezone.now())
    assert waiting_jobs() == [(connection.pk, False)]


def test_what_has_no_job_is_found_and_nudged_once(make_run, connection):
    run = make_run(CHECK)
    forget_jobs()
    assert jobs.nudge_overlooked() == 0, "it may still come"
    Run.objects.filter(pk=run.pk).update(next_look_at=timezone.now() - 2 * jobs.OVERLOOKED)
    assert jobs.nudge_overlooked() == 1
    assert jobs.nudge_overlooked() == 0, "while one is in line"
    assert waiting_jobs() == [(connection.pk, False)]


def test_of_one_connection_the_same_runs_are_due_as_of_all(make_run, worker, account, connection):
    first, second = make_run(CHECK), make_run(CHECK)
    assert [run.pk for run in queries.due_of(connection.pk)] == [first.pk]
    assert queries.due_of(connection.pk, {first.pk}) == []
    dial(account, delay=3600)
    worker.advance(first)
    assert queries.due_of(connection.pk) == [] == queries.due(9)
    make_due(first)
    assert queries.due_of(connection.pk) == [first] == queries.due(9)
    type(connection).objects.filter(pk=connection.pk).update(probe_at=timezone.now())
    services.cancel(Run.objects.get(pk=second.pk), actor=first.started_by)
    assert queries.due_of(connection.pk) == [first] == queries.due(9)
