"""The parameters as JSON, fetched by the code editor and kept by the browser."""

import pytest

from editor import catalog
from editor.catalog.hints import parameter_table

pytestmark = pytest.mark.django_db
URL = "/actions/hints.json"


def test_it_is_the_parameter_table(vic):
    assert vic.get(URL).json() == parameter_table(catalog.default())


def test_the_browser_keeps_it_and_asks_again_cheaply(vic):
    first = vic.get(URL)
    assert "private" in first["Cache-Control"]
    again = vic.get(URL, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_nobody_reads_it_without_signing_in(nobody):
    response = nobody.get(URL)
    assert response.status_code == 302
    assert "/accounts/login" in response["Location"]


def test_it_is_for_reading_only(vic):
    assert vic.post(URL).status_code == 405
