"""The smallest workflow that repeats what failed, and nothing that went well."""

from itertools import count

import pytest

from editor import catalog
from editor.trees import codec, results
from editor.trees.failed import only_failed
from editor.trees.validate import validate

KNOWN = catalog.default()
ADA, JOE = (f"https://www.linkedin.com/in/example-{name}" for name in ("ada", "joe"))
OPEN = {"actionType": "st.openPersonPage", "basicInfo": True}
INVITE = {"actionType": "st.sendConnectionRequest"}
CHECK = {"actionType": "st.checkConnectionStatus"}


def good(action, data=None, **more):
    return {"actionType": action["actionType"], "success": True, "data": data or {}, **more}


def bad(action):
    error = {"type": "personNotFound", "message": "No."}
    return {"actionType": action["actionType"], "success": False, "error": error}


def again(workflow, completion):
    tree = codec.from_wire(workflow, map(str, count()).__next__)
    found = results.fold(tree, completion, KNOWN)
    came = {node_id: result.occurrences for node_id, result in found.nodes.items()}
    only = only_failed(tree, came, KNOWN, map("new{}".format, count()).__next__)
    wire = codec.to_wire(only.tree) if only.count else None
    if only.count:
        assert not [p for p in validate(only.tree, KNOWN) if p.severity == "error"]
    return wire, dict(only.why_not)


def test_of_several_roots_only_those_that_failed():
    first, second = {**CHECK, "personUrl": ADA}, {**CHECK, "personUrl": JOE}
    assert again([first, second], [good(first), bad(second)]) == (second, {})


def test_of_a_root_only_the_way_to_what_failed():
    workflow = {
        **OPEN,
        "personUrl": ADA,
        "then": [CHECK, {"actionType": "st.retrievePersonSkills"}],
    }
    came = good(OPEN, {"then": [good(CHECK), bad({"actionType": "st.retrievePersonSkills"})]})
    (wire, why) = again(workflow, [came])
    assert [each["actionType"] for each in wire["then"]] == ["st.retrievePersonSkills"]
    assert (wire["personUrl"], why) == (ADA, {})


@pytest.fixture
def found_three():
    body = {**OPEN, "then": [CHECK, INVITE]}
    search = {
        "actionType": "st.searchPeople", "term": "freight",
        "then": {"actionType": "st.doForPeople", "then": body},
    }  # fmt: skip

    def come(*thens):
        items = [
            {"name": str(n), "publicUrl": f"{ADA}-{n}", "then": then}
            for n, then in enumerate(thens)
        ]
        return search, [good(search, items)]

    return come


def test_items_of_a_loop_become_roots_with_their_addresses(found_three):
    fine = good(OPEN, {"then": [good(CHECK), good(INVITE)]})
    wire, why = again(
        *found_three(fine, bad(OPEN), good(OPEN, {"then": [good(CHECK), bad(INVITE)]}))
    )
    assert [root["personUrl"] for root in wire] == [f"{ADA}-1", f"{ADA}-2"]
    assert [each["actionType"] for each in wire[0]["then"]] == [
        "st.checkConnectionStatus",
        "st.sendConnectionRequest",
    ]
    assert [each["actionType"] for each in wire[1]["then"]] == ["st.sendConnectionRequest"]
    assert not why


def test_an_item_without_an_address_is_left_out_and_said(found_three):
    search, completion = found_three(bad(OPEN), bad(OPEN))
    del completion[0]["data"][0]["publicUrl"]
    wire, why = again(search, completion)
    assert wire["personUrl"] == f"{ADA}-1"
    assert why == {"nothing in the results says where it is": 1}


def test_when_nothing_failed_there_is_nothing(found_three):
    assert again(*found_three(good(OPEN, {"then": [good(CHECK), good(INVITE)]}))) == (None, {})


def test_texts_that_look_like_inputs_are_not_sent_again():
    message = {"actionType": "st.sendMessage", "personUrl": ADA, "text": "Hello {{ name }}"}
    wire, why = again(message, [bad(message)])
    assert wire is None
    assert list(why.values()) == [1]
