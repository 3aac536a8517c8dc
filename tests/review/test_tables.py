"""Tables of results as people read them: one run, a workflow's runs, chosen runs; and the same as files."""

import csv
import io
import json
import re
from html import unescape

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import AuditEvent
from editor.review import table_rows
from editor.runs.models import Batch, Run, RunOutcome, Uncovering
from editor.workflows.edits import choosing
from tests.runs.test_outcome import finish
from tests.runs.test_privacy import hide
from tests.runs.test_rows import PEOPLE, people, person

NAME = "Search people: Name"
FORMULA = '=HYPERLINK("http://evil.example","click")'


@pytest.fixture
def run(make_run):
    """Three people, one of them twice."""
    return finish(
        make_run(PEOPLE),
        people(
            person("Zoe", headline="Founder", followersCount=5),
            person("Ines", headline="Chef", followersCount=40),
            person("Rui", headline="Co-founder", followersCount=300),
            person("Ines", headline="Chef", followersCount=40),
        ),
    )


def again(run, *found) -> Run:
    """Another run of the same workflow, done."""
    return again_with(run, people(*found))


def again_with(run, came) -> Run:
    from editor.lib.ids import new_id
    from editor.runs import services

    queued = services.start_run(
        run.workflow, connection=run.connection, actor=run.started_by, submit_key=new_id()
    )
    return finish(queued, came)


def with_headlines(run) -> Run:
    """With a column that a table shows on request only: the list above tells headlines, too."""
    key = next(c.key for c in choosing.columns_of(run.workflow) if c.key.endswith("Page.headline"))
    run.workflow = choosing.turn(run.workflow, key, on=True, actor=None).workflow
    return run


def table_of(run) -> str:
    return f"/t/{run.team.slug}/runs/{run.public_id}/table"


def all_runs_of(run) -> str:
    return f"/t/{run.team.slug}/workflows/{run.workflow.public_id}/table"


def ids(person, address) -> dict[str, str]:
    """The ids of columns by their heads, from the dialog that filters."""
    html = person.get(address).content.decode()
    return {
        unescape(head): id_
        for id_, head in re.findall(r'<option value="(c\w+)"[^>]*>([^<]+)', html)
    }


def rows(answer) -> list[list[str]]:
    assert answer.status_code == 200
    body = re.search(r"<tbody>(.*)</tbody>", answer.content.decode(), re.DOTALL)
    found = re.findall(r"<tr>(.*?)</tr>", body[1], re.DOTALL) if body else []
    cell = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.DOTALL)
    return [[unescape(re.sub(r"<[^>]+>", "", text)) for text in cell.findall(row)] for row in found]


def names(answer, head=NAME) -> list[str]:
    """The column of names, wherever it stands."""
    html = answer.content.decode()
    heads = re.findall(r'data-by="(\w+)"[^>]*aria-label="Filter by ([^"]+)"', html)
    at = [unescape(text) for _, text in heads].index(head) + len(
        re.findall("<span>(?:Run|Row)</span>", html)
    )
    return [row[at] for row in rows(answer)]


