"""A completion comes back: what became of each node?"""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from editor import catalog
from editor.trees import codec, results
from editor.trees.nodes import MISSING, Node, Tree
from editor.trees.results import Items, Occurrence, Unexpected

CATALOG = catalog.default()
OPEN, SEARCH, LOOP, SEND = (
    "st.openPersonPage",
    "st.searchPeople",
    "st.doForPeople",
    "st.sendMessage",
)
SKILLS, SKILL_LOOP, ENDORSE = "st.retrievePersonSkills", "st.doForSkills", "st.endorsePersonSkill"
CHECK, INVITE = "st.checkConnectionStatus", "st.sendConnectionRequest"


def tree_of(value: Any) -> Tree:
    """A tree whose node ids are the actions' `id` parameter where there is one, else n0, n1, ..."""
    numbers = itertools.count()
    tree = codec.from_wire(value, lambda: f"n{next(numbers)}")
    names = {n.id: n.params.get("id", n.id) for n in tree.nodes.values()}
    return Tree(
        [
            Node(
                names[n.id],
                names[n.parent] if n.parent else None,
                n.position,
                n.type,
                n.params,
                n.label,
                n.then_array,
                disabled=bool(n.params.get("off")),
            )
            for n in tree.nodes.values()
        ],
        tree.array,
    )


def action(type_: str, id_: str, *then: Any, **more: Any) -> dict[str, Any]:
    return {"actionType": type_, "id": id_, **more} | ({"then": list(then)} if then else {})


def ok(type_: str, data: Any = MISSING, **more: Any) -> dict[str, Any]:
    return {"actionType": type_, "success": True, **more} | (
        {} if data is MISSING else {"data": data}
    )


def failed(type_: str, error: str, **more: Any) -> dict[str, Any]:
    return {
        "actionType": type_,
        "success": False,
        "error": {"type": error, "message": "Not today."},
        **more,
    }


def fold(value: Any, completion: Any) -> results.Results:
    return results.fold(tree_of(value), completion, CATALOG)


def states(found: results.Results) -> dict[str, str]:
    return {node_id: node.state for node_id, node in found.nodes.items()}


def paths(found: results.Results, node_id: str) -> list[results.Path]:
    return [occurrence.path for occurrence in found.nodes[node_id].occurrences]


# --- The shapes that the reference describes ---------------------------------------------------


def test_one_action_and_its_data():
    found = fold(action(CHECK, "check"), ok(CHECK, {"connectionStatus": "pending"}))
    assert found.nodes["check"].occurrences == (
        Occurrence((), True, {"connectionStatus": "pending"}),
    )
    assert (found.done, found.failed, found.not_reached, found.unexpected) == (1, 0, 0, ())


@pytest.mark.parametrize("then", [ok(SEND), [ok(SEND)]], ids=["object", "array"])
def test_children_of_an_object_stand_in_its_then_as_object_or_array(then):
    found = fold(
        action(OPEN, "open", action(SEND, "send")), ok(OPEN, {"name": "Oda", "then": then})
    )
    assert states(found) == {"open": "done", "send": "done"}
    assert found.nodes["open"].occurrences[0].data == {"name": "Oda"}


@pytest.mark.parametrize("completion", [ok(OPEN, {}), [ok(OPEN, {})]], ids=["object", "array"])
@pytest.mark.parametrize("sent", [action(OPEN, "open"), [action(OPEN, "open")]])
def test_one_root_comes_back_as_object_or_array_whatever_was_sent(sent, completion):
    assert states(fold(sent, completion)) == {"open": "done"}


PER_PERSON = action(
    SEARCH,
    "search",
    action(LOOP, "each", action(OPEN, "open", action(CHECK, "check"), action(INVITE, "invite"))),
)


def test_what_ran_in_a_loop_stands_in_each_item_of_the_list_above():
    completion = ok(
        SEARCH,
        [
            {"name": "Ines", "then": ok(OPEN, {"then": [ok(CHECK, {}), ok(INVITE)]})},
            {"name": "Rui", "then": [failed(OPEN, "personNotFound")]},
            {"name": "Oda", "then": [ok(OPEN, {"then": [ok(CHECK, {}), failed(INVITE, "x")]})]},
            {"name": "Tom"},
        ],
    )
    found = fold(PER_PERSON, completion)
    assert states(found) == {
        "search": "done",
        "each": "partly",
        "open": "partly",
        "check": "done",
        "invite": "partly",
    }
    assert found.nodes["each"].items == Items(total=4, passed_over=1, failed=2)
    assert found.nodes["each"].items.fine == 1
    assert paths(found, "open") == [(0,), (1,), (2,)]
    assert paths(found, "invite") == [(0,), (2,)]
    assert found.nodes["search"].occurrences[0].data == [
        {"name": "Ines"},
        {"name": "Rui"},
        {"name": "Oda"},
        {"name": "Tom"},
    ]
    rui = found.nodes["open"].occurrences[1]
    assert (rui.error_type, rui.error_message) == ("personNotFound", "Not today.")
    assert [found.nodes[n].not_reached for n in ("open", "check", "invite")] == [0, 1, 1]


