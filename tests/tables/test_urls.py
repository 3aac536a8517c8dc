"""Every address of the project is in the table of tests/tables/urls.py, and answers as the table says."""

import re
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.people import Person
from tests.tables.urls import FILL, READERS, ROWS, Row

PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:\[[^]]*\]|[^)])*\)")


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every URL pattern below `resolver`, written in full."""
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern, route)


def filled(text: str, values: dict[str, str]) -> str:
    """The route with something real in place of each placeholder."""
    plain = text.replace("^", "").removesuffix("$")
    return PLACEHOLDER.sub(lambda found: values[found.group(1) or found.group(2)], plain)


def test_every_url_has_a_row_and_every_row_a_url():
    known = set(routes(get_resolver()))
    rows = {row.route for row in ROWS}

    assert known - rows == set(), "add rows for these to tests/tables/urls.py"
    assert rows - known == set(), "these are not URLs of the project any more"


def values_for(row: Row, ann: Person) -> dict[str, str]:
    """Something real for each placeholder of the row, made in Ann's team."""
    names = [one or other for one, other in PLACEHOLDER.findall(row.route)]
    names += re.findall(r"{(\w+)}", " ".join(map(str, row.data.values())))
    return {name: row.fill.get(name) or FILL[name](ann) for name in names}


def ask(person: Client, row: Row, values: dict[str, str]) -> HttpResponse:
    """The answer of this row's URL to this person."""
    path = "/" + filled(row.route, values)
    data = {
        key: value.format(**values) if isinstance(value, str) else value
        for key, value in row.data.items()
    }
    return getattr(person, row.method.lower())(path, data)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_reader_gets_the_answer_of_the_table(
    row, ann, ada, bob, rae, vic, eve, nobody, settings
):
    settings.SANDBOX_URL = "http://127.0.0.1:1"  # nothing leaves this test
    people = dict(zip(READERS, (nobody, eve, vic, rae, bob, ada, ann), strict=True))
    values = values_for(row, ann)

    found = {}
    for name, person in people.items():
        with transaction.atomic():
            found[name] = ask(person, row, values).status_code
            transaction.set_rollback(True)
    assert found == dict(row.answers)