def file(person, address, ending="csv", **query):
    answer = person.get(f"{address}.{ending}", query)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def lines(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


# --- One run -----------------------------------------------------------------------------------


def test_a_row_per_person_in_the_order_they_came(run, ann):
    assert names(ann.get(table_of(run))) == ["Zoe", "Ines", "Rui", "Ines"]


def test_known_kinds_are_drawn_as_what_they_are(run, ann):
    html = ann.get(table_of(run)).content.decode()
    assert 'href="https://www.LinkedIn.com/in/Zoe/?x=1" rel="noopener noreferrer"' in html
    assert '<td class="num"><div>300</div></td>' in html
    assert "<b>4</b> rows" in html


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"search": "FOUNDER"}, ["Zoe", "Rui"]),
        ({"search": "cô-FOUNDER ruí"}, ["Rui"]),
        ({"once": "newest"}, ["Zoe", "Ines", "Rui"]),
        ({"sort": NAME}, ["Ines", "Ines", "Rui", "Zoe"]),
        ({"sort": f"-{NAME}"}, ["Zoe", "Rui", "Ines", "Ines"]),
        ({"sort": "Followers count"}, ["Zoe", "Ines", "Ines", "Rui"]),
        ({"by": NAME, "op": "contains", "value": "in"}, ["Ines", "Ines"]),
        ({"by": NAME, "op": "contains", "value": "ruI"}, ["Rui"]),
        ({"by": NAME, "op": "contains", "value": 'R"ui'}, []),
        ({"by": NAME, "op": "contains", "value": "founder"}, []),
        ({"by": NAME, "op": "is", "value": "rui"}, ["Rui"]),
        ({"by": "Followers count", "op": "from", "value": "40"}, ["Ines", "Rui", "Ines"]),
        ({"by": "Followers count", "op": "to", "value": "40"}, ["Zoe", "Ines", "Ines"]),
        ({"by": "Followers count", "op": "is", "value": "5"}, ["Zoe"]),
        ({"by": "Followers count", "op": "from", "value": "many"}, []),
        ({"by": "Location", "op": "empty", "value": ""}, ["Zoe", "Ines", "Rui", "Ines"]),
        ({"by": "Location", "op": "filled", "value": ""}, []),
    ],
    ids=str,
)
def test_search_filter_sort_and_no_doubles(run, ann, query, expected):
    known = ids(ann, table_of(run))
    heads = {head.rsplit(": ")[-1]: id_ for head, id_ in known.items()} | known
    asked = {
        name: "-" + heads[value[1:]] if value.startswith("-") else heads.get(value, value)
        for name, value in query.items()
    }
    answer = ann.get(table_of(run), asked)
    assert (names(answer) if expected else rows(answer)) == expected


def test_every_row_comes_once_over_all_pages_whatever_the_order(make_run, ann):
    many = [
        person(f"p{i % 70}", headline="x" * (i % 3), followersCount=None if i % 4 else i % 9)
        for i in range(130)
    ]
    run = finish(make_run(PEOPLE), people(*many))
    known = ids(ann, table_of(run))
    for sort in (
        "",
        known[NAME],
        f"-{known['Open person page: Headline']}",
        known["Followers count"],
    ):
        source = _source(run)
        seen, cursor = [], ""
        while True:
            page = table_rows.page(source, _asked(source, sort), cursor, size=20)
            seen += [row.ordinal for row in page.rows]
            cursor = page.next
            if not cursor:
                break
        assert sorted(seen) == list(range(130)), sort
    assert ann.get(table_of(run), {"cursor": "made-up"}).status_code == 404


def test_every_page_says_how_many_rows_fit_and_comes_after_the_one_before(make_run, ann):
    many = [person(f"p{i}", headline="founder" if i % 2 else "cook") for i in range(130)]
    run = finish(make_run(PEOPLE), people(*many))
    known = ids(ann, table_of(run))
    for query in (
        {"search": "founder"},
        {"search": "founder", "sort": f"-{known['Followers count']}"},
        {"search": "founder", "once": "newest", "per": known["Open person page: Public URL"]},
    ):
        first = ann.get(table_of(run), query)
        cursor = re.search(r"cursor=([\w-]+)", first.content.decode())[1]
        second = ann.get(table_of(run), query | {"cursor": cursor})
        for page in (first, second):
            assert "<b>65</b> rows" in page.content.decode()
        assert names(first) + names(second) == [f"p{i}" for i in range(130) if i % 2]


def test_where_a_great_many_rows_fit_the_count_says_so(run, ann, monkeypatch):
    monkeypatch.setattr(table_rows, "MOST_COUNTED", 2)
    html = ann.get(table_of(run), {"search": "in"}).content.decode()
    assert "More than <b>2</b> rows" in html
    assert "<b>4</b> rows" in ann.get(table_of(run)).content.decode()


def _source(run):
    from editor.review import columns
    from editor.runs.privacy import NOTHING

    return table_rows.Source([run], columns.all_of(columns.of_runs([run]), [], NOTHING), NOTHING)


def _asked(source, sort):
    from editor.review.asking import Asked

    return Asked(sort=sort)


def test_columns_as_the_workflow_has_them_or_as_asked_for_once(run, ann):
    key = next(c.key for c in choosing.columns_of(run.workflow) if c.key.endswith("Page.headline"))
    choosing.rename(run.workflow, key, "What they do", actor=None)
    for column in choosing.columns_of(run.workflow):
        choosing.turn(run.workflow, column.key, on=column.key == key, actor=None)
    assert lines(file(ann, table_of(run)))[:2] == [["What they do"], ["Founder"]]
    known = ids(ann, table_of(run))
    chosen = [known[NAME], known["What they do"]]
    assert lines(file(ann, table_of(run), columns=chosen))[1] == ["Zoe", "Founder"]


