"""The plugin that looks for secrets in the whole run finds them, wherever they come out."""

import io
import logging
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.mail import send_mail
from django.core.management.base import OutputWrapper
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.utils.html import escape

from accounts import audit, inviting
from accounts.models import Connection
from tests import leaks

TOKEN = "linked_canary-7f3a9c0e"


@pytest.fixture
def token(ann):
    """One of a connection, kept as all of them are."""
    found = Connection.objects.get(team=ann.team)
    found.linked_api_token = TOKEN
    found.save()
    return TOKEN


def zipped(text):
    """As a spreadsheet is: nobody finds a word in its bytes."""
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as sheets:
        sheets.writestr("xl/sharedStrings.xml", f"<t>{text}</t>" * 9)
    return [file.getvalue()[:20], file.getvalue()[20:]]


def answered(response, path="/t/outreach/team"):
    """What a test would be told about it, after the whole answer was read."""
    seen = leaks.answers(lambda request: response)(RequestFactory().get(path))
    if seen.streaming:
        b"".join(seen.streaming_content)
    return leaks.taken()


@pytest.mark.parametrize(
    "answer",
    [
        lambda token: HttpResponse(f"<p>{escape(token)}</p>"),
        lambda token: JsonResponse({"deep": [{"token": token}]}),
        lambda token: HttpResponse(status=500, content=f"KeyError: {token}"),
        lambda token: HttpResponse(headers={"X-Token": token}),
        lambda token: StreamingHttpResponse(iter(["a,b\r\n", f"1,{token[:9]}", token[9:]])),
        lambda token: StreamingHttpResponse(iter(zipped(token))),
    ],
    ids=["page", "json", "error", "header", "two pieces", "spreadsheet"],
)
def test_an_answer(token, answer):
    assert answered(answer(token)) == [
        "accounts.connection.linked_api_token (linked…) in answer to GET /t/outreach/team"
    ]
    assert answered(answer("harmless-as-anything")) == []


def test_a_mail_a_line_of_the_log_of_a_command_and_of_the_record(token, ann):
    send_mail("About", f"It is {token}", None, ["ann@example.com"])
    logging.getLogger("editor.runs").warning("failed with %s", token)
    try:
        raise ValueError(token)
    except ValueError:
        logging.getLogger("editor.runs").exception("broke")
    OutputWrapper(io.StringIO()).write(f"Token: {token}")
    audit.record(ann.team, ann.user, "connection.tested", "C", token=token)

    places = [found.partition(" in ")[2] for found in leaks.taken()]
    assert places == [
        "mail", "a line of the log of editor.runs", "a line of a command",
        "the audit log, connection.tested",
    ]  # fmt: skip
    leaks.fresh()  # the lines stand in what this test is captured with, too


def test_the_keys_of_the_server_hashes_and_links(ann, settings):
    _, invited = inviting.invite(team=ann.team, actor=ann.user, role="runner")
    told = [
        settings.SECRET_KEY, settings.ENCRYPTION_KEYS[0], ann.user.password, invited,
        inviting.hash_of(invited), "c46fd4ed2a5d3e6b5e5d9b0b4bb6b5b5",
    ]  # fmt: skip
    assert len(answered(HttpResponse(" ".join(told)))) == 5


def test_what_may_be_told_may_be_told_only_there(ann):
    _, invited = inviting.invite(team=ann.team, actor=ann.user, role="runner")
    send_mail("Come", invited, None, ["ben@example.com"])
    assert leaks.taken() == []
    assert answered(HttpResponse(invited), "/t/outreach/team/audit") != []


def test_the_test_fails(token):
    answered(HttpResponse())
    leaks.look(lambda: "a place", token)
    with pytest.raises(pytest.fail.Exception, match=r"linked_api_token \(linked…\) in a place"):
        leaks.complain()
