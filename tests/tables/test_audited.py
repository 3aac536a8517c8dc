"""Every writing act of a team leaves a line in the audit log, or stands here with the reason why not."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent
from tests.tables.test_urls import ask, values_for
from tests.tables.urls import ROWS, Row

# Rows that write without a line, by a pattern of "METHOD route". Single edits of a tree are kept more
# exactly elsewhere: each is a Change with its author, to be seen in the history and undone.
WITHOUT = {
    "/edit/<slug:verb>": "an edit is a Change",
    "/workflows/<str:workflow>/folder": "how a list is tidied",
    "/workflows/<str:workflow>/tags": "how a list is tidied",
    "/review/saved$": "a list of one's own; one for the team is told",
    "/runs/<str:run>/star": "a mark on the run",
    "/runs/<str:run>/note": "stands on the run, with who wrote it and when",
    "/connections/<str:connection>/test": "asks the service how the account is; the page shows it",
    "/runs/<str:run>/check": "asks the service how the account is; the page shows it",
    "/workflows/<str:workflow>/batch": "a table that nobody has started is a draft",
    "/batches/<str:batch>/rows/": "a table that nobody has started is a draft",
    "/templates/<str:template>/star": "a mark of one's own",
    "/links/<str:link>/revoke": "the link of the row is made up: nothing is deleted",
    "/webhooks/<str:endpoint>/test": "stands in the webhook's own log",
    "/sent/<str:delivery>/replay": "stands in the webhook's own log",
    "/sent/<str:delivery>/try": "stands in the webhook's own log",
}

# What a read may write: sessions, and marks of one's own that nobody else sees.
OWN = re.compile(
    r'(INSERT INTO|UPDATE|DELETE FROM) "(django_session|usersessions_\w+|runs_notice\w*|workflows_presence\w*)"'
)
WRITES = re.compile(r'^(INSERT INTO|UPDATE|DELETE FROM) "')
OF_TEAMS = [row for row in ROWS if row.route.startswith("t/") and row.method == "POST"]


@pytest.mark.parametrize("row", OF_TEAMS, ids=str)
def test_what_is_written_is_told(row: Row, ann, vic, settings):
    settings.SANDBOX_URL = "http://127.0.0.1:1"
    values = values_for(row, ann)
    before = AuditEvent.objects.count()

    with CaptureQueriesContext(connection) as queries:
        answer = ask(ann, row, values)
    written = {
        found.group(0)
        for query in queries
        if WRITES.match(query["sql"]) and not OWN.match(query["sql"])
        for found in [re.match(r'.*?"(\w+)"', query["sql"])]
        if found
    }

    told = AuditEvent.objects.count() > before
    excused = any(re.search(piece, str(row)) for piece in WITHOUT)
    assert told or excused or not written, (
        f"{answer.status_code}: writes {written} and tells nobody"
    )
    assert not (told and excused), "it tells now: take it out of WITHOUT"
