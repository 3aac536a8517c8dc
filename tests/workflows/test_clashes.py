"""Two people in one field: nobody's words are overwritten without being asked."""

import html
import re

import pytest

from tests.workflows.stories import Desk, desk

pytestmark = pytest.mark.django_db

MESSAGE = {
    "actionType": "st.openPersonPage",
    "personUrl": "https://www.linkedin.com/in/ada",
    "then": {"actionType": "st.sendMessage", "text": "Hello Ada, how are you?"},
}


@pytest.fixture
def anns(ann) -> Desk:
    return desk(ann, MESSAGE)


@pytest.fixture
def bobs(anns, bob) -> Desk:
    """Bob, before the same workflow."""
    return Desk(bob, anns.workflow)


def shown(at: Desk, field: str) -> dict[str, str]:
    """What a page sends with this field: its node, and what it shows now."""
    node = at.node("st.sendMessage").id
    form = at.get(f"/inspector/{node}").content.decode()
    [tag] = re.findall(rf'<[^>]*id="(?:field|own)-{field}"[^>]*>', form)
    [was] = re.findall(r'data-was="(\w*)"', tag)
    return {"node": node, "was": was}


def words(answer) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub("<[^>]*>", "", answer.content.decode())))


def text(at: Desk) -> str:
    return at.node("st.sendMessage").params["text"]


def test_a_field_that_somebody_changed_meanwhile_shows_both_versions(anns, bobs):
    hers, his = shown(anns, "text"), shown(bobs, "text")
    bobs.edit("param", field="/text", value="Hello Ada, how do you do?", **his)

    answer = anns.try_to("param", field="/text", value="Dear Ada, how are you?", **hers)

    assert answer.status_code == 409
    assert "Bob changed this meanwhile. Yours is not saved." in words(answer)
    assert "<mark>Hello</mark> Ada, how <mark>do</mark>" in answer.content.decode()
    assert text(anns) == "Hello Ada, how do you do?"


def test_knowing_it_one_may_keep_ones_own(anns, bobs):
    hers = shown(anns, "text")
    bobs.edit("param", field="/text", value="his", node=hers["node"])
    answer = anns.try_to("param", field="/text", value="hers", **hers).content.decode()
    [hers["was"]] = re.findall(r'data-conflict data-was="(\w+)"', answer)
    anns.edit("param", field="/text", value="hers", **hers)
    assert text(anns) == "hers"


@pytest.mark.parametrize(
    ("verb", "field", "his", "hers"),
    [
        ("label", "label", "his", "hers"),
        ("note", "note", "his", "hers"),
        ("type", "type", "st.sendConnectionRequest", "st.checkConnectionStatus"),
    ],
)
def test_so_it_is_with_label_note_and_type(anns, bobs, verb, field, his, hers):
    seen = shown(anns, field)
    bobs.edit(verb, node=seen["node"], **{verb: his})
    answer = anns.try_to(verb, **seen, **{verb: hers})
    assert answer.status_code == 409
    assert "Bob changed this meanwhile" in words(answer)
    assert ("Send connection request" if verb == "type" else "his") in words(answer)


def test_both_setting_the_same_is_no_clash(anns, bobs):
    hers = shown(anns, "text")
    bobs.edit("param", field="/text", value="same", node=hers["node"])
    anns.edit("param", field="/text", value="same", **hers)


def test_different_fields_of_one_action_both_go_through(anns, bobs):
    hers = shown(anns, "text")
    bobs.edit("note", **shown(bobs, "note"), note="his")
    anns.edit("param", field="/text", value="hers", **hers)
    assert (text(anns), anns.node("st.sendMessage").note) == ("hers", "his")


def test_typing_on_goes_from_what_was_saved_last(anns):
    sent = shown(anns, "text")
    told = anns.edit("param", field="/text", value="one", **sent)
    anns.edit("param", field="/text", value="one two", **sent | {"was": told.marks["was"]})
    assert told.marks["was"] != sent["was"]
    assert text(anns) == "one two"


def test_a_field_that_was_emptied_meanwhile_says_so(anns, bobs):
    hers = shown(anns, "text")
    bobs.edit("param", field="/text", node=hers["node"])
    assert "Nothing" in words(anns.try_to("param", field="/text", value="hers", **hers))


def test_ones_own_other_tab_is_not_called_somebody(anns, ann):
    hers = shown(anns, "text")
    Desk(ann, anns.workflow).edit("param", field="/text", value="there", node=hers["node"])
    assert "This was changed meanwhile." in words(
        anns.try_to("param", field="/text", value="here", **hers)
    )