@pytest.mark.parametrize(
    "query",
    [
        "sort=x",
        "columns=x",
        "once=x",
        "by=x&op=is&value=1",
        "by=x",
        "cursor=W10",
        "last=x",
        "from=x",
    ],
)
def test_what_no_page_asks_is_404(run, ann, query):
    known = {"last", "from"}
    address = all_runs_of(run) if query.split("=")[0] in known else table_of(run)
    assert ann.get(f"{address}?{query}").status_code == 404


def test_a_run_that_is_not_done_has_no_rows_yet(make_run, ann):
    queued = make_run(PEOPLE)
    html = ann.get(table_of(queued)).content.decode()
    assert "No rows yet" in html
    assert 'data-dialog-open="sheet-filter"' not in html, "there is no column to filter by"
    assert lines(file(ann, table_of(queued)))[1:] == []


def test_another_team_sees_nothing(run, eve):
    assert eve.get(table_of(run)).status_code == 404
    assert eve.get(f"/t/{eve.team.slug}/runs/{run.public_id}/table").status_code == 404
    answer = eve.get(f"/t/{eve.team.slug}/table", {"run": run.public_id})
    assert "Zoe" not in answer.content.decode()


def test_it_costs_the_same_for_4_rows_and_for_400(
    run, make_run, ann, django_assert_max_num_queries
):
    many = finish(make_run(PEOPLE), people(*(person(f"p{i}") for i in range(400))))
    for each in (run, many):
        ann.get(table_of(each))
        with django_assert_max_num_queries(7):
            ann.get(table_of(each))


# --- Many runs ---------------------------------------------------------------------------------


def test_the_founders_of_the_last_three_runs_without_doubles(run, ann):
    again(run, person("Zoe", headline="Founder of two"), person("Max", headline="Cook"))
    again(run, person("Ada", headline="Founder"), person("Rui", headline="Founder again"))
    again(run, person("Eva", headline="Founder"))
    headline = ids(ann, all_runs_of(run))["Open person page: Headline"]
    query = {"last": 3, "once": "newest", "by": headline, "op": "contains", "value": "founder"}
    assert names(ann.get(all_runs_of(run), query)) == ["Eva", "Ada", "Rui", "Zoe"]
    four = query | {"last": 10}
    assert names(ann.get(all_runs_of(run), four)) == ["Eva", "Ada", "Rui", "Zoe"]
    oldest = four | {"once": "oldest"}
    assert names(ann.get(all_runs_of(run), oldest)) == ["Eva", "Ada", "Zoe", "Rui"]
    found = lines(file(ann, all_runs_of(run), **query))
    assert found[0][0] == "Run"
    at = found[0].index(NAME)
    assert [line[at] for line in found[1:]] == ["Eva", "Ada", "Rui", "Zoe"]


def test_who_of_us_it_was_stands_at_each_row_of_many_runs(run, ann):
    html = ann.get(all_runs_of(run)).content.decode()
    assert html.count(f'title="{run.workflow_name} · by Ann · on {run.connection.name}"') == 4
    assert "by Ann" not in ann.get(table_of(run)).content.decode(), "one run says it on its page"


def test_days_and_chosen_runs(run, ann):
    second = again(run, person("Ada"))
    Run.objects.filter(pk=run.pk).update(created_at="2026-01-05T12:00:00Z")
    old = {"from": "2026-01-05", "to": "2026-01-05"}
    assert names(ann.get(all_runs_of(run), old)) == ["Zoe", "Ines", "Rui", "Ines"]
    assert rows(ann.get(all_runs_of(run), {"from": "2026-01-06", "to": "2026-01-07"})) == []
    chosen = {"run": [second.public_id, run.public_id, "made-up"]}
    assert len(rows(ann.get(f"/t/{ann.team.slug}/table", chosen))) == 5


def test_selected_runs_of_the_list_as_one_table(run, ann):
    second = again(run, person("Ada"))
    form = {"verb": "table", "run": [run.public_id, second.public_id]}
    answer = ann.post(f"/t/{ann.team.slug}/review/bulk", form, follow=True)
    assert len(rows(answer)) == 5
    assert ann.post(f"/t/{ann.team.slug}/review/bulk", {"verb": "table"}).status_code == 302


