"""A team that is about to be deleted: what stands in line is not sent, and goes on when the team is brought back."""

import pytest

from editor.personal import closing
from editor.runs import queries, services
from editor.runs.models import Run
from tests.runs.conftest import CHECK, arrived, dial


def due(connection):
    """What the drivers would take: the one that asks for all, and the one that asks for a connection."""
    found = [run.pk for run in queries.due(10)]
    assert found == [run.pk for run in queries.due_of(connection.pk)]
    return found


def test_nothing_is_sent_any_more_until_the_team_is_brought_back(
    make_run, ann, worker, account, connection
):
    run = make_run(CHECK)
    assert due(connection) == [run.pk]
    closing.close(ann.team, actor=ann.user, name=ann.team.name)
    assert due(connection) == []
    closing.bring_back(ann.team, actor=ann.user)
    assert due(connection) == [run.pk]
    assert worker.advance(run).state == "completed"
    assert arrived(account) == 1


def test_what_stands_in_line_says_what_it_waits_for(make_run, ann):
    run = make_run(CHECK)
    closing.close(ann.team, actor=ann.user, name=ann.team.name)
    page = ann.get(f"/t/{ann.team.slug}/runs/{run.public_id}").content.decode()
    assert "On hold" in page
    assert "If an owner brings it back, this starts by itself." in page
    assert "It starts as soon as the account is free." not in page
    assert "On hold" in ann.get(f"/t/{ann.team.slug}/runs").content.decode()
    closing.bring_back(ann.team, actor=ann.user)
    assert "On hold" not in ann.get(f"/t/{ann.team.slug}/runs").content.decode()


@pytest.mark.parametrize("state", ["waiting", "queued"])
def test_what_was_sent_is_looked_at_and_what_is_cancelled_ends(
    make_run, ann, worker, account, connection, state
):
    dial(account, delay=3600)
    run = make_run(CHECK)
    run = worker.advance(run) if state == "waiting" else run
    closing.close(ann.team, actor=ann.user, name=ann.team.name)
    services.cancel(Run.objects.get(pk=run.pk), actor=ann.user)
    assert due(connection) == ([run.pk] if state == "waiting" else [])
    run = Run.objects.get(pk=run.pk)
    assert (run if run.is_final else worker.advance(run)).state == "cancelled"
