"""The table of roles on the team page cannot lie: it, the table of URLs and the answers say the same.

`test_urls.py` asks every URL as every role; here each row of that table is a case of one permission
(`accounts.permissions.Can`), and the page shows those. A new URL of a team needs a line in CASES.
"""

import re

import pytest

from accounts.models import Role
from accounts.permissions import Can
from tests.tables.test_urls import PLACEHOLDER
from tests.tables.urls import MEMBERS, ROWS, Row

# Method and route (placeholders as "_", after "t/_/") -> permission. The first that fits counts.
CASES = [
    (r"GET team/audit.*", Can.AUDIT),
    (r"\w+ team/erase", Can.ERASE),
    (r"\w+ team/delete(/.*)?", Can.CLOSE),
    # Everybody may take themselves out, so the door lets all roles in; services decide about others.
    (r"GET .*/export|GET workflows/_/(json|code/_)", Can.EXPORT),
    (r"\w+ team/people/_/own", Can.OWN),
    (r"\w+ team/(invite|invitations/.*|people/.*)", Can.INVITE),
    (r"\w+ team/connections.*", Can.CONNECT),
    (r"\w+ team/webhooks.*", Can.TELL),
    (r"POST team/(keeping|privacy|acts)|POST templates/by-link|\w+ team/name", Can.SETTLE),
    (r"\w+ workflows/_/(run|batch|schedule)(/.*)?", Can.RUN),
    (r"GET schedules/_/history", Can.SEE),
    (r"\w+ schedules/_.*", Can.RUN),
    (r"POST runs/_/draft", Can.BUILD),
    (r"POST runs/_/uncover", Can.UNCOVER),
    (r"\w+ templates/_/use(/.*)?", Can.RUN),
    (r"POST templates/_/copy", Can.BUILD),
    (r"POST templates/_/star", Can.SEE),  # a mark of one's own
    (
        r"POST templates/.*|GET templates/(import|_/(details|links))|\w+ workflows/_/publish",
        Can.PUBLISH,
    ),
    (r"POST review/(bulk|saved)", Can.SEE),  # a page that asks, a list of one's own
    (r"POST review/saved/_(/remove)?", Can.SHARE),
    (r"POST (runs|batches|review/bulk)/.*|GET runs/_/(again|failed)", Can.RUN),
    (r"POST workflows/_/clip", Can.SEE),  # copying takes nothing away
    (
        r"POST (workflows|folders)(/.*)?|GET workflows/(import|_/(inputs/menu|shelf|send))",
        Can.BUILD,
    ),
    (r"GET .*", Can.SEE),
]

# Leaving is a case of removing: the viewer whose seat the row is about gets through.
LEAVING = "POST t/<slug:slug>/team/people/<str:member>/remove"
OF_TEAMS = [row for row in ROWS if row.route.startswith("t/")]


def permission_of(row: Row) -> Can | None:
    case = f"{row.method} {PLACEHOLDER.sub('_', row.route).removeprefix('t/_/')}"
    return next((can for pattern, can in CASES if re.fullmatch(pattern, case)), None)


@pytest.mark.parametrize("row", OF_TEAMS, ids=str)
def test_each_url_lets_in_whom_the_table_lets(row: Row):
    can = permission_of(row)
    assert can, f"say in CASES which permission {row} is a case of"

    let_in = {role for name, role in MEMBERS.items() if row.answers[name] != 403}
    if str(row) == LEAVING:
        assert let_in == {Role.VIEWER, Role.ADMIN, Role.OWNER}
    else:
        assert let_in == {role for role, may in can.roles if may}
    assert row.answers["nobody"] == 302
    assert row.answers["eve"] == 404


def test_no_line_of_the_table_is_an_empty_promise():
    cases = {permission_of(row) for row in OF_TEAMS}
    assert set(Can) - cases == {Can.LEAVE}  # see LEAVING


def test_the_team_page_shows_the_table(ann, vic):
    for reader in (ann, vic):
        page = reader.get(f"/t/{ann.team.slug}/team").content.decode()
        rows = re.findall(r'<tr data-can="(\w+)">(.*?)</tr>', page, re.DOTALL)
        shown = {name: re.findall(r'data-may="(yes|no)"', row) for name, row in rows}

        assert shown == {
            can.name: ["yes" if may else "no" for role, may in can.roles] for can in Can
        }