def test_who_of_us_wrote_to_somebody_is_asked_of_the_list_and_answered_by_the_table_of_what_it_found(
    run, ann
):
    second = again(run, person("Ada"), person("Rui"))
    form = {"verb": "table", "run": [run.public_id, second.public_id]}
    for searched in ("rui", "Ru*", "in/Rui"):
        bulk = form | {"query": f"q={searched}&state=completed"}
        answer = ann.post(f"/t/{ann.team.slug}/review/bulk", bulk, follow=True)
        assert names(answer) == ["Rui", "Rui"], searched
    bulk = form | {"query": "q=elsewhere"}  # an input of the run, maybe: no row says it
    answer = ann.post(f"/t/{ann.team.slug}/review/bulk", bulk, follow=True)
    assert len(rows(answer)) == 6


def test_a_batch_as_one_table_in_the_order_of_the_table_that_it_came_from(run, ann, eve):
    many = [f"Ada {number}" for number in range(60)]
    second = again(run, *map(person, many))
    again(run, person("Not of the batch"))
    batch = Batch.objects.create(
        team=ann.team, workflow=run.workflow, workflow_name="Founders", version_number=1,
        connection=run.connection, actor_name="Ann", state="running",
    )  # fmt: skip
    for number, each in ((3, run), (2, second)):  # the second row began first
        batch.rows.create(number=number, cells=[], state="run", run=each)
        Run.objects.filter(pk=each.pk).update(batch=batch)
    page = ann.get(f"/t/{ann.team.slug}/batches/{batch.public_id}").content.decode()
    assert f"/t/{ann.team.slug}/table?batch={batch.public_id}" in page
    table, query = f"/t/{ann.team.slug}/table", {"batch": batch.public_id}
    expected = [("2", name) for name in many] + [
        ("3", name) for name in names(ann.get(table_of(run)))
    ]
    for more in ({}, {"once": "newest"}):
        first = ann.get(table, query | more)
        cursor = re.search(r"cursor=([\w-]+)", first.content.decode())[1]
        both = [first, ann.get(table, query | more | {"cursor": cursor})]
        found = [
            (row[0], name)
            for page in both
            for row, name in zip(rows(page), names(page), strict=True)
        ]
        assert found == expected[: len(found)], more
        assert len(found) == (63 if more else 64)
    csv_lines = lines(ann.get(f"{table}.csv", query).getvalue())
    assert csv_lines[0][0] == "Row"
    assert [line[0] for line in csv_lines[1:]] == ["2"] * 60 + ["3"] * 4
    by_name = query | {"sort": f"-{ids(ann, table_of(run))[NAME]}"}
    assert rows(ann.get(table, by_name))[0][0] == "3", "Zoe"
    assert ann.get(table, {"batch": "made-up"}).status_code == 404
    assert eve.get(f"/t/{eve.team.slug}/table", query).status_code == 404


def test_without_runs_the_address_says_which_tables_there_are(run, ann, eve):
    index = f"/t/{ann.team.slug}/table"
    assert "No workflow ran yet" in eve.get(f"/t/{eve.team.slug}/table").content.decode()
    page = ann.get(index + "?last=10").content.decode()
    assert f'href="{all_runs_of(run)}">{run.workflow.name}</a>' in page
    assert ann.get(index + ".csv").status_code == 404


def test_runs_from_before_there_were_rows_are_made_ready(run, ann):
    run.rows.all().delete()
    RunOutcome.objects.update(rows=None)
    assert len(rows(ann.get(all_runs_of(run)))) == 4


# --- What a row is -----------------------------------------------------------------------------

POSITION = "Retrieve experience: Position"
JOBS, SKILLS = "st.retrievePersonExperience", "st.retrievePersonSkills"
KNOWN = PEOPLE | {
    "then": PEOPLE["then"]
    | {"then": PEOPLE["then"]["then"] | {"then": [{"actionType": SKILLS}, {"actionType": JOBS}]}}
}


