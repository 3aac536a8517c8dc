"""The audit log: who did what, when, from where; to read, search and download, never to change."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import audit, services
from accounts.auditing import THINGS
from accounts.models import AuditEvent, Connection, User
from editor.workflows import services as workflows
from editor.workflows.edits import shelving

ROOT = Path(__file__).parent.parent.parent
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
A_PAGE = '{"actionType": "st.openPersonPage", "personUrl": "https://www.linkedin.com/in/ada"}'


def log(person, **query):
    return person.get(f"/t/{person.team.slug}/team/audit", query).content.decode()


def file(person, **query):
    answer = person.get(f"/t/{person.team.slug}/team/audit/export", query)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_says_who_what_and_from_where(ann):
    ann.post(f"/t/{ann.team.slug}/team/name", {"name": "Reach"}, headers={"User-Agent": FIREFOX})

    page = log(ann)
    for text in (
        "Ann",
        "Team renamed",
        "Reach",
        "before: Outreach",
        "127.0.0.1",
        "Firefox on Linux",
    ):
        assert text in page


def test_what_it_was_done_to_is_a_link_and_no_page_shows_a_key(ann):
    audit.record(ann.team, ann.user, "run.started", "Founders", run="RUN1", version=2)
    audit.record(ann.team, ann.user, "template.run", "Founders", template="TEMPLATE1", run="RUN2")
    audit.record(ann.team, ann.user, "workflow.deleted", "Old one", workflow="GONE1")

    page = log(ann)
    here = f'<a href="/t/{ann.team.slug}'
    assert f'{here}/runs/RUN1">Founders</a>' in page
    assert "version: 2" in page
    assert f'{here}/templates/TEMPLATE1">Founders</a>' in page
    assert f'{here}/runs/RUN2">the run</a>' in page
    assert "GONE1" not in page
    assert {"run: RUN1, version: 2", "workflow: GONE1"} <= {row[4] for row in file(ann)}


def test_settings_before_and_after_are_told_in_words(ann):
    changed = {"before": {"messages_for": "viewer"}, "after": {"messages_for": "owner"}}
    audit.record(ann.team, ann.user, "team.privacy_changed", ann.team.name, **changed)
    assert "before: messages for viewer, after: messages for owner" in log(ann)
    assert "{" not in file(ann)[1][4]


def test_the_end_of_an_uncovering_is_told_as_people_tell_it(ann):
    until = datetime(2026, 11, 26, 15, 4, 5, tzinfo=UTC).isoformat()
    audit.record(ann.team, ann.user, "run.uncovered", "Founders", reason="Complaint", until=until)
    User.objects.filter(pk=ann.user.pk).update(time_zone="Europe/Berlin")
    assert "until: 26 Nov 2026, 16:04 CET" in log(ann)
    assert "until: 26 Nov 2026, 15:04 UTC" in file(ann)[2][4]


def test_the_same_name_again_is_nothing_to_tell(ann):
    workflow = workflows.import_wire(ann.team, actor=ann.user, name="Visit", source=A_PAGE)
    folder = shelving.create_folder(ann.team, actor=ann.user, name="Leads")
    sandbox = Connection.objects.get(team=ann.team)
    here = f"/t/{ann.team.slug}"
    same = {
        f"{here}/team/name": ann.team.name,
        f"{here}/team/connections/{sandbox.public_id}/name": sandbox.name,
        f"{here}/folders/{folder.public_id}": folder.name,
        f"{here}/workflows/{workflow.public_id}/rename": workflow.name,
    }
    before = AuditEvent.objects.count()
    for path, name in same.items():
        assert ann.post(path, {"name": name}).status_code in (200, 204, 302), path
    assert AuditEvent.objects.count() == before

    ann.post([*same][-1], {"name": workflow.name, "description": "Reads one page."})
    assert AuditEvent.objects.latest("pk").verb == "workflow.described"


def test_what_trellis_does_itself_comes_from_nowhere(ann):
    audit.record(ann.team, None, "runs.removed", "old ones")

    event = AuditEvent.objects.get(verb="runs.removed")
    assert (event.actor_name, event.ip, event.agent) == ("Trellis", None, "")


def test_an_address_counts_only_as_far_as_proxies_are_trusted(ann, settings):
    lie = {"X-Forwarded-For": "203.0.113.9"}
    ann.post(f"/t/{ann.team.slug}/team/name", {"name": "A"}, headers=lie)
    assert AuditEvent.objects.latest("pk").ip == "127.0.0.1"

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    ann.post(f"/t/{ann.team.slug}/team/name", {"name": "B"}, headers=lie)
    assert AuditEvent.objects.latest("pk").ip == "203.0.113.9"


def test_is_searched_and_narrowed(ann, bob):
    services.rename_team(team=ann.team, actor=ann.user, name="Reach")
    old = AuditEvent.objects.get(verb="team.created")

    assert "Team renamed" in log(ann, q="reach ann")
    assert "Nothing fits" in log(ann, q="reach bob")
    assert "Team renamed" not in log(ann, thing="member")
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert "Nothing fits" in log(ann, since=tomorrow.isoformat())
    assert "Team renamed" in log(ann, until=tomorrow.isoformat())
    assert "This filter makes no sense" in log(ann, since="yesterday")
    assert ann.get(f"/t/{ann.team.slug}/team/audit", {"thing": "x"}).status_code == 422
    assert old.subject


def test_whatever_is_recorded_can_be_asked_for():
    act = re.compile(r"""record\((?:[^()"]|\([^()]*\))*?"([a-z]+)\.[a-z_]+\"""")
    rooms = [path for room in ("accounts", "editor") for path in (ROOT / room).rglob("*.py")]
    things = {thing for path in rooms for thing in act.findall(path.read_text())}

    assert {"results", "folder", "link"} <= things
    assert [thing for thing in things if not thing.startswith(THINGS)] == []


def test_pages_by_key_set_at_a_steady_price(ann):
    def cost():
        with CaptureQueriesContext(connection) as found:
            log(ann)
        return len(found)

    log(ann)  # the first page of a session remembers the team
    before = cost()
    for number in range(60):
        audit.record(ann.team, ann.user, "team.tried", f"number {number:02}")

    assert cost() == before
    page = log(ann)
    assert "number 59" in page
    assert "number 05" not in page
    assert "Next page" in page
    assert ann.get(f"/t/{ann.team.slug}/team/audit?cursor=made-up").status_code == 404


def test_the_file_has_all_that_fits_and_no_formula(ann):
    services.rename_team(team=ann.team, actor=ann.user, name="=HYPERLINK(1)")
    rows = file(ann, thing="team")

    assert rows[0][:4] == ["When (UTC)", "Who", "What", "To what"]
    assert {row[2] for row in rows[1:]} == {
        "Team created", "Team renamed", "Team audit downloaded",
    }  # fmt: skip
    assert "'=HYPERLINK(1)" in {row[3] for row in rows}


def test_another_teams_log_stays_there(ann, eve):
    assert "Elsewhere" not in log(ann)
    assert eve.get(f"/t/{ann.team.slug}/team/audit").status_code == 404


def test_is_only_ever_added_to(ann):
    event = AuditEvent.objects.first()

    for change in (
        lambda: AuditEvent.objects.update(subject="x"),
        lambda: AuditEvent.objects.all().delete(),
        lambda: AuditEvent.objects.bulk_update([event], ["subject"]),
        event.delete,
        event.save,
    ):
        with pytest.raises(TypeError, match="never"):
            change()