def test_loops_inside_loops_count_along():
    tree = action(
        SEARCH,
        "search",
        action(
            LOOP,
            "people",
            action(
                OPEN,
                "open",
                action(SKILLS, "skills", action(SKILL_LOOP, "each", action(ENDORSE, "endorse"))),
            ),
        ),
    )

    def person(*skills):
        return {"then": ok(OPEN, {"then": ok(SKILLS, list(skills))})}

    yes, no, over = {"then": ok(ENDORSE)}, {"then": failed(ENDORSE, "x")}, {"name": "Sailing"}
    found = fold(tree, ok(SEARCH, [person(yes, over), person(), person(over, no, yes)]))
    assert paths(found, "endorse") == [(0, 0), (2, 1), (2, 2)]
    assert found.nodes["each"].items == Items(total=5, passed_over=2, failed=1)
    assert found.nodes["people"].items == Items(total=3, failed=1)


def test_nothing_below_a_failed_action_was_reached():
    found = fold(PER_PERSON, failed(SEARCH, "searchingNotAllowed"))
    assert states(found) == {
        "search": "failed",
        "each": "not_reached",
        "open": "not_reached",
        "check": "not_reached",
        "invite": "not_reached",
    }
    assert found.not_reached == 3, "a loop is no action of its own"


def test_a_loop_over_an_empty_list_is_done_and_nothing_was_due():
    found = fold(PER_PERSON, ok(SEARCH, []))
    assert states(found)["each"] == "done"
    assert states(found)["open"] == "not_reached"
    assert found.nodes["each"].items == Items()
    assert found.not_reached == 0


def test_a_loop_that_failed_for_every_item_has_failed():
    found = fold(PER_PERSON, ok(SEARCH, [{"then": failed(OPEN, "x")}, {"then": failed(OPEN, "x")}]))
    assert states(found)["each"] == "failed"


def test_a_disabled_node_is_skipped_with_all_below_it_and_takes_no_result():
    tree = action(
        OPEN, "open", action(SEND, "off", action("x", "below"), off=True), action(SEND, "on")
    )
    found = fold(tree, ok(OPEN, {"then": [ok(SEND)]}))
    assert states(found) == {"open": "done", "off": "skipped", "below": "skipped", "on": "done"}


def test_an_action_without_data_may_carry_its_childrens_results():
    tree = action(SEND, "send", action("st.manageConversation", "archive"))
    for completion in (
        ok(SEND, {"then": ok("st.manageConversation")}),
        ok(SEND, then=ok("st.manageConversation")),
    ):
        assert states(fold(tree, completion)) == {"send": "done", "archive": "done"}


def test_before_the_answer_everything_waits():
    tree = tree_of(action(OPEN, "open", action(SEND, "send", off=True)))
    assert states(results.waiting(tree)) == {"open": "waiting", "send": "skipped"}


# --- Siblings, and answers that are not as they should be --------------------------------------


def under_open(*children: Any) -> dict[str, Any]:
    return action(OPEN, "open", *children)


def answered(*then: Any) -> dict[str, Any]:
    return ok(OPEN, {"then": list(then)})


def matched(found: results.Results) -> dict[str, Any]:
    """The `n` in the data of each child's only occurrence."""
    return {
        node_id: node.occurrences[0].data["n"]
        for node_id, node in found.nodes.items()
        if node_id != "open" and node.occurrences
    }


A, B = "st.retrievePersonPosts", "st.retrievePersonComments"