def knowing(name, jobs=(), skills=()):
    """A person with lists: a job has a position, a skill a name."""
    found = person(name)
    found["then"]["data"] = {
        "then": [
            {"actionType": SKILLS, "success": True, "data": [{"name": each} for each in skills]},
            {"actionType": JOBS, "success": True, "data": [{"position": each} for each in jobs]},
        ]
    }
    return found


@pytest.fixture
def known_people(make_run):
    """Five rows of jobs and skills, and one of a person who has neither."""
    return finish(
        make_run(KNOWN),
        people(
            knowing("Zoe", ["Cook", "Chef"], ["Soup", "Bread"]),
            knowing("Rui", [], ["Bread"]),
            knowing("Ada"),
        ),
    )


def units(answer) -> dict[str, str]:
    """The choices of what a row is, with where each leads."""
    menu = re.search(r"sheet-unit.*?</details>", answer.content.decode(), re.DOTALL)
    found = re.findall(r'href="(\?[^"]*)"[^>]*>(One row per [^<]+)', menu[0]) if menu else []
    return {words: unescape(link) for link, words in found}


def is_now(answer) -> str:
    return re.search(r"<span>One row per ([^<]+)</span>", answer.content.decode())[1]


def test_a_table_of_people_has_one_row_per_person_and_says_so(known_people, ann):
    answer = ann.get(table_of(known_people))
    assert names(answer) == ["Zoe", "Rui", "Ada"]
    assert is_now(answer) == "person"
    assert "<b>3</b> rows" in answer.content.decode()
    assert list(units(answer)) == [
        "One row per person",
        "One row per skill",
        "One row per position",
        "One row per innermost item",
    ]
    assert "Retrieve skills" not in re.search("<thead>.*</thead>", answer.content.decode(), re.S)[0]


@pytest.mark.parametrize(
    ("words", "unit", "expected"),
    [
        ("One row per skill", "skill", ["Zoe", "Zoe", "Rui", "Ada"]),
        ("One row per position", "position", ["Zoe", "Zoe", "Rui", "Ada"]),
        ("One row per innermost item", "skill or position", ["Zoe"] * 4 + ["Rui", "Ada"]),
    ],
)
def test_columns_of_a_list_bring_its_rows_and_back(known_people, ann, words, unit, expected):
    address = table_of(known_people)
    people_only = ann.get(address)
    answer = ann.get(address + units(people_only)[words])
    assert names(answer) == expected
    assert is_now(answer) == unit
    assert names(ann.get(address + units(answer)["One row per person"])) == ["Zoe", "Rui", "Ada"]
    data = ann.get(f"{address}.csv{units(people_only)[words]}")
    at = (sheet := lines(b"".join(data.streaming_content)))[0].index(NAME)
    assert [line[at] for line in sheet[1:]] == expected


def test_a_person_is_found_by_what_is_in_their_lists(known_people, ann):
    address = table_of(known_people)
    known = ids(ann, address)
    position = {"by": known[POSITION], "op": "is", "value": "chef"}
    assert names(ann.get(address, {"search": "bread"})) == ["Zoe", "Rui"]
    assert names(ann.get(address, {"search": "rui bread"})) == ["Rui"]
    assert names(ann.get(address, position)) == ["Zoe"]
    assert rows(ann.get(address, position | {"search": "soup"})) == []
    assert names(ann.get(address, {"sort": known[NAME]})) == ["Ada", "Rui", "Zoe"]
    assert len(lines(file(ann, address, search="bread"))) == 3


def test_a_person_of_many_runs_stands_once_without_doubles(known_people, ann):
    again(known_people, knowing("Zoe", ["Cook"], ["Soup"]), knowing("Eva", ["Cook"]))
    address = all_runs_of(known_people)
    assert names(ann.get(address)) == ["Zoe", "Eva", "Zoe", "Rui", "Ada"]
    assert names(ann.get(address, {"once": "newest"})) == ["Zoe", "Eva", "Rui", "Ada"]
    assert names(ann.get(address, {"once": "oldest"})) == ["Eva", "Zoe", "Rui", "Ada"]


def test_every_person_comes_once_over_all_pages(make_run, ann):
    many = [knowing(f"p{i}", ["Cook"] * (i % 3), ["Soup"] * (i % 4)) for i in range(120)]
    run = finish(make_run(KNOWN), people(*many))
    address, seen = table_of(run), []
    query = ""
    while True:
        answer = ann.get(address + query)
        seen += names(answer)
        more = re.search(r'href="(\?[^"]*cursor=[^"]*)"', answer.content.decode())
        if not more:
            break
        query = unescape(more[1])
    assert seen == [f"p{i}" for i in range(120)]


