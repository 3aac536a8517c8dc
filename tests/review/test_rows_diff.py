"""Two runs of a workflow, row by row: who is new, who is gone, and what is another now."""

from editor.review.rows_diff import rows_diff
from editor.runs.privacy import NOTHING, Hides
from editor.workflows.edits import choosing
from tests.review.test_tables import with_headlines
from tests.runs.test_outcome import finish
from tests.runs.test_rows import PEOPLE, people, person


def two(make_run, before, after):
    runs = [finish(make_run(PEOPLE), people(*found)) for found in (before, after)]
    for run in runs:
        run.hides = NOTHING
    return runs


def kinds(found):
    return [(each.kind, each.name) for each in found.differences]


def test_new_gone_and_changed_by_address(make_run):
    before = [person("Ines", headline="Chef"), person("Rui"), person("Oda")]
    after = [person("Ines", headline="Founder"), person("Oda"), person("Eva")]
    old, new = two(make_run, before, after)
    found = rows_diff(old, new, choosing.choice_of(with_headlines(new).workflow))
    assert kinds(found) == [("new", "Eva"), ("gone", "Rui"), ("changed", "Ines")]
    assert (found.new, found.gone, found.changed, found.same) == (1, 1, 1, 1)
    ((title, was, now),) = found.differences[2].changes
    assert (title, was.text, now.text) == ("Open person page: Headline", "Chef", "Founder")
    assert found.differences[2].href.startswith("https://www.LinkedIn.com/in/Ines")


def test_a_run_and_itself_are_the_same(make_run):
    old, new = two(make_run, [person("Ines")] * 2, [person("Ines")] * 2)
    found = rows_diff(old, new, [])
    assert (kinds(found), found.same) == ([], 2)


def test_so_many_at_most_are_told(make_run):
    old, new = two(make_run, [], [person(f"p{i}") for i in range(5)])
    found = rows_diff(old, new, [], most=2)
    assert (len(found.differences), found.new, found.more) == (2, 5, 3)


def test_what_is_hidden_from_either_stays_hidden(make_run):
    old, new = two(
        make_run, [person("Ines", headline="a@b.example")], [person("Ines", headline="c@d.example")]
    )
    old.hides = Hides(emails=True)
    told = repr(rows_diff(old, new, []))
    assert "b.example" not in told
    assert "d.example" not in told
