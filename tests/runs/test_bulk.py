"""Many rows at once: they are the same rows that models would have made."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from editor.lib import bulk
from editor.runs.models import ActionResult
from editor.sandbox import services
from editor.sandbox.models import ExecutedAction
from tests.runs.conftest import CHECK

FIELDS = ("account", "action_type", "category", "success", "time")
AT = datetime(2026, 3, 29, 1, 30, 15, 123456, tzinfo=UTC)


FEW, MANY = 1, bulk.FEW
"""How often the rows of a test are repeated: one INSERT, and what there is for many."""


@pytest.mark.parametrize("times", [FEW, MANY])
def test_rows_come_back_as_they_went_in(db, times):
    account = services.create_account("Ana")
    rows = [
        (account.pk, "st.openPersonPage", "", True, AT),
        (account.pk, 'tab\tline\n back\\slash "quote" ünïcödé \\N %s %%', "messages", False, AT),
    ] * times
    bulk.insert(ExecutedAction, FIELDS, iter(rows))
    assert list(ExecutedAction.objects.order_by("pk").values_list(*FIELDS)) == rows
    bulk.insert(ExecutedAction, FIELDS, ())
    assert ExecutedAction.objects.count() == len(rows)


def test_a_field_that_is_kept_in_another_form_is_brought_into_it(make_run):
    run = make_run(CHECK)
    data = {"b": 1, "a": [None, 10**30, "\ud800 \x00"]}
    fields = (
        "run", "node_id", "ordinal", "path", "action_type", "label", "success", "error_type", "error_message", "data",
    )  # fmt: skip
    for ordinal, value in enumerate([data, None, "text"]):
        bulk.insert(
            ActionResult, fields, [(run.pk, "n", ordinal, "", "t", "", True, "", "", value)]
        )
    assert [row.data for row in run.results.order_by("ordinal")] == [data, None, "text"]


@pytest.mark.parametrize("times", [FEW, MANY])
def test_all_rows_are_added_or_none(db, times):
    account = services.create_account("Ana")
    good = (account.pk, "st.openPersonPage", "", True, AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(ExecutedAction, FIELDS, [good] * times + [(account.pk, None, "", True, AT)])
    assert not ExecutedAction.objects.exists()