def test_doubles_by_an_address_further_up(known_people, ann):
    """The rows are jobs that people had, which have no address of their own."""
    known = ids(ann, table_of(known_people))
    jobs = {"columns": [known[NAME], known[POSITION]]}
    per = jobs | {"once": "newest", "per": known["Search people: Public URL"]}
    assert names(ann.get(table_of(known_people), per)) == ["Zoe", "Rui", "Ada"]
    second = {"by": known[POSITION], "op": "is", "value": "chef"}
    assert rows(ann.get(table_of(known_people), per | second)) == []
    assert ann.get(table_of(known_people), per | {"per": known[POSITION]}).status_code == 404


# --- Files -------------------------------------------------------------------------------------


@pytest.fixture
def hostile(make_run):
    """What somebody may have written on a profile."""
    texts = [
        FORMULA,
        "+351 9",
        "-1",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "<script>alert(1)</script>",
        "a\nb",
        "\x0b#N/A",
    ]
    return with_headlines(
        finish(
            make_run(PEOPLE),
            people(*(person(f"p{i}", headline=text) for i, text in enumerate(texts))),
        )
    )


def test_a_csv_is_safe_in_excel(hostile, ann):
    data = file(ann, table_of(hostile))
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 10
    table = lines(data)
    at = table[0].index("Open person page: Headline")
    found = [line[at] for line in table[1:]]
    assert found[:6] == ["'" + FORMULA, "'+351 9", "'-1", "'@SUM(A1)", "'\t=1", "' =1"]
    assert found[6:8] == ["<script>alert(1)</script>", "a\nb"]


def test_a_spreadsheet_holds_texts_not_formulas(hostile, ann):
    book = load_workbook(io.BytesIO(file(ann, table_of(hostile), "xlsx")))
    sheet = book.active
    heads = [cell.value for cell in sheet[1]]
    column = heads.index("Open person page: Headline") + 1
    cells = [sheet.cell(row, column) for row in range(2, 11)]
    assert [cell.data_type for cell in cells] == ["s"] * 9
    assert cells[0].value == FORMULA
    assert cells[8].value == "\ufffd#N/A"


def test_json_has_the_same_values(hostile, ann):
    found = json.loads(file(ann, table_of(hostile), "json"))
    assert len(found) == 9
    assert found[0]["Open person page: Headline"] == FORMULA
    assert "Location" not in found[0]


def test_the_page_escapes_what_came_back(hostile, ann):
    html = ann.get(table_of(hostile)).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_a_file_has_a_harmless_name_and_is_recorded(make_run, ann):
    run = finish(make_run(PEOPLE), people(person("Zoe")))
    Run.objects.filter(pk=run.pk).update(workflow_name='../../"x"\r\nSet-Cookie: a=b; Ü')
    answer = ann.get(f"{table_of(run)}.csv")
    assert re.fullmatch(r'attachment; filename="[a-z0-9-]+\.csv"', answer["Content-Disposition"])
    event = AuditEvent.objects.get(verb="results.downloaded")
    assert (event.details["format"], event.details["runs"]) == ("csv", 1)
    assert ann.get(f"{table_of(run)}.exe").status_code == 404


# --- What is hidden ----------------------------------------------------------------------------


def test_what_is_hidden_cannot_be_found_out_by_asking(make_run, ann, vic):
    run = finish(
        make_run(PEOPLE),
        people(person("Zoe", headline="mail zoe@quintal.example"), person("Rui", headline="x")),
    )
    with_headlines(run)
    hide(ann.team)
    headline = ids(vic, table_of(run))["Open person page: Headline"]
    for who, count in ((ann, 1), (vic, 0)):
        for query in (
            {"search": "quintal"},
            {"by": headline, "op": "contains", "value": "zoe@q"},
            {"by": headline, "op": "is", "value": "mail zoe@quintal.example"},
        ):
            assert len(rows(who.get(table_of(run), query))) == count, query
    assert "quintal" not in file(vic, table_of(run)).decode()
    assert "quintal" in file(ann, table_of(run)).decode()


