"""Hostile input is refused, or shown as the harmless text it is. The rows stand in `hostile.py`.

Webhooks that come in replayed, tampered with, too old or signed by somebody else: `tests/runs/test_webhooks.py`.
"""

import csv
import io
import re
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from accounts import inviting
from accounts.models import AuditEvent, Connection, Invitation, Membership
from editor.runs.models import Hook, Run
from editor.workflows import services as workflows
from tests.people import PASSWORD
from tests.tables.hostile import MARKUP, SENT, SHOWN, Sent, Shown
from tests.tables.test_urls import PLACEHOLDER, ask, values_for
from tests.tables.urls import FILL, ROWS, Row

SCRIPTS = ("javascript:", "vbscript:", "data:text")
OWN_SITE = re.compile(r"/(?![/\\])")


@pytest.fixture(autouse=True)
def fresh_rate_limits():
    cache.clear()


class Page(HTMLParser):
    """Elements and attributes as a browser takes them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.dangers: list[str] = []
        self.texts = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.dangers.append(f"<{tag} {name}={value!r}>")
            leads = name in ("href", "src", "action", "formaction")
            if leads and (value or "").strip().lower().startswith(SCRIPTS):
                self.dangers.append(f"<{tag} {name}={value!r}>")
            self.texts += value or ""

    def handle_data(self, data):
        self.texts += data


def filled(text, person, extra):
    """Placeholders in braces, from FILL (Ann's), once each."""

    def fill(found):
        name = found.group(1)
        if name not in extra:
            extra[name] = FILL[name](person)
        return extra[name]

    text = re.sub(r"(?<!{){(\w+)}(?!})", fill, text)
    return (
        text.replace("{{", "{").replace("}}", "}") if "onerror" in text or '{{"' in text else text
    )


def fill_all(data, person, extra):
    if not isinstance(data, dict):
        return data
    return {
        key: filled(value, person, extra) if isinstance(value, str) and len(value) < 1000 else value
        for key, value in data.items()
    }


@pytest.mark.parametrize("row", SHOWN, ids=str)
def test_a_text_is_shown_as_a_text(row: Shown, ann, vic, settings):
    settings.SANDBOX_URL = "http://127.0.0.1:1"
    extra = {"x": MARKUP}
    path = filled(row.path, ann, extra)
    answer = ann.post(path, fill_all(row.data, ann, extra)) if row.data else None
    assert answer is None or answer.status_code < 500

    for shown in row.pages:
        if shown == "answer":
            page = answer if answer.status_code != 302 else ann.get(answer.headers["Location"])
        else:
            page = ann.get(filled(shown, ann, extra | {"x": quote(MARKUP)}))
        assert page.status_code in (200, 422), shown
        html = Page(page.content.decode())
        assert html.dangers == [], shown
        assert "onerror=alert(1)" in html.texts or "joined" in shown or "answer" in shown, shown


@pytest.mark.parametrize("row", SENT, ids=str)
def test_a_request_comes_to_what_it_must(row: Sent, ann, vic, eve, nobody, settings):
    settings.SANDBOX_URL = "http://127.0.0.1:1"
    made = workflows.import_wire(
        eve.team, actor=eve.user, name="E", source='{"actionType": "st.retrieveSSI"}'
    )
    extra = {"eves_workflow": made.public_id}
    if "{hook}" in row.path:
        extra["hook"] = Hook.objects.create(client_key="k", secret="s", url="https://x").path
    if "{invitation_hash}" in row.path:
        inviting.invite(team=ann.team, actor=ann.user, role="runner")
        extra["invitation_hash"] = Invitation.objects.get().token_hash
    person = {"ann": ann, "eve": eve, "nobody": nobody}[row.by]
    answer = send(person, row, filled(row.path, ann, extra), fill_all(row.data, ann, extra))

    assert answer.status_code in row.comes_to
    if answer.status_code == 302:
        assert OWN_SITE.match(answer.headers["Location"]), answer.headers["Location"]
    if not answer.streaming and "html" in answer.headers.get("Content-Type", ""):
        assert Page(answer.content.decode()).dangers == []
        assert "evil.example" not in re.sub(
            r'name="next" value="[^"]*"|\?next=[^"]*', "", answer.content.decode()
        )
    assert "root:" not in str(answer.headers)


def send(person: Client, row: Sent, path, data):
    headers = dict(row.headers)
    if row.method == "LOGIN":
        return person.post(path, data | {"login": "ann@example.com", "password": PASSWORD})
    if row.method == "CONFIRM":
        return person.post(path, data | {"password": PASSWORD})
    if row.method == "INVITED":
        person.get(path)
        return person.post("/join")
    if row.content_type:
        return person.generic(
            row.method, path, data, content_type=row.content_type, headers=headers
        )
    return getattr(person, row.method.lower())(path, data, headers=headers)


# --- What holds for every address --------------------------------------------------------------

POSTS = [row for row in ROWS if row.method == "POST"]
BY_SIGNATURE = ("hooks/", "sandbox/")  # callers there have no session that could be misused
NO_IDS = {"slug", "ending", "verb", "language", "number"}
WITH_IDS = [
    row
    for row in ROWS
    if row.route.startswith("t/")
    and {name for pair in PLACEHOLDER.findall(row.route) for name in pair if name} - NO_IDS
]


@pytest.mark.parametrize("row", [r for r in POSTS if not r.route.startswith(BY_SIGNATURE)], ids=str)
def test_a_form_from_another_site_is_refused(row: Row, ann, vic):
    """Signed in as an owner, but without the token that only our own pages have."""
    values = values_for(row, ann)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ann.user)
    events = AuditEvent.objects.count()

    assert ask(strict, row, values).status_code == 403
    assert AuditEvent.objects.count() == events


