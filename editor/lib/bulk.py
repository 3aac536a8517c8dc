"""Many rows at once, without making a model of each."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain, islice
from json import JSONEncoder
from typing import Any

from django.db import connections, models, router, transaction

from .prepared import planned_cursor

# What their columns take as it is.
_PLAIN = (
    models.CharField, models.TextField, models.BooleanField, models.PositiveIntegerField, models.ForeignKey,
    models.BigAutoField,
)  # fmt: skip


FEW = 80
"""So many values go in one INSERT: COPY takes three round trips."""


PIECE = 500
"""So many rows go in one INSERT that asks for their keys."""


def insert(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add rows, each the values of `fields` in their order; a foreign key is the key itself.

    By COPY on PostgreSQL, where 10,000 rows cost a tenth of what `bulk_create` costs. All or none of them, as part of
    the caller's transaction if there is one. Defaults are not filled in and no signals are sent: name every column.
    """
    columns = _columns(model, fields)
    alias = router.db_for_write(model)
    database = connections[alias]
    into = _into(model, columns, database)
    prepared = iter(_prepared(columns, rows, database))
    first = list(islice(prepared, FEW // len(columns) + 1))
    if len(first) * len(columns) <= FEW:
        _insert_few(model, columns, first)
        return
    rest: Any = chain(first, prepared)
    with transaction.atomic(alias, savepoint=False), database.cursor() as cursor:
        if database.vendor == "postgresql":
            with (
                database.wrap_database_errors,
                cursor.copy(f"COPY {into} FROM STDIN") as copy,
            ):
                for row in rest:
                    copy.write_row(row)
        else:
            marks = _marks(columns)
            cursor.executemany(f"INSERT INTO {into} VALUES {marks}", rest)  # noqa: S608 - names of columns


def insert_missing(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Add those of a few rows that are not there yet."""
    database = connections[router.db_for_write(model)]
    columns = _columns(model, fields)
    prepared = list(_prepared(columns, rows, database))
    _insert_few(model, columns, prepared, "ON CONFLICT DO NOTHING")


def insert_for_keys(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]
) -> list[Any]:
    """Add rows, and return their keys in the same order. Inside a transaction."""
    database = connections[router.db_for_write(model)]
    columns = _columns(model, fields)
    returning = f"RETURNING {database.ops.quote_name(str(model._meta.pk.column))}"
    prepared, keys = iter(_prepared(columns, rows, database)), []
    while piece := list(islice(prepared, PIECE)):
        keys += [key for (key,) in _insert_few(model, columns, piece, returning)]
    return keys


def _insert_few(
    model: type[models.Model],
    columns: Sequence[Any],
    rows: Sequence[Sequence[Any]],
    how: str = "",
) -> list[tuple[Any, ...]]:
    """What it returns."""
    if not rows:
        return []
    database = connections[router.db_for_write(model)]
    if database.vendor == "postgresql":
        source, values = f"SELECT * FROM {_unnest(columns, database)}", _by_columns(rows)  # noqa: S608 - types
    else:
        source = f"VALUES {', '.join([_marks(columns)] * len(rows))}"
        values = list(chain.from_iterable(rows))
    with planned_cursor(database) as asking:
        asking.execute(f"INSERT INTO {_into(model, columns, database)} {source} {how}", values)
        return asking.fetchall() if how.startswith("RETURNING") else []


def _marks(row: Sequence[Any]) -> str:
    return f"({', '.join(['%s'] * len(row))})"


# On PostgreSQL rows go as columns, each an array: so there is one statement for any number of rows, planned once.


def _by_columns(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    return list(map(list, zip(*rows, strict=True)))


def _unnest(columns: Sequence[Any], database: Any) -> str:
    types = (column.rel_db_type(database).partition("(")[0] for column in columns)
    return f"unnest({', '.join(f'CAST(%s AS {type_}[])' for type_ in types)})"


def update(
    model: type[models.Model],
    still: Sequence[str],
    fields: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    skip_locked: bool = False,
    **same: Any,
) -> set[Any]:
    """Change the rows that still are as they are expected to be. Returns the keys of those that it changed.

    Each of `rows`: the key, what the fields `still` must be (None: NULL), new values for `fields`; `same`: new values
    for all rows. Rows are locked in the order of their keys, so that two who change several never
    wait for each other in a ring; `skip_locked`: what somebody else is at is not changed.
    """
    found = sorted(rows, key=lambda row: row[0])
    if not found:
        return set()
    database = connections[router.db_for_write(model)]
    columns = [model._meta.pk, *_columns(model, still), *_columns(model, fields)]
    [first] = _prepared(_columns(model, list(same)), [list(same.values())], database)
    prepared = _prepared(columns, found, database)
    if database.vendor == "postgresql":
        count, by_columns = 0, _by_columns(prepared)
        values = [by_columns[0], *first, *by_columns]
    else:
        count, values = len(found), [*first, *chain.from_iterable(prepared)]
    statement = _update(
        model, tuple(still), tuple(fields), tuple(same), count, skip_locked, database.vendor
    )
    with planned_cursor(database) as asking:
        asking.execute(statement, values)
        return {key for (key,) in asking.fetchall()}


@lru_cache(maxsize=1024)
def _update(
    model: type[models.Model],
    still: Sequence[str],
    fields: Sequence[str],
    same: Sequence[str],
    count: int,
    skip_locked: bool,
    vendor: str,
) -> str:
    """The statement. Its values: those of `same`, then those of each row; on PostgreSQL the keys, those of `same`, then
    those of each column."""
    database = connections[router.db_for_write(model)]
    table = _table(model, database)
    columns = [model._meta.pk, *_columns(model, still), *_columns(model, fields)]
    names = _names(columns, database)
    places = [f"column{place}" for place in range(1, len(columns) + 1)]
    new = f"(VALUES {', '.join([_marks(columns)] * count)}) AS new"
    held, of_held, equals = "", "", "IS"
    if vendor == "postgresql":
        new = f"{_unnest(columns, database)} AS new ({', '.join(places)})"
        equals = "IS NOT DISTINCT FROM"
        lock = f"FOR UPDATE{' SKIP LOCKED' if skip_locked else ''}"
        held = f"""
            WITH held AS MATERIALIZED (
                SELECT {names[0]} AS key FROM {table} WHERE {names[0]} = ANY(%s) ORDER BY {names[0]} {lock}
            )
        """  # noqa: S608 - names of columns
        of_held = "JOIN held ON held.key = new.column1"
    pairs = list(zip(names, places, strict=True))[1:]
    expected = [f"{table}.{name} {equals} new.{place}" for name, place in pairs[: len(still)]]
    changes = [f"{name} = %s" for name in _names(_columns(model, same), database)]
    changes += [f"{name} = new.{place}" for name, place in pairs[len(still) :]]
    return f"""
        {held} UPDATE {table} SET {", ".join(changes)} FROM {new} {of_held}
        WHERE {" AND ".join([f"{table}.{names[0]} = new.column1", *expected])} RETURNING {table}.{names[0]}
    """  # noqa: S608 - names of columns


def _columns(model: type[models.Model], fields: Sequence[str]) -> list[Any]:
    return [model._meta.get_field(name) for name in fields]


def _table(model: type[models.Model], database: Any) -> str:
    name: str = database.ops.quote_name(model._meta.db_table)
    return name


def _into(model: type[models.Model], columns: Sequence[Any], database: Any) -> str:
    return f"{_table(model, database)} ({', '.join(_names(columns, database))})"


def _names(columns: Sequence[Any], database: Any) -> list[str]:
    return [database.ops.quote_name(column.column) for column in columns]


def _prepared(columns: Sequence[Any], rows: Iterable[Sequence[Any]], database: Any) -> Any:
    prepare = [_preparing(column, database) for column in columns]
    if not any(prepare):
        return rows
    return (
        [do(value) if do else value for do, value in zip(prepare, row, strict=True)] for row in rows
    )


def _preparing(column: Any, database: Any) -> Callable[[Any], Any] | None:
    """What makes a column's values fit for the database; None: they are."""
    if type(column) in _PLAIN:
        return None
    if isinstance(column, models.JSONField):  # both take a text
        encode: Callable[[Any], str] = (column.encoder or JSONEncoder)().encode
        return encode
    return lambda value: column.get_db_prep_save(value, database)
