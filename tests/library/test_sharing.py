"""A template travels as a file, whatever is in it, and is shown by link to whom the team wants."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditEvent
from editor.library.models import ShareLink, Template
from editor.library.slots import Option, Slot
from tests.library.conftest import greet, node, publish, url


@pytest.fixture
def text(bob, workflow):
    """The file of a template with a choice."""
    invite, write = (node(workflow, t) for t in ("st.sendConnectionRequest", "st.sendMessage"))
    key = node(workflow, "st.openPersonPage")
    choice = Slot(key, "How", (Option(invite, "Invite"), Option(write, "Write")))
    template = publish(bob, workflow, slots=[choice]).template
    answer = bob.get(url(bob, template.public_id, "file"))
    assert "greet-somebody.trellis.json" in answer["Content-Disposition"]
    return answer.content.decode()


def test_a_template_goes_to_another_team_or_server_as_one_file(eve, text):
    answer = eve.post(url(eve, "import"), {"text": text, "visibility": "me"})

    made = Template.objects.get(team=eve.team)
    assert answer["Location"] == url(eve, made.public_id)
    assert made.visibility == "me"
    page = eve.get(answer["Location"]).content.decode()
    for words in ("Greet somebody", "Hello Oda", "Invite", "Write", "Oda Bakke"):
        assert words in page
    assert json.loads(eve.get(url(eve, made.public_id, "file")).content) == json.loads(text)
    assert AuditEvent.objects.filter(team=eve.team, verb="template.published").exists()


def test_a_file_says_nothing_of_its_server(text, bob):
    for secret in (bob.user.email, bob.team.slug, bob.team.connections.get().public_id):
        assert secret not in text


def altered(text, **changes):
    return json.dumps(json.loads(text) | changes)


PAGE = {"actionType": "st.openPersonPage", "personUrl": "https://www.linkedin.com/in/example-oda"}
EVIL = "<script>alert(1)</script>"
DEEP = "[" * 5000 + "]" * 5000

HOSTILE = [
    ("", "There is no text"),
    ("\x00", ""),
    ("{", ""),
    ("null", "no Trellis template"),
    ("[]", "no Trellis template"),
    (DEEP, ""),
    ('{"trellis": "template"}', "format 1"),
    ({"format": 2}, "format 1"),
    ({"format": True}, ""),
    ({"title": ""}, "Title"),
    ({"title": "x" * 121}, "Title"),
    ({"title": "a\x00b"}, "Title"),
    ({"title": {"$ne": 1}}, "Title"),
    ({"summary": None}, "In one sentence"),
    ({"category": EVIL}, "Category"),
    ({"readme": "x" * 20_001}, "Readme"),
    ({"inputs": EVIL}, "Inputs"),
    ({"inputs": [{"name": "__proto__"}]}, "Inputs"),
    ({"inputs": [{"name": "a", EVIL: 1}]}, "Inputs"),
    ({"inputs": []}, ""),  # the tree uses two
    ({"examples": []}, "Examples"),
    ({"examples": {"words": {"a": 1}}}, "Examples"),
    ({"examples": {}}, "does not run"),
    ({"slots": {}}, "Slots"),
    ({"slots": [1]}, "Slots"),
    ({"slots": [{"name": "x", "options": "ab"}]}, "Slots"),
    ({"slots": [{"name": "x", "options": []}]}, "at least two"),
    ({"slots": [{"name": "x", "options": [{"name": "a", "at": "/then/0"}, {"name": "b", "at": ""}]}]}, "one place"),
    ({"slots": [{"name": "x", "options": [{"name": "a", "at": "../.."}, {"name": "b", "at": []}]}]}, ""),
    ({"workflow": None}, "Workflow"),
    ({"workflow": {"actionType": EVIL}}, "Workflow"),
    ({"workflow": {"actionType": "st.sendMessage", "then": [PAGE]}}, "Workflow"),
    ({"workflow": []}, ""),
    ({EVIL: 1}, "nothing that a template has"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), HOSTILE, ids=range(len(HOSTILE)))
def test_a_file_that_is_not_right_is_refused_with_the_reason(eve, text, change, words):
    source = change if isinstance(change, str) else altered(text, **change)

    answer = eve.post(url(eve, "import"), {"text": source})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert EVIL not in page, "what was sent is shown as text only"
    assert not Template.objects.filter(team=eve.team).exists()


def test_what_is_too_large_is_refused_before_it_is_read(eve):
    huge = SimpleUploadedFile("../../etc/passwd.json", b" " * (5 * 1024 * 1024 + 1))

    answer = eve.post(url(eve, "import"), {"file": huge})

    assert answer.status_code == 422
    assert "5 MB" in answer.content.decode()


# Links


@pytest.fixture
def link(ann, bob, version):
    """Ann allows links; Bob makes one. The path that it leads to."""
    ann.post(url(ann, "by-link"), {"allow": "1"})
    page = bob.post(url(bob, version.template.public_id, "links"))
    new = page.context["new"]
    assert new in page.content.decode()
    return "/shared/" + new.rpartition("/")[2]


def test_who_has_the_link_may_look_and_nothing_else(eve, link, version):
    page = eve.get(link).content.decode()

    assert "Greet somebody" in page
    assert "Oda Bakke" in page
    assert "Outreach" not in page, "the team is not named"
    assert eve.get(url(eve, version.template.public_id)).status_code == 404


def test_a_link_is_for_people_of_this_server(nobody, link):
    assert nobody.get(link).status_code == 302


def test_the_token_is_shown_once_and_kept_nowhere(bob, link, version):
    token = link.removeprefix("/shared/")

    assert token not in bob.get(url(bob, version.template.public_id, "links")).content.decode()
    assert token not in json.dumps(list(ShareLink.objects.values("public_id", "digest")))
    assert token not in json.dumps(list(AuditEvent.objects.values("details", "subject")))


def test_a_revoked_link_leads_nowhere(eve, bob, link, version):
    one = ShareLink.objects.get()
    bob.post(url(bob, version.template.public_id, "links", one.public_id, "revoke"))

    assert eve.get(link).status_code == 404


def test_a_team_that_forbids_links_stops_them_all(ann, eve, link):
    ann.post(url(ann, "by-link"), {"allow": "0"})

    assert eve.get(link).status_code == 404


def test_a_withdrawn_template_is_not_shown_by_link(bob, eve, link, version):
    bob.post(url(bob, version.template.public_id, "withdraw"))

    assert eve.get(link).status_code == 404


def test_links_of_others_cannot_be_revoked(eve, bob, link, version):
    own = publish(eve, greet(eve)).template
    one = ShareLink.objects.get()

    eve.post(url(eve, own.public_id, "links", one.public_id, "revoke"))
    assert (
        eve.post(url(eve, version.template.public_id, "links", one.public_id, "revoke")).status_code
        == 404
    )
    assert eve.get(link).status_code == 200


@pytest.mark.parametrize("token", ["x", "a" * 500, "%00", "..%2f..", "é"])
def test_a_made_up_link_leads_nowhere(eve, token):
    assert eve.get(f"/shared/{token}").status_code == 404