@pytest.mark.parametrize("row", WITH_IDS, ids=str)
def test_another_teams_id_is_not_found_through_ones_own_team(row: Row, ann, vic, eve, settings):
    """Eve owns a team; there she may do everything, but only with what is hers."""
    settings.SANDBOX_URL = "http://127.0.0.1:1"
    values = values_for(row, ann) | {"slug": eve.team.slug}
    with transaction.atomic():
        answer = ask(eve, row, values)
        transaction.set_rollback(True)

    tells_nothing = row.method == "GET" and answer.status_code == 204  # of what is not there, too
    assert answer.status_code == 404 or tells_nothing


class TestInvitations:
    def link(self, ann, **how):
        _, token = inviting.invite(team=ann.team, actor=ann.user, role="runner", **how)
        return token

    @pytest.mark.parametrize(
        "tampered", [lambda t: t[:-1], lambda t: t + "x", lambda t: t.swapcase(), lambda t: t[::-1]]
    )
    def test_a_tampered_link_opens_nothing(self, ann, eve, tampered):
        eve.get(f"/join/{tampered(self.link(ann))}")
        assert eve.post("/join").status_code == 404
        assert not Membership.objects.filter(team=ann.team, user=eve.user).exists()

    def test_a_used_link_is_not_used_again_by_somebody_thrown_out(self, ann, eve):
        token = self.link(ann)
        eve.get(f"/join/{token}")
        eve.post("/join")
        Membership.objects.filter(team=ann.team, user=eve.user).delete()

        eve.get(f"/join/{token}")
        assert eve.post("/join").status_code == 404

    def test_a_role_cannot_be_added_to_the_form(self, ann, eve):
        eve.get(f"/join/{self.link(ann)}")
        eve.post("/join", {"role": "owner", "email": "x"})
        assert Membership.objects.get(team=ann.team, user=eve.user).role == "runner"


def test_a_file_is_named_without_paths_or_headers(ann):
    made = workflows.import_wire(
        ann.team, actor=ann.user, name='../../etc/pa"ss\r\nSet-Cookie: x=1', source='{"actionType": "st.retrieveSSI"}'
    )  # fmt: skip
    answer = ann.get(f"/t/{ann.team.slug}/workflows/{made.public_id}/export")

    named = answer.headers["Content-Disposition"]
    assert not re.search(r"[/\\\r\n]", named)
    assert "Set-Cookie" not in answer.headers


def test_no_cell_of_a_file_is_a_formula(ann):
    for name in ("=cmd|'/c calc'!A1", "+1+1", "-1", "@SUM(1)", "\t=1"):
        found = Connection.objects.get(team=ann.team)
        ann.post(f"/t/{ann.team.slug}/team/connections/{found.public_id}/name", {"name": name})
        answer = ann.get(f"/t/{ann.team.slug}/team/audit/export")
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        cells = [cell.strip('"') for line in text.splitlines() for cell in line.split(",")]
        assert not [cell for cell in cells if cell[:1] in ("=", "+", "@", "\t")]


FORMULA = "=HYPERLINK(A1)"


@pytest.mark.parametrize(
    ("what", "path", "data", "file"),
    [
        ("a workflow in the list of runs", "/workflows/{workflow}/rename", {"name": FORMULA}, "/review/runs.csv"),
        ("a team's name in the log", "/team/name", {"name": FORMULA}, "/team/audit/export"),
        ("a folder in the log", "/folders", {"name": FORMULA}, "/team/audit/export"),
    ],
    ids=lambda each: each if isinstance(each, str) and " " in each else "",
)  # fmt: skip
def test_no_file_calculates_what_somebody_typed(ann, what, path, data, file):
    run = Run.objects.get(public_id=FILL["run"](ann))
    team = f"/t/{ann.team.slug}"
    path = path.format(workflow=run.workflow.public_id)
    ann.post(team + path, data)
    Run.objects.update(workflow_name=FORMULA)

    text = b"".join(ann.get(team + file).streaming_content).decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    assert [cell for cell in cells if "HYPERLINK" in cell]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "@", "\t")]


def test_another_teams_run_gets_no_star(ann, eve):
    """The page for many runs says nothing of ids that are not of the team, and touches none."""
    run = Run.objects.get(public_id=FILL["run"](ann))
    for verb in ("star", "cancel", "again", "export"):
        for step in ("bulk", f"bulk/{verb}"):
            data = {"verb": verb, "runs": run.public_id, "submit_key": "k"}
            page = eve.post(f"/t/elsewhere/review/{step}", data)
            assert page.status_code in (200, 302, 404, 405, 422)
            if not page.streaming:
                assert "One page" not in page.content.decode()
    run.refresh_from_db()
    assert (run.starred_at, run.state) == (None, "queued")


def test_there_are_sixty_and_more():
    assert len(SHOWN) + len(SENT) >= 60
