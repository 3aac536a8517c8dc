"""What holds for every page, whoever reads it: the table of URLs is the list of pages."""

import logging
import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings as project_settings
from django.core import mail as mails
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from accounts.models import AuditEvent, Connection, Invitation
from tests.tables.test_urls import ask, values_for
from tests.tables.urls import ROWS, Row

PAGES = [row for row in ROWS if row.method == "GET" and not row.route.startswith("sandbox/")]
STEP = "CANARYJBSWY3DPEH"  # the key of an authenticator app
CANARIES = ("linked_canary-7f3a9c0e", "id_canary-51d2b8aa")

INLINE = {
    "a style attribute": re.compile(r"<[^>]+\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "an event attribute": re.compile(r"<[a-zA-Z][^>]*\son[a-z]+\s*="),
    "hx-on": re.compile(r"\shx-on[:-]"),
    "a javascript: value": re.compile(r"""["'](javascript|js):"""),
    "an inline script": re.compile(
        r"<script(?![^>]*\ssrc=)(?![^>]*type=\"(application/json|application/ld\+json)\")[^>]*>"
    ),
}


@pytest.fixture
def canaries(ann):
    """Ann's one connection has tokens that are easily found when they leak."""
    found = Connection.objects.get(team=ann.team)
    found.linked_api_token, found.identification_token = CANARIES
    found.save()
    return CANARIES


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_a_page_carries_the_strict_policy_and_nothing_inline(row: Row, ann, vic):
    answer = ask(ann, row, values_for(row, ann))

    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        text = answer.content.decode()
        assert {what for what, pattern in INLINE.items() if pattern.search(text)} == set()


def text_of(answer: HttpResponse) -> str:
    """All that an answer says, a spreadsheet's sheets included."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if not body.startswith(b"PK"):
        return body.decode()
    with ZipFile(BytesIO(body)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


@pytest.fixture
def people(ann, ada, bob, rae, vic, eve, nobody):
    """Everybody who could be told too much."""
    return [nobody, eve, vic, rae, bob, ada, ann]


@pytest.mark.parametrize(
    "row", [row for row in ROWS if not row.route.startswith("sandbox/")], ids=str
)
def test_no_token_and_no_key_leaves_the_server(row: Row, people, ann, canaries, caplog, settings):
    """Not in a page, a file, a header, a log line, a mail or the record, whoever asks."""
    settings.SANDBOX_URL = settings.LINKEDAPI_URL = "http://127.0.0.1:1"
    caplog.set_level(logging.DEBUG)
    values = values_for(row, ann)
    TOTP.activate(ann.user, STEP)

    told = ""
    for person in people:
        with transaction.atomic():
            answer = ask(person, row, values)
            told += str(answer.headers) + text_of(answer)
            told += str(list(AuditEvent.objects.values_list()))
            transaction.set_rollback(True)
    told += caplog.text + "".join(f"{mail.subject}{mail.body}" for mail in mails.outbox)

    secrets = [
        *canaries,
        STEP,
        project_settings.SECRET_KEY,
        *project_settings.ENCRYPTION_KEYS,
        ann.user.password,
        *Invitation.objects.values_list("token_hash", flat=True),
    ]
    assert [secret[:10] for secret in secrets if secret in told] == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/nothing-here", "/t/nobody/team"])
def test_what_is_not_there_is_a_friendly_page(path, ann):
    answer = ann.get(path)

    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_a_part_of_a_page_that_is_not_there_is_a_part_too(ann):
    answer = ann.get("/t/nobody/team", headers={"HX-Request": "true"})

    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_forged_form_is_refused_kindly(ann):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ann.user)

    answer = strict.post("/teams/new", {"name": "Forged"})
    assert answer.status_code == 403
    assert "Please try again" in answer.content.decode()


def test_from_what_is_not_there_one_goes_back_or_on(ann):
    team = f"/t/{ann.team.slug}"
    came_from = {"Referer": f"http://testserver{team}/team?a=1"}
    html = ann.get(f"{team}/runs/gone", headers=came_from).content.decode()
    assert f'href="{team}/team?a=1">Back to where you were' in html
    assert f'href="{team}/workflows">Workflows' in html
    elsewhere = ann.get(f"{team}/runs/gone", headers={"Referer": "https://evil.example/x"})
    assert "evil" not in elsewhere.content.decode()


def test_from_what_one_may_not_do_one_goes_back_or_on(ann, vic):
    team = f"/t/{ann.team.slug}"
    html = vic.get(f"{team}/team/webhooks", headers={"Referer": f"http://testserver{team}/runs"})
    assert f'href="{team}/runs">Back to where you were' in html.content.decode()
    assert "See who is in Outreach" in html.content.decode()


def test_by_a_name_that_it_does_not_have_the_server_says_which_setting_gives_it_one(client):
    answer = client.get("/accounts/login/", headers={"Host": "box.example:8000"})
    assert answer.status_code == 400
    assert "ALLOWED_HOSTS" in answer.content.decode()


def test_an_address_that_only_takes_a_form_says_so_when_it_is_opened(ann):
    theme = ann.get("/profile/theme", headers={"Accept": "text/html,*/*;q=0.8"})
    assert theme.status_code == 405
    assert theme.headers["Allow"] == "POST"
    assert "This address only takes what a form sends" in theme.content.decode()
    assert ann.get("/profile/theme").content == b"", "a program need not read a page"


def test_what_is_too_much_at_once_says_how_to_send_less(ann, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    page = "http://testserver/teams/new"
    answer = ann.post("/teams/new", {"name": "x" * 200}, headers={"Referer": page})
    assert answer.status_code == 413
    assert "That is too much at once" in answer.content.decode()
    assert 'href="/teams/new"' in answer.content.decode()


@pytest.mark.django_db
def test_who_tries_too_often_reads_what_to_do(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    tries = [client.post("/accounts/password/reset/", {"email": "a@example.com"}) for _ in "12"]
    assert tries[-1].status_code == 429
    assert "Wait a few minutes" in tries[-1].content.decode()


def test_a_broken_page_says_so_without_saying_why(ann, monkeypatch):
    def breaks(user):
        raise RuntimeError("a detail of the inside")

    monkeypatch.setattr("accounts.queries.members_of", breaks)
    ann.raise_request_exception = False

    answer = ann.get(f"/t/{ann.team.slug}/team")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
    assert "detail" not in answer.content.decode()
