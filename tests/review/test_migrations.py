"""What runs were taken in before lists knew more of them."""

import pytest
from django.db import connection as database
from django.db.migrations.executor import MigrationExecutor

from editor.review.models import RunTrait, Trait
from editor.review.traits import RARE_ENDS
from editor.runs.models import Run
from tests.review.test_taking_in import BROKEN, pairs, take_in
from tests.runs.conftest import INVITE_ALL


def migrate(to: str) -> None:
    MigrationExecutor(database).migrate([("review", to)])


@pytest.mark.django_db(transaction=True)
def test_what_failed_or_was_cancelled_before_is_found_by_the_same_traits_as_what_is_now(
    make_run, worker
):
    done, failed, cancelled = runs = [
        worker.advance(make_run(wire)) for wire in (INVITE_ALL, BROKEN, INVITE_ALL)
    ]
    for run, state in ((failed, "failed"), (cancelled, "cancelled")):
        Run.objects.filter(pk=run.pk).update(state=state)
    take_in()
    today = {run.pk: pairs(run) for run in runs}
    assert {("failed", "label who"), ("failed", "error personNotFound")} <= today[failed.pk]
    assert ("cancelled", "action st.searchPeople") in today[cancelled.pk]

    migrate("0003_days")
    Trait.objects.filter(kind__in=RARE_ENDS).delete()
    for run in runs:
        assert pairs(run) == {pair for pair in today[run.pk] if pair[0] not in RARE_ENDS}
    migrate("0004_traits_of_rare_ends")

    assert {run.pk: pairs(run) for run in runs} == today
    assert not pairs(done) & {pair for pair in pairs(cancelled) if pair[0] in RARE_ENDS}
    began = RunTrait.objects.filter(run=failed).values_list("created_at", flat=True)
    assert set(began) == {failed.created_at}
