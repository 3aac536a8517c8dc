"""Two people in one field: nobody's words are overwritten without being asked."""

import html
import re

import pytest

from editor.workflows.models import Workflow
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


def of_input(at: Desk, name: str, field: str) -> dict[str, str]:
    """The same with a field of an input."""
    panel = at.get("/inputs").content.decode()
    item = panel.partition(f'data-input="{name}"')[2]
    [was] = re.findall(rf'data-field="/inputs/\d+/{field}" data-was="(\w*)"', item)[:1]
    return {"input": name, "field": field, "was": was}


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


# --- What a workflow says of its inputs -------------------------------------------------------------


def declared(at: Desk) -> list[dict]:
    return Workflow.objects.get(pk=at.workflow.pk).inputs


@pytest.fixture
def with_input(anns) -> Desk:
    anns.edit("input-add", name="term", kind="text")
    return anns


@pytest.mark.parametrize(
    ("field", "his", "hers", "shown_as"),
    [
        ("name", "query", "words", "query"),
        ("kind", "number", "list", "A number"),
        ("default", "harbour", "port", "harbour"),
        ("help", "What to look for", "Words", "What to look for"),
        ("choices", ["a", "b"], ["c"], "a b"),
    ],
)
def test_so_it_is_with_everything_that_an_input_says(with_input, bobs, field, his, hers, shown_as):
    seen = of_input(with_input, "term", field)
    bobs.edit("input-change", value=his, **of_input(bobs, "term", field))
    after_his = declared(bobs)

    answer = with_input.try_to("input-change", value=hers, **seen)

    assert answer.status_code == 409
    assert "Bob changed this meanwhile. Yours is not saved." in words(answer)
    assert shown_as in words(answer)
    assert declared(with_input) == after_his
    [seen["was"]] = re.findall(r'data-conflict data-was="(\w+)"', answer.content.decode())
    with_input.edit("input-change", value=hers, **seen)
    assert declared(with_input) != after_his


def test_whether_it_must_be_filled_in_is_shown_in_words(with_input, bobs):
    bobs.edit("input-change", input="term", field="required", value="false")
    seen = of_input(with_input, "term", "required")
    bobs.edit("input-change", input="term", field="required", value="true")
    answer = with_input.try_to("input-change", value="false", **seen | {"was": "0"})
    assert answer.status_code == 409
    assert "Bob’s version Yes Keep mine" in words(answer)


def test_different_fields_of_one_input_both_go_through(with_input, bobs):
    seen = of_input(with_input, "term", "help")
    bobs.edit("input-change", value="harbour", **of_input(bobs, "term", "default"))
    with_input.edit("input-change", value="Words to look for", **seen)
    [term] = declared(with_input)
    assert (term["default"], term["help"]) == ("harbour", "Words to look for")


def test_what_is_said_of_an_input_follows_it_to_its_new_name(with_input, bobs):
    bobs.edit("input-add", name="town", kind="text")
    seen = of_input(with_input, "term", "help")
    bobs.edit("input-change", value="query", **of_input(bobs, "term", "name"))
    bobs.edit("input-change", value="search", **of_input(bobs, "query", "name"))

    with_input.edit("input-change", value="Words to look for", **seen)
    with_input.edit("input-move", input="term")

    town, search = declared(with_input)
    assert (town["name"], search["name"]) == ("town", "search")
    assert search["help"] == "Words to look for"
    with_input.edit("input-remove", input="term")
    assert [each["name"] for each in declared(with_input)] == ["town"]


def order(at: Desk) -> str:
    return "".join(each["name"] for each in declared(at))


@pytest.fixture
def with_four(anns) -> Desk:
    for name in "abcd":
        anns.edit("input-add", name=name, kind="text")
    return anns


def test_two_who_move_one_input_to_the_same_place_move_it_there_once(with_four, bobs):
    with_four.edit("input-move", input="d", before="c")
    bobs.edit("input-move", input="d", before="c")
    assert order(bobs) == "abdc"


def test_an_input_goes_where_it_was_put_whatever_others_put_above_it(with_four, bobs):
    bobs.edit("input-move", input="d", before="a")
    with_four.edit("input-move", input="c", before="b")
    assert order(bobs) == "dacb"


def test_undo_of_a_move_does_not_move_what_somebody_else_moved_since(with_four, bobs):
    with_four.edit("input-move", input="d", before="a")
    bobs.edit("input-move", input="d", before="c")
    answer = with_four.try_to("undo")
    assert answer.status_code == 422
    assert "Bob changed the same inputs since" in words(answer)
    assert order(bobs) == "abdc"

    bobs.edit("undo")
    with_four.edit("undo")
    assert order(bobs) == "abcd"


def test_undo_of_a_move_leaves_the_other_inputs_where_somebody_put_them(with_four, bobs):
    with_four.edit("input-move", input="d", before="a")
    bobs.edit("input-move", input="a", before="")
    with_four.edit("undo")
    assert order(bobs) == "bcad"


def test_an_input_that_is_gone_says_so(with_input, bobs):
    seen = of_input(with_input, "term", "help")
    bobs.edit("input-remove", input="term")
    answer = with_input.try_to("input-change", value="Words", **seen)
    assert answer.status_code == 404
    assert "The input “term” is no longer there." in words(answer)
