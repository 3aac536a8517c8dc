"""The rows of a batch hold messages and addresses before any run does: they are hidden from the same roles."""

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from editor.runs.batches import feeding, queries, reading
from editor.runs.batches import services as batching
from editor.runs.models import Batch
from tests.runs.test_batches import draft, greet, url, url_of
from tests.runs.test_privacy import hide

__all__ = ["draft", "greet"]

NOTE = "canary: shall we meet on Tuesday"
MAIL = "canary.ines@quintal.example"
TABLE = ("person\tnote", f"{url('ada')}\t{NOTE}", f"{MAIL}\tcanary: this row is bad")


def seen(person, batch, **query) -> str:
    answer = person.get(url_of(batch), query)
    assert answer.status_code == 200
    return answer.content.decode()


def begun(person, draft, *rows) -> Batch:
    batch = draft(*rows)
    counts = queries.counts(queries.batch(person.team, batch.public_id))
    batching.start(
        batch, actor=person.user, confirmed=batching.mark(batch, counts), per_day=None, working_days=False
    )  # fmt: skip
    return batch


@pytest.fixture
def of_rae(greet, ann, rae) -> Batch:
    """A draft by a runner, who may not see messages and addresses in results."""
    hide(ann.team)
    return batching.create(
        greet, connection=ann.team.connections.get(), actor=rae.user,
        lines=reading.read_text("\n".join(TABLE)),
    )  # fmt: skip


def test_a_draft_is_seen_by_whoever_brought_its_table_and_by_those_who_may(of_rae, ann, bob, rae):
    for person in (ann, rae):
        html = seen(person, of_rae, show="all")
        assert NOTE in html
        assert MAIL in html
        assert "hidden from your role" not in html
    html = seen(bob, of_rae, show="all")
    assert "canary" not in html
    assert "[message hidden]" in html
    assert "[e-mail hidden]" in html
    assert url("ada") in html


def test_what_is_hidden_is_not_settled_blindly(of_rae, ann, bob, rae):
    assert "/do/" not in seen(bob, of_rae)
    mended = {"value.person": url("ines"), "value.note": "[message hidden]"}
    for person in (bob, rae, ann):
        answer = person.post(url_of(of_rae, "batch-row", 3, "fix"), mended, follow=True)
        refused = "part of its rows is hidden from you" in answer.content.decode()
        assert refused == (person is bob)
        states = list(of_rae.rows.order_by("number").values_list("state", flat=True))
        assert ("bad" in states) == (person is bob)
    bob.post(url_of(of_rae, "batch-do", "discard"))
    assert Batch.objects.filter(pk=of_rae.pk).exists()


def test_once_it_runs_its_rows_are_as_private_as_results(ann, rae, bob, vic, draft):
    batch = begun(ann, draft, *TABLE[:2])
    hide(ann.team, uncover_for="builder")
    for live in (False, True):
        address = url_of(batch, "batch-live") if live else url_of(batch)
        assert NOTE in ann.get(address).content.decode()
        for person in (bob, rae, vic):
            assert "canary" not in person.get(address).content.decode()


def test_a_row_whose_run_somebody_uncovered_is_shown_to_them(ann, bob, vic, draft):
    batch = begun(ann, draft, *TABLE[:2], f"{url('ben')}\tcanary: of another row")
    feeding.feed(timezone.now())
    hide(ann.team, uncover_for="builder")
    run = batch.rows.order_by("number").first().run
    bob.post(f"/t/{ann.team.slug}/runs/{run.public_id}/uncover", {"reason": "Complaint 12"})
    html = seen(bob, batch)
    assert NOTE in html
    assert "of another row" not in html
    assert "canary" not in seen(vic, batch)
    assert AuditEvent.objects.filter(verb="run.uncovered", actor=bob.user).count() == 1


def test_when_the_workflow_is_gone_any_value_may_have_been_a_message(ann, vic, draft, greet):
    batch = draft(*TABLE[:2])
    hide(ann.team)
    greet.delete()
    assert NOTE in seen(ann, batch)
    html = seen(vic, batch)
    assert "canary" not in html
    assert "[message hidden]" in html
