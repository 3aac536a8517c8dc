"""What the models promise of the database, it has: a migration can lose an index without a word."""

import pytest
from django.apps import apps
from django.db import connection

OURS = [model for model in apps.get_models() if model.__module__.startswith(("editor", "accounts"))]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_all_constraints_and_indexes_are_there(db, model):
    promised = {each.name for each in (*model._meta.constraints, *model._meta.indexes)}
    with connection.cursor() as cursor:
        there = connection.introspection.get_constraints(cursor, model._meta.db_table)
    assert promised <= set(there)


def test_who_asks_for_a_database_is_marked_and_runs_on_each(ann, request):
    assert request.node.get_closest_marker("database")


@pytest.mark.django_db
def test_so_is_who_asks_by_a_mark(request):
    assert request.node.get_closest_marker("database")


def test_who_asks_for_none_is_not_and_gets_none(request):
    assert not request.node.get_closest_marker("database")
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        connection.ensure_connection()