@pytest.mark.parametrize(
    ("children", "then", "expected"),
    [
        pytest.param(
            [action(A, "a1"), action(A, "a2")],
            [ok(A, {"n": 1}), ok(A, {"n": 2})],
            {"a1": 1, "a2": 2},
            id="the same action twice: by order",
        ),
        pytest.param(
            [action(A, "a1", label="x"), action(A, "a2", label="y")],
            [ok(A, {"n": 1}, label="y"), ok(A, {"n": 2}, label="x")],
            {"a1": 2, "a2": 1},
            id="labels beat order",
        ),
        pytest.param(
            [action(A, "a1", label="x"), action(A, "a2", label="x")],
            [ok(A, {"n": 1}, label="x"), ok(A, {"n": 2}, label="x")],
            {"a1": 1, "a2": 2},
            id="doubled labels: by order",
        ),
        pytest.param(
            [action(A, "a1", label="x"), action(A, "a2", label="y")],
            [ok(A, {"n": 1}), ok(A, {"n": 2})],
            {"a1": 1, "a2": 2},
            id="labels that did not come back: by order",
        ),
        pytest.param(
            [action(A, "a1", label="x"), action(A, "a2", label="y")],
            [ok(A, {"n": 1}), ok(A, {"n": 2}, label="x")],
            {"a1": 2, "a2": 1},
            id="a label that came back leaves the other place to the one without",
        ),
        pytest.param(
            [action(A, "a1"), action(B, "b"), action(A, "a2")],
            [ok(B, {"n": 1}), ok(A, {"n": 2})],
            {"b": 1, "a2": 2},
            id="the first is missing: what comes after B is the second A",
        ),
        pytest.param(
            [action(A, "a1"), action(B, "b"), action(A, "a2")],
            [ok(A, {"n": 1}), ok(B, {"n": 2})],
            {"a1": 1, "b": 2},
            id="the last is missing",
        ),
        pytest.param(
            [action(A, "a1"), action(B, "b"), action(A, "a2")],
            [ok(A, {"n": 1}), ok("st.new", {"n": 9}), ok(B, {"n": 2}), ok(A, {"n": 3})],
            {"a1": 1, "b": 2, "a2": 3},
            id="an unknown action among them",
        ),
        pytest.param(
            [action(A, "a1"), action(B, "b"), action(CHECK, "c")],
            [ok(CHECK, {"n": 3}), ok(A, {"n": 1}), ok(B, {"n": 2})],
            {"a1": 1, "b": 2, "c": 3},
            id="out of order",
        ),
    ],
)
def test_siblings_are_matched_by_order_type_and_label(children, then, expected):
    assert matched(fold(under_open(*children), answered(*then))) == expected


def test_a_missing_child_was_not_reached():
    found = fold(under_open(action(A, "a"), action(B, "b")), answered(ok(B, {})))
    assert states(found) == {"open": "done", "a": "not_reached", "b": "done"}
    assert found.nodes["a"].not_reached == 1


@pytest.mark.parametrize(
    "stranger",
    [
        ok("st.somethingNew", {"then": ok(A)}),
        ok(A, label="of nobody"),
        {"success": True},
        {"actionType": 7},
        "text",
        42,
        None,
        [],
    ],
    ids=str,
)
def test_what_belongs_to_no_node_is_kept_as_unexpected(stranger):
    found = fold(under_open(action(A, "a")), answered(stranger, ok(A, {})))
    assert states(found) == {"open": "done", "a": "done"}
    assert found.unexpected == (Unexpected("open", (), stranger),)


def test_a_result_too_many_is_unexpected():
    found = fold(under_open(action(A, "a")), answered(ok(A, {"n": 1}), ok(A, {"n": 2})))
    assert found.nodes["a"].occurrences[0].data == {"n": 1}
    assert found.unexpected == (Unexpected("open", (), ok(A, {"n": 2})),)


def test_results_below_an_action_without_children_are_unexpected():
    found = fold(
        PER_PERSON, ok(SEARCH, [{"then": [ok(OPEN, {"then": ok(INVITE, {"then": ok(A)})})]}])
    )
    assert found.nodes["invite"].done == 1
    assert found.unexpected == (Unexpected("invite", (0,), ok(A)),)


def test_an_object_where_a_list_was_due_still_counts_as_one_item():
    found = fold(PER_PERSON, ok(SEARCH, {"name": "Ines", "then": ok(OPEN, {"then": []})}))
    assert found.nodes["each"].items == Items(total=1)
    assert paths(found, "open") == [()]


@pytest.mark.parametrize("success", ["true", 1, None])
def test_only_true_is_success(success):
    found = fold(action(A, "a"), {"actionType": A, "success": success})
    assert states(found) == {"a": "failed"}


def test_ten_thousand_strangers_cost_little():
    tree = under_open(*[action(A, f"a{i}", label=f"{i}") for i in range(2_000)])
    then = [ok(A, label=f"{i}") for i in reversed(range(2_000))] + [ok("st.x")] * 10_000
    found = fold(tree, answered(*then))
    assert found.done == 2_001
    assert len(found.unexpected) == 10_000


# --- Properties --------------------------------------------------------------------------------

# type: (is it a loop, does its data come as a list)
KINDS = {OPEN: "object", A: "list", SEND: "none", "st.unheardOf": "object", LOOP: "loop"}


ONE_IN_SIX = st.integers(0, 5).map(lambda n: n == 0)


