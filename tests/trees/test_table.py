"""The table of a run: one row per found person or company, columns known before the run."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor import catalog
from editor.trees import codec, results, table, table_levels
from editor.trees.nodes import Tree
from tests.trees.strategies import anything, ids, trees

CATALOG = catalog.default()
RECIPES = sorted(Path(__file__).parent.parent.glob("recipes/*.json"))


def tree_of(wire) -> Tree:
    return codec.from_wire(wire, ids())


def shown(tree: Tree, completion, *keys: str):
    """The rows of a run, with just these columns, by the end of their keys."""
    every = table.columns(tree, CATALOG)
    wanted = [next(column for column in every if column.key.endswith(key)) for key in keys]
    folded = results.fold(tree, completion, CATALOG)
    return [row.values for row in table.rows(tree, CATALOG, folded, wanted)]


def ok(action_type: str, data=None, **more):
    return {"actionType": action_type, "success": True, **more} | (
        {"data": data} if data is not None else {}
    )


def failed(action_type: str, error: str, **more):
    error_node = {"type": error, "message": ""}
    return {"actionType": action_type, "success": False, "error": error_node, **more}


INVITE = {"actionType": "st.sendConnectionRequest"}
OPEN_EACH = {
    "actionType": "st.doForPeople",
    "then": {"actionType": "st.openPersonPage", "basicInfo": True, "then": [INVITE]},
}
PEOPLE = {"actionType": "st.searchPeople", "term": "cook", "then": OPEN_EACH}


def test_columns_are_known_before_the_run_in_the_order_of_the_tree():
    found = table.columns(tree_of(PEOPLE), CATALOG)
    assert [(column.group, column.title, column.kind) for column in found[:4]] == [
        (CATALOG.actions["st.searchPeople"].name, "State", "state"),
        (CATALOG.actions["st.searchPeople"].name, "Name", "text"),
        (CATALOG.actions["st.searchPeople"].name, "URN", "text"),
        (CATALOG.actions["st.searchPeople"].name, "Public URL", "url"),
    ]
    assert (
        found[-1].key
        == "st.searchPeople/st.doForPeople/st.openPersonPage/st.sendConnectionRequest?"
    )
    assert (found[-1].kind, found[-1].shown, found[0].shown) == ("state", True, False)
    assert ("n2",) in {column.node_ids for column in found}
    assert not any("doForPeople?" in column.key for column in found)


def test_fields_of_objects_are_columns_of_their_own():
    tree = tree_of({"actionType": "st.retrieveFeed"})
    paths = {column.path: column.title for column in table.columns(tree, CATALOG)}
    assert paths[("author", "name")] == "Author name"
    assert ("author",) not in paths


def test_what_is_known_by_its_letters_is_written_in_capitals():
    found = table.columns(tree_of({"actionType": "st.retrieveSSI"}), CATALOG)
    assert "SSI" in {column.title for column in found}


def test_a_row_per_person_with_what_became_of_the_invitation():
    person, invite = "st.openPersonPage", INVITE["actionType"]
    completion = ok(
        "st.searchPeople",
        [
            {"name": "Ines", "then": ok(person, {"headline": "Chef", "then": ok(invite)})},
            {"name": "Rui", "then": ok(person, {"headline": "Cook", "then": failed(invite, "alreadyConnected")})},
            {"name": "Oda", "then": failed(person, "personNotFound")},
            {"name": "Passed over"},
        ],
    )  # fmt: skip
    found = shown(
        tree_of(PEOPLE),
        completion,
        "searchPeople.name",
        "PersonPage.headline",
        "PersonPage?",
        "Request?",
    )
    assert found == [
        ("Ines", "Chef", "done", "done"),
        ("Rui", "Cook", "done", "alreadyConnected"),
        ("Oda", None, "personNotFound", None),
        ("Passed over", None, None, None),
    ]


COMPANIES = {
    "actionType": "st.searchCompanies",
    "then": {
        "actionType": "st.doForCompanies",
        "then": {
            "actionType": "st.openCompanyPage",
            "then": [
                {"actionType": "st.retrieveCompanyEmployees"},
                {"actionType": "st.retrieveCompanyPosts"},
            ],
        },
    },
}


def company(name, employees, posts):
    inner = [
        ok("st.retrieveCompanyEmployees", [{"name": person} for person in employees]),
        ok("st.retrieveCompanyPosts", [{"text": text} for text in posts]),
    ]
    return {
        "name": name,
        "then": ok("st.openCompanyPage", {"website": name.lower(), "then": inner}),
    }


KEYS = ("searchCompanies.name", "CompanyPage.website", "Employees.name", "Posts.text")


def test_values_along_the_way_are_repeated_and_lists_beside_each_other_are_not_crossed():
    completion = ok(
        "st.searchCompanies",
        [
            company("Nordlys", ["Oda", "Per"], ["Hi"]),
            company("Brisa", [], []),
            company("Empty", [], ["x"]),
        ],
    )
    assert shown(tree_of(COMPANIES), completion, *KEYS) == [
        ("Nordlys", "nordlys", "Oda", None),
        ("Nordlys", "nordlys", "Per", None),
        ("Nordlys", "nordlys", None, "Hi"),
        ("Brisa", "brisa", None, None),
        ("Empty", "empty", None, "x"),
    ]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6))
def test_no_item_is_lost_or_doubled(sizes):
    found = [
        company(
            f"C{index}", [f"e{index}.{i}" for i in range(e)], [f"p{index}.{i}" for i in range(p)]
        )
        for index, (e, p) in enumerate(sizes)
    ]
    rows = shown(tree_of(COMPANIES), ok("st.searchCompanies", found), *KEYS)
    assert len(rows) == sum(max(1, e + p) for e, p in sizes)
    assert [r[2] for r in rows if r[2]] == [
        f"e{n}.{i}" for n, (e, _) in enumerate(sizes) for i in range(e)
    ]
    assert [r[3] for r in rows if r[3]] == [
        f"p{n}.{i}" for n, (_, p) in enumerate(sizes) for i in range(p)
    ]
    assert list(dict.fromkeys(r[0] for r in rows)) == [f"C{n}" for n in range(len(sizes))]


def test_a_row_says_which_item_it_is():
    tree = tree_of(COMPANIES)
    completion = ok("st.searchCompanies", [company("A", [], []), company("B", ["x", "y"], [])])
    folded = results.fold(tree, completion, CATALOG)
    rows = table.rows(tree, CATALOG, folded, table.columns(tree, CATALOG))
    assert [(row.node_id, row.path) for row in rows] == [
        ("n0", (0,)),
        ("n3", (1, 0)),
        ("n3", (1, 1)),
    ]


def test_alike_roots_fill_the_same_columns_a_row_each():
    wire = [
        {"actionType": "st.openPersonPage", "label": "p1", "personUrl": "a", "basicInfo": True},
        {"actionType": "st.openPersonPage", "label": "p2", "personUrl": "b", "basicInfo": True},
    ]
    completion = [
        ok("st.openPersonPage", {"name": "Ines"}, label="p1"),
        failed("st.openPersonPage", "personNotFound", label="p2"),
    ]
    columns = table.columns(tree_of(wire), CATALOG)
    assert [column.kind for column in columns].count("label") == 1
    assert all(column.node_ids == ("n0", "n1") for column in columns)
    assert shown(tree_of(wire), completion, "label", "PersonPage.name", "PersonPage?") == [
        ("p1", "Ines", "done"),
        ("p2", None, "personNotFound"),
    ]


def test_rows_of_acts_say_at_whom_they_were_aimed_and_what_was_sent():
    wire = [
        {"actionType": "st.sendMessage", "personUrl": f"https://x/{who}", "text": f"Hello {who}"}
        for who in ("ana", "ben")
    ]
    completion = [ok("st.sendMessage"), failed("st.sendMessage", "messagingNotAllowed")]
    columns = [(c.title, c.kind, c.shown, c.private) for c in table.columns(tree_of(wire), CATALOG)]
    assert columns == [
        ("Person URL", "url", True, None),
        ("Text", "text", True, "message"),
        ("State", "state", True, None),
    ]
    assert shown(tree_of(wire), completion, "<personUrl", "<text", "Message?") == [
        ("https://x/ana", "Hello ana", "done"),
        ("https://x/ben", "Hello ben", "messagingNotAllowed"),
    ]


def test_what_was_opened_is_a_column_on_request_and_what_was_searched_is_none():
    opened = OPENED | {"personUrl": "https://x/ana", "basicInfo": True}
    given = [c for c in table.columns(tree_of([opened, PEOPLE]), CATALOG) if c.given]
    assert [(c.given, c.shown) for c in given] == [("personUrl", False)]


def test_siblings_of_one_type_have_columns_of_their_own():
    check = {"actionType": "st.checkConnectionStatus"}
    wire = {
        "actionType": "st.openPersonPage",
        "then": [{**check, "label": "before"}, check, INVITE, check, {**check, "label": "{{ x }}"}],
    }
    keys = [column.key for column in table.columns(tree_of(wire), CATALOG)]
    assert len(keys) == len(set(keys))
    assert [key.rpartition("/")[2] for key in keys if key.endswith("Status?")] == [
        "st.checkConnectionStatus?"
    ]
    below = ok(
        "st.openPersonPage",
        {"then": [ok(check["actionType"], {"connectionStatus": s}) for s in "abcd"]},
    )
    statuses = [key for key in keys if key.endswith(".connectionStatus")]
    assert shown(tree_of(wire), below, *statuses) == [("a", "b", "c", "d")]


def test_a_search_that_found_nothing_has_no_row_and_one_that_failed_says_so():
    assert shown(tree_of(PEOPLE), ok("st.searchPeople", []), "searchPeople?") == []
    bad = failed("st.searchPeople", "searchingNotAllowed")
    assert shown(tree_of(PEOPLE), bad, "searchPeople?") == [("searchingNotAllowed",)]


def test_before_the_answer_there_are_no_rows():
    tree = tree_of(PEOPLE)
    columns = table.columns(tree, CATALOG)
    assert list(table.rows(tree, CATALOG, results.waiting(tree), columns)) == []


def test_an_answer_of_another_shape_still_gives_rows():
    one = ok(
        "st.searchPeople", {"name": "Only", "then": ok("st.openPersonPage", {"headline": "H"})}
    )
    assert shown(tree_of(PEOPLE), one, "searchPeople.name", "Page.headline") == [("Only", "H")]
    many = [{"headline": "1", "then": ok(INVITE["actionType"])}, {"then": ok(INVITE["actionType"])}]
    each = ok("st.searchPeople", [{"name": "N", "then": ok("st.openPersonPage", many)}])
    assert shown(tree_of(PEOPLE), each, "searchPeople.name", "Request?") == [
        ("N", None), (None, "done"), (None, "done"),
    ]  # fmt: skip


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_has_columns_with_keys_of_their_own(recipe):
    columns = table.columns(tree_of_file(recipe), CATALOG)
    assert columns
    assert len({column.key for column in columns}) == len(columns)
    assert all(column.title for column in columns)


def tree_of_file(path: Path) -> Tree:
    return codec.decode(path.read_bytes(), ids())


@given(trees(list(CATALOG.actions)), anything)
def test_any_tree_and_any_answer_give_rows_as_wide_as_the_columns(tree, completion):
    columns = table.columns(tree, CATALOG)
    assert len({column.key for column in columns}) == len(columns)
    folded = results.fold(tree, completion, CATALOG)
    for row in table.rows(tree, CATALOG, folded, columns):
        assert len(row.values) == len(columns)
        assert row.node_id in tree


# Levels


SKILLS, POSTS = "st.retrievePersonSkills", "st.retrievePersonPosts"
OPENED = {
    "actionType": "st.openPersonPage",
    "then": [{"actionType": SKILLS}, {"actionType": POSTS}],
}


def details(wire) -> set[str]:
    return {level.type for level in table.levels(tree_of(wire), CATALOG) if level.detail}


def test_lists_of_each_of_many_people_are_details():
    each = PEOPLE | {"then": OPEN_EACH | {"then": OPENED}}
    assert details(each) == {SKILLS, POSTS}
    assert details([OPENED | {"personUrl": url} for url in "ab"]) == {SKILLS, POSTS}
    assert details(OPENED) == set()
    shown = {c.level for c in table.columns(tree_of(each), CATALOG) if c.shown}
    assert shown == {"st.searchPeople"}


def test_a_row_leads_every_item_above_it_whose_first_row_it_is():
    found = ok(
        "st.openPersonPage",
        {
            "then": [
                ok(SKILLS, [{"name": "Soup"}, {"name": "Bread"}]),
                ok(POSTS, [{"text": "Hello"}]),
            ]
        },
    )
    tree = tree_of(OPENED)
    columns = table.columns(tree, CATALOG)
    rows = list(table.rows(tree, CATALOG, results.fold(tree, found, CATALOG), columns))
    skills, posts = (f"d0/st.openPersonPage/{name}" for name in (SKILLS, POSTS))
    assert table_levels.leads(rows) == [{"d0": 2, skills: True, posts: True}, {}, {}]


@given(trees(list(CATALOG.actions)), anything)
def test_every_row_belongs_to_one_item_of_each_level_above(tree, completion):
    columns = table.columns(tree, CATALOG)
    known = {level.name: level.way for level in table.levels(tree, CATALOG)}
    rows = list(table.rows(tree, CATALOG, results.fold(tree, completion, CATALOG), columns))
    for row in rows:
        names = tuple(name for name, _, _ in row.items)
        assert known.get(names[-1], names) == names
    tops = {(row.items[0]) for row in rows if len(row.items) > 1}
    assert sum("d0" in lead for lead in table_levels.leads(rows)) >= len(tops)