def test_a_hidden_column_is_not_sorted_or_filtered_by(make_run, ann, vic):
    came = {
        "actionType": "st.retrieveInvitations",
        "success": True,
        "data": [{"name": "Zoe", "note": "Hello you"}],
    }
    run = finish(make_run({"actionType": "st.retrieveInvitations"}), came)
    note = ids(ann, table_of(run))["Note"]
    hide(ann.team)
    assert "Note" not in ids(vic, table_of(run))
    for query in ({"sort": note}, {"by": note, "op": "contains", "value": "H"}):
        assert ann.get(table_of(run), query).status_code == 200
        assert vic.get(table_of(run), query).status_code == 404
    assert "[message hidden]" in vic.get(table_of(run)).content.decode()
    assert rows(vic.get(table_of(run), {"search": "hello"})) == []
    assert len(rows(ann.get(table_of(run), {"search": "hello"}))) == 1


def invitations(of_whom: str):
    note = f"Dear {of_whom}, write to {of_whom.lower()}@quintal.example"
    data = [{"name": of_whom, "note": note, "headline": note.replace("Dear", "I am")}]
    return {"actionType": "st.retrieveInvitations", "success": True, "data": data}


@pytest.fixture
def two_runs(make_run, ann):
    """Of one workflow, each with a message and an address, which are hidden from all below an admin."""
    first = finish(make_run({"actionType": "st.retrieveInvitations"}), invitations("Zoe"))
    second = again_with(first, invitations("Rui"))
    hide(ann.team, uncover_for="builder")
    return first, second


def uncover(person, run, reason="Complaint 12"):
    return person.post(f"/t/{person.team.slug}/runs/{run.public_id}/uncover", {"reason": reason})


def test_a_table_of_many_runs_shows_all_of_the_run_that_its_reader_uncovered(
    two_runs, ann, bob, vic
):
    first, second = two_runs
    table = all_runs_of(first)
    uncover(bob, first)
    for ending in ("csv", "xlsx", "json"):
        assert _texts_in(ann, table, ending) == {"Dear Zoe", "zoe@", "Dear Rui", "rui@"}
        assert _texts_in(bob, table, ending) == {"Dear Zoe", "zoe@"}, ending
        assert _texts_in(vic, table, ending) == set(), ending
    chosen = f"/t/{bob.team.slug}/table"
    for address, query in ((table, {}), (chosen, {"run": [first.public_id, second.public_id]})):
        html = bob.get(address, query).content.decode()
        assert "Dear Zoe, write to zoe@quintal.example" in html
        assert "Dear Rui" not in html
        assert "[message hidden]" in html
        assert "in 1 run that you see for a while" in html
        assert "Dear" not in vic.get(address, query).content.decode()


def _texts_in(person, address, ending) -> set[str]:
    data = file(person, address, ending)
    if ending == "xlsx":
        book = load_workbook(io.BytesIO(data))
        text = str([[cell.value for cell in row] for row in book.active.iter_rows()])
    else:
        text = data.decode()
    return {each for each in ("Dear Zoe", "zoe@", "Dear Rui", "rui@") if each in text}


def test_what_is_uncovered_in_one_run_does_not_tell_of_another(two_runs, ann, bob):
    first, second = two_runs
    table = all_runs_of(first)
    headline = ids(bob, table)["Headline"]
    note = ids(ann, table)["Note"]
    uncover(bob, first)
    search = {"search": "dear"}
    ask = {"by": headline, "op": "contains", "value": "@quintal"}
    for query in (search, ask):
        assert names(ann.get(table, query), "Name") == ["Rui", "Zoe"]
        assert names(bob.get(table, query), "Name") == ["Zoe"]
    assert bob.get(table, {"sort": note}).status_code == 404
    uncover(bob, second)
    assert names(bob.get(table, {"sort": note}), "Name") == ["Rui", "Zoe"]
    assert "[message hidden]" not in bob.get(table).content.decode()


def test_uncovering_for_a_table_lasts_an_hour_and_a_download_says_of_how_many_runs(two_runs, bob):
    first, _ = two_runs
    uncover(bob, first)
    assert b"Dear Zoe" in file(bob, all_runs_of(first))
    assert AuditEvent.objects.get(verb="results.downloaded").details["uncovered"] == 1
    Uncovering.objects.update(until=timezone.now())
    assert b"Dear" not in file(bob, all_runs_of(first))