class Story:
    """A random tree, run at random: the completion, and what each node must be found to have."""

    def __init__(self, draw: Any, distinct_labels: bool) -> None:
        self.draw = draw
        self.distinct_labels = distinct_labels
        self.nodes: list[Node] = []
        self.expected: dict[str, list[Occurrence]] = {}
        self.strangers = 0
        self.grow(None, 0)
        self.tree = Tree(self.nodes, array=True)
        self.completion = self.run(None, ())

    def grow(self, parent: str | None, depth: int) -> None:
        types = [type_ for type_ in KINDS if depth or type_ != LOOP]
        for position in range(self.draw(st.integers(0 if depth else 1, 3 if depth < 4 else 0))):
            type_ = self.draw(st.sampled_from(types))
            node_id = f"n{len(self.nodes)}"
            label = self.draw(st.sampled_from([MISSING, "x", "y", 5]))
            node = Node(
                node_id,
                parent,
                position,
                type_,
                label=node_id if self.distinct_labels else label,
                disabled=self.draw(st.integers(0, 9)) == 0,
            )
            self.nodes.append(node)
            self.expected[node_id] = []
            self.grow(node_id, depth + 1)

    def due(self, parent: str | None) -> list[Node]:
        """The nodes with results of their own below `parent`."""
        found = []
        for node in self.tree.active_children(parent):
            found += self.due(node.id) if node.type == LOOP else [node]
        return found

    def run(self, parent: str | None, path: results.Path) -> Any:
        """A `then`; in a story with distinct labels some are missing, strange, or out of order."""
        due = [n for n in self.due(parent) if not (self.distinct_labels and self.draw(ONE_IN_SIX))]
        found = [self.answer(node, path) for node in due]
        if self.distinct_labels:
            strangers = self.draw(st.integers(0, 1))
            self.strangers += strangers
            found += [{"actionType": A, "label": "stranger", "success": True}] * strangers
            found = self.draw(st.permutations(found))
        one = len(found) == 1 and self.draw(st.booleans())
        return found[0] if one else found

    def answer(self, node: Node, path: results.Path) -> dict[str, Any]:
        value: dict[str, Any] = {"actionType": node.type}
        if node.label is not MISSING:
            value["label"] = node.label
        if self.draw(st.integers(0, 4)) == 0:
            value |= {"success": False, "error": {"type": "personNotFound", "message": node.id}}
            self.expected[node.id].append(
                Occurrence(path, False, MISSING, node.label, "personNotFound", node.id)
            )
            return value
        value["success"] = True
        bare: Any = MISSING
        if KINDS[node.type] == "object":
            bare = {"of": node.id}
            value["data"] = bare | {"then": self.run(node.id, path)}
        elif KINDS[node.type] == "list":
            bare = [{"item": i} for i in range(self.draw(st.integers(0, 3)))]
            value["data"] = [
                item
                | (
                    {}
                    if self.draw(st.integers(0, 3)) == 0
                    else {"then": self.run(node.id, (*path, i))}
                )
                for i, item in enumerate(bare)
            ]
        self.expected[node.id].append(Occurrence(path, True, bare, node.label))
        return value


@st.composite
def stories(draw: Any, distinct_labels: bool) -> Story:
    return Story(draw, distinct_labels)


def recovers(story: Story) -> results.Results:
    found = results.fold(story.tree, story.completion, CATALOG)
    for node_id, expected in story.expected.items():
        assert list(found.nodes[node_id].occurrences) == sorted(expected, key=lambda o: o.path)
    return found


@settings(deadline=None)
@given(stories(distinct_labels=False))
def test_a_whole_run_is_recovered_exactly_even_where_siblings_look_alike(story):
    found = recovers(story)
    assert found.unexpected == ()
    for node in found.nodes.values():
        assert node.done + node.failed == len(node.occurrences)


@settings(deadline=None)
@given(stories(distinct_labels=True))
def test_with_distinct_labels_gaps_strangers_and_any_order_change_nothing(story):
    found = recovers(story)
    assert len(found.unexpected) == story.strangers


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["actionType", "label", "success", "data", "error", "then", "name"]),
            inner | st.sampled_from([*KINDS, "x", "y"]),
            max_size=6,
        )
    ),
    max_leaves=40,
)


def count(then: Any) -> int:
    """Result nodes in a `then` and, through the data that fold looks at, below it."""
    values = then if isinstance(then, list) else [] if then is None or then == {} else [then]
    return sum(1 + below(value) for value in values)


def below(value: Any) -> int:
    if results._result_key(value) is None:
        return 0
    data = value.get("data")
    if isinstance(data, list):
        return sum(count(results._then(item)) for item in data)
    inside = results._then(data)
    return count(inside if inside is not None else results._then(value))


@settings(deadline=None)
@given(stories(distinct_labels=False), json_values)
def test_any_json_is_folded_and_every_result_is_accounted_for_once(story, completion):
    found = results.fold(story.tree, completion, CATALOG)
    assert list(found.nodes) == [node.id for node, _ in story.tree.walk()]
    in_nodes = sum(len(node.occurrences) for node in found.nodes.values())
    in_unexpected = sum(1 + below(u.value) for u in found.unexpected)
    assert in_nodes + in_unexpected == count(completion)
