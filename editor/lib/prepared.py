"""Queries that are asked all the time, put into SQL once.

The ORM builds its SQL anew for each call, which takes several times as long as the database takes to answer; and
PostgreSQL plans a statement anew, unless it comes again with its values apart from it (`planned_cursor`).

    _BY_TOKEN = Rows(
        lambda token: Account.objects.select_related("client").filter(token=token), token=CharField()
    )
    _BY_TOKEN(token="abc")  # [<Account>], with its client

    _FINISH = Update(
        lambda key: Run.objects.filter(pk=key, ended_at=None), ("ended_at",), key=BigIntegerField()
    )
    _FINISH(key=7, ended_at=now)  # 1, or 0 when it had ended

The values of a call are named with the field that brings them into the form of the database. The queries are made of
expressions that stand for them (`Given`), so they can compare with them and do nothing else.
"""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, Model, QuerySet, Value
from django.db.models.query import RelatedPopulator
from django.db.models.sql import UpdateQuery

M = TypeVar("M", bound=Model)
Fields = Mapping[str, "Field[Any, Any]"]


class Given(Value):
    """The place in a query of a value that each call gives anew."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


def _database() -> Any:
    return connections[DEFAULT_DB_ALIAS]


@contextmanager
def planned_cursor(database: Any) -> Iterator[Any]:
    """For statements that come again and again: PostgreSQL keeps the plan of each, as long as the connection lasts
    (CONN_MAX_AGE). Django's own cursors put the values into the SQL, which makes a new one each time."""
    if database.vendor != "postgresql":
        with database.cursor() as usual:
            yield usual
        return
    # Here, as SQLite goes without psycopg.
    from django.db.backends.postgresql.base import ServerBindingCursor

    database.ensure_connection()
    usually = database.connection.cursor_factory
    database.connection.cursor_factory = ServerBindingCursor
    try:
        planning = database.cursor()
    finally:
        database.connection.cursor_factory = usually
    with planning:
        yield planning


class _Statement:
    """SQL and its parameters, some of them still to be given."""

    def __init__(self, query: Any, fields: Fields) -> None:
        self.compiler, self._fields = query.get_compiler(connection=_database()), fields
        self._sql, self._params = self.compiler.as_sql()

    def execute(self, database: Any, asking: Any, values: Mapping[str, Any]) -> None:
        """Raises KeyError when a value is missing."""
        ready = {
            name: field.get_db_prep_value(values[name], database)
            for name, field in self._fields.items()
        }
        params = [ready[p.value] if isinstance(p, Given) else p for p in self._params]
        asking.execute(self._sql, params)


def _all_given(fields: Fields) -> dict[str, Given]:
    return {name: Given(name, output_field=field) for name, field in fields.items()}


class Rows(Generic[M]):
    """A query of models, with their annotations and what `select_related` adds."""

    def __init__(self, build: Callable[..., QuerySet[M]], **given: "Field[Any, Any]") -> None:
        self._build, self._given = build, given

    def __call__(self, **values: Any) -> list[M]:
        database = _database()
        with planned_cursor(database) as asking:
            self._statement.execute(database, asking, values)
            return [self._model_of(database, row) for row in asking.fetchall()]

    @functools.cached_property
    def _statement(self) -> _Statement:
        return _Statement(self._build(**_all_given(self._given)).query, self._given)

    @functools.cached_property
    def _model_of(self) -> Callable[[Any, Sequence[Any]], M]:
        """How to make a model of a row: as `ModelIterable` of Django does."""
        compiler = self._statement.compiler
        columns = [column for column, *_ in compiler.select]
        converters = [
            (place, convert, column)
            for place, (functions, column) in compiler.get_converters(columns).items()
            for convert in functions
        ]
        own = compiler.klass_info["select_fields"]
        model, first, last = compiler.klass_info["model"], own[0], own[-1] + 1
        names = [column.target.attname for column in columns[first:last]]
        related = [
            RelatedPopulator(info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # the stubs are newer
            for info in compiler.klass_info.get("related_klass_infos", ())
        ]
        annotations = compiler.annotation_col_map.items()

        def made(database: Any, row: Sequence[Any]) -> M:
            values = list(row)
            for place, convert, column in converters:
                values[place] = convert(values[place], column, database)
            found: M = model.from_db(DEFAULT_DB_ALIAS, names, values[first:last])
            for populator in related:
                populator.populate(values, found)
            for name, place in annotations:
                setattr(found, name, values[place])
            return found

        return made


class Update:
    """An UPDATE that sets the fields `sets` of the rows of a query to values that each call gives by their names."""

    def __init__(
        self, build: Callable[..., QuerySet[Any]], sets: Sequence[str], **given: "Field[Any, Any]"
    ) -> None:
        self._build, self._sets, self._given = build, sets, given

    def __call__(self, **values: Any) -> int:
        """How many rows were changed."""
        database = _database()
        with planned_cursor(database) as asking:
            self._statement.execute(database, asking, values)
            return int(asking.rowcount)

    @functools.cached_property
    def _statement(self) -> _Statement:
        rows = self._build(**_all_given(self._given))
        fields: Any = {name: rows.model._meta.get_field(name) for name in self._sets}
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values(_all_given(fields))
        return _Statement(query, {**self._given, **fields})


def insert(row: Model) -> None:
    """Add a row as it is and give it its key. No signals are sent, and no save() of its own is called."""
    database = _database()
    sql, fields = _insertion(type(row))
    values = [field.get_db_prep_save(getattr(row, field.attname), database) for field in fields]
    with planned_cursor(database) as asking:
        asking.execute(sql, values)
        row.pk = asking.fetchone()[0]
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@functools.cache
def _insertion(model: type[Model]) -> tuple[str, list[Any]]:
    quote, meta = _database().ops.quote_name, model._meta
    fields: list[Any] = [field for field in meta.concrete_fields if not field.primary_key]
    names, marks = ", ".join(quote(f.column) for f in fields), ", ".join(["%s"] * len(fields))
    table, key = quote(meta.db_table), quote(str(meta.pk.column))
    sql = f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING {key}"  # noqa: S608 - names of columns
    return sql, fields
