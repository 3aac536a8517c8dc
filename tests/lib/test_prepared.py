"""Queries that are put into SQL once give the rows that the ORM gives, call after call."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import CharField, Count, DateTimeField
from django.forms import model_to_dict

from editor.lib import prepared
from editor.sandbox import services
from editor.sandbox.models import SandboxAccount, SandboxWorkflow

AT = datetime(2026, 3, 29, 1, 30, 15, 123456, tzinfo=UTC)

BY_TOKEN = prepared.Rows(
    lambda token: (
        SandboxAccount.objects.select_related("client")
        .filter(identification_token=token, disconnected_at=None)
        .annotate(count=Count("workflows"))
    ),
    token=CharField(),
)
OCCUPY = prepared.Update(
    lambda until: SandboxAccount.objects.filter(busy_until__lt=until),
    ("busy_until", "dials", "status"),
    until=DateTimeField(),
)


@pytest.fixture
def ana(db) -> SandboxAccount:
    ana = services.create_account("Ana")
    SandboxAccount.objects.filter(pk=ana.pk).update(dials={"results": 3}, busy_until=AT)
    return SandboxAccount.objects.get(pk=ana.pk)


def workflow(account: SandboxAccount, **more: object) -> SandboxWorkflow:
    return SandboxWorkflow(account=account, body="{}", created_at=AT, starts_at=AT, ends_at=AT, **more)  # fmt: skip


def test_rows_are_those_of_the_orm(ana, django_assert_num_queries):
    ben = services.create_account("Ben")
    prepared.insert(workflow(ana))
    for someone, count in ((ana, 1), (ben, 0), (ana, 1)):
        client = model_to_dict(someone.client)
        with django_assert_num_queries(1):
            [found] = BY_TOKEN(token=someone.identification_token)
            assert model_to_dict(found) == model_to_dict(someone)
            assert model_to_dict(found.client) == client
            assert found.count == count
    assert BY_TOKEN(token="' OR 1 = 1 --") == []
    with pytest.raises(KeyError):
        BY_TOKEN()


def test_an_update_changes_what_fits_at_that_moment(ana):
    ben = services.create_account("Ben")
    later = AT + timedelta(microseconds=1)
    values = {"busy_until": later, "dials": {"delay": None}, "status": "frozen"}
    assert OCCUPY(until=AT, **values) == 0
    assert OCCUPY(until=later, **values) == 1
    assert OCCUPY(until=later, **values) == 0
    ana.refresh_from_db()
    assert (ana.busy_until, ana.dials, ana.status) == (later, {"delay": None}, "frozen")
    ben.refresh_from_db()
    assert ben.busy_until is None


def test_a_row_that_was_added_is_as_if_it_had_been_saved(ana):
    added = workflow(ana, completion="é\n", executed_at=AT)
    prepared.insert(added)
    found = SandboxWorkflow.objects.get(pk=added.pk)
    assert model_to_dict(found) == model_to_dict(added)
    added.failure = "late"
    added.save()
    assert SandboxWorkflow.objects.get().failure == "late"


def test_a_row_that_the_database_refuses_is_refused(ana):
    prepared.insert(workflow(ana, remote_id="wf-1"))
    with pytest.raises(IntegrityError), transaction.atomic():
        prepared.insert(workflow(ana, remote_id="wf-1"))
    assert SandboxWorkflow.objects.count() == 1
