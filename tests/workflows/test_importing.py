"""Workflows as JSON, through the import page and the command: all of them exact, all faults named."""

import io
import json
import sys
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from editor import catalog
from editor.lib.ids import new_id
from editor.trees import codec
from editor.trees.texts import MAX_BYTES
from editor.trees.validate import validate
from editor.workflows import queries
from editor.workflows.grow import grow
from editor.workflows.models import Workflow
from editor.workflows.shown.lines import lines_of
from tests.trees.broken import BROKEN
from tests.workflows.stories import VISIT, problems_of

RECIPES = sorted((Path(__file__).parent.parent / "recipes").glob("*.json"))
SSI = '{"actionType": "st.retrieveSSI"}'


def send(person, do: str, source: str | bytes, **more: str):
    """Send JSON to the import page: a text is pasted, bytes are a file."""
    is_file = isinstance(source, bytes)
    part = {"file": SimpleUploadedFile("w.json", source)} if is_file else {"text": source}
    return person.post(f"/t/{person.team.slug}/workflows/import", {"do": do, **part, **more})


def stored(answer) -> Workflow:
    return Workflow.objects.get(public_id=answer.url.rpartition("/")[2])


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_has_no_problems_and_is_exported_as_it_was_imported(bob, path, capsys):
    source = path.read_bytes()
    assert b"no problems" in send(bob, "check", source).content

    answer = send(bob, "import", source)
    exported = bob.get(answer.url + "/export").content

    expected = json.dumps(json.loads(source))
    assert json.dumps(json.loads(exported)) == expected, "the order of keys as well"
    call_command("workflow", "export", stored(answer).public_id)
    assert capsys.readouterr().out == exported.decode()


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_a_broken_workflow_gets_its_problems_on_the_page(bob, case):
    answer = send(bob, "check", case.source)

    found = [(item.problem.code, item.problem.path) for item in answer.context["problems"]]
    assert found == list(case.problems)
    assert answer.status_code == (200 if case.readable else 422)
    assert not Workflow.objects.exists()
    html = answer.content.decode()
    assert html.count('<li class="problem"') == len(case.problems)


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_a_broken_workflow_is_stored_when_it_is_a_tree_at_all(bob, case):
    answer = send(bob, "import", case.source)
    if not case.readable:
        assert answer.status_code == 422
        assert not Workflow.objects.exists()
        return
    workflow = stored(answer)
    assert bob.get(answer.url).status_code == 200
    problems = [(problem.code, problem.path) for problem in problems_of(workflow)]
    assert problems == list(case.problems)
    assert json.loads(bob.get(answer.url + "/export").content) == json.loads(case.source)


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_a_broken_workflow_gets_its_problems_from_the_command(team, case, tmp_path, capsys):
    file = tmp_path / "broken.json"
    file.write_bytes(case.source)

    with pytest.raises(SystemExit) as left:
        call_command("workflow", "check", str(file))

    assert left.value.code == 1
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(problem["code"], problem["path"]) for problem in printed] == list(case.problems)

    if case.readable:
        call_command("workflow", "import", str(file), "--team", team.slug)
        address = capsys.readouterr().out.strip()
        assert Workflow.objects.get(public_id=address.rpartition("/")[2]).team == team
    else:
        with pytest.raises(CommandError, match=case.problems[0][0]):
            call_command("workflow", "import", str(file), "--team", team.slug)


def test_nothing_that_was_typed_is_lost(bob):
    text = '{"actionType": "st.retrieveSSI",\n  "label": "<oops>"'
    html = send(bob, "import", text, name="Mine & <yours>").content.decode()
    assert "&lt;oops&gt;" in html
    assert 'value="Mine &amp; &lt;yours&gt;"' in html


def test_a_file_stands_in_the_form_when_it_cannot_be_imported(bob):
    answer = send(bob, "import", b'\xef\xbb\xbf{"actionType": 7}')
    assert answer.context["form"]["text"].value() == '{"actionType": 7}'


def test_problems_name_their_lines(bob):
    text = json.dumps([VISIT, {"actionType": "st.wrong"}, {**VISIT, "basicInfo": "x"}], indent=2)
    found = send(bob, "check", text).context["problems"]
    lines = text.splitlines()
    assert [
        '"st.wrong"' in lines[found[0].line - 1],
        '"basicInfo"' in lines[found[1].line - 1],
    ] == [True, True]


def test_nothing_at_all_is_asked_for(bob):
    answer = send(bob, "check", "")
    assert answer.status_code == 422
    assert "Paste a workflow" in answer.content.decode()
    assert bob.get(f"/t/{bob.team.slug}/workflows/import").status_code == 200


def test_a_workflow_without_a_name_gets_that_of_its_first_action(bob):
    assert stored(send(bob, "import", SSI)).name == "Retrieve SSI"
    assert stored(send(bob, "import", '{"actionType": ""}')).name == "Workflow"
    assert stored(send(bob, "import", "[]")).name == "Workflow"
    assert stored(send(bob, "import", SSI, name=" Mine ")).name == "Mine"


def test_a_text_beyond_every_limit_is_refused_in_words(bob):
    huge = b'"' + b"x" * (3 * MAX_BYTES) + b'"'
    assert "most that can be read is 5 MB" in send(bob, "check", huge).content.decode()
    assert send(bob, "check", huge.decode()).status_code in (400, 413, 422)


# The command


def test_check_says_nothing_about_a_good_workflow(tmp_path, capsys):
    file = tmp_path / "good.json"
    file.write_text(SSI)
    call_command("workflow", "check", str(file))
    assert capsys.readouterr().out == ""


def test_check_and_import_read_standard_input(team, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SSI.encode())))
    call_command("workflow", "import", "-", "--team", team.slug, "--name", "Piped")
    assert Workflow.objects.get().name == "Piped"


def test_an_imported_workflow_with_problems_is_stored_and_they_are_told(team, tmp_path, capsys):
    file = tmp_path / "my-first_try.json"
    file.write_text('{"actionType": "st.retrievePersonSkills"}')
    call_command("workflow", "import", str(file), "--team", team.slug)
    out, err = capsys.readouterr()
    assert out == f"/t/{team.slug}/workflows/{Workflow.objects.get().public_id}\n"
    assert json.loads(err)["code"] == "not-a-root"
    assert Workflow.objects.get().name == "my first_try"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["import", "nowhere.json", "--team", "outreach"], "cannot be read"),
        (["check", "."], "cannot be read"),
        (["import", __file__, "--team", "nobody"], "no team"),
        (["export", "made-up"], "no workflow"),
        (["grow", "0", "--team", "outreach"], "1 to 20,000"),
        (["grow", "20001", "--team", "outreach"], "1 to 20,000"),
    ],
)
def test_what_the_command_cannot_do_it_says(team, arguments, reason):
    with pytest.raises(CommandError, match=reason):
        call_command("workflow", *arguments)


def test_grow_stores_a_workflow_and_prints_its_address(team, capsys):
    call_command("workflow", "grow", "120", "--team", team.slug)
    address = capsys.readouterr().out.strip()
    workflow = Workflow.objects.get(public_id=address.rpartition("/")[2])
    assert address == f"/t/{team.slug}/workflows/{workflow.public_id}"
    assert len(queries.tree_of(workflow)) == 120


@pytest.mark.parametrize("count", [1, 2, 9, 100, 1000, 10_000])
def test_grown_trees_are_right_deep_broad_and_always_the_same(count):
    tree = grow(count, catalog.default())
    assert len(tree) == count
    assert validate(tree, catalog.default()) == []
    assert codec.to_wire(tree) == codec.to_wire(grow(count, catalog.default()))
    if count >= 1000:
        assert max(depth for _, depth in tree.walk()) >= 10
        assert max(len(tree.children(node_id)) for node_id in tree.nodes) >= 5
        assert len({node.type for node in tree.nodes.values()}) >= 30


# Lines


def test_the_line_of_every_pointer():
    text = """[
  {"actionType": "st.a", "list": [1,
    2], "a/b~c":
      {"deep": {"er": "[not, a, list: {"}},
    "last\\u0041": null},
  7
]"""
    lines = {
        "": 1, "/0": 2, "/0/actionType": 2, "/0/list": 2, "/0/list/0": 2, "/0/list/1": 3,
        "/0/a~1b~0c": 3, "/0/a~1b~0c/deep": 4, "/0/a~1b~0c/deep/er": 4, "/0/lastA": 5, "/1": 6,
        "/0/missing": 2, "/9": 1,
    }  # fmt: skip
    assert lines_of(text, lines) == lines


def test_lines_of_a_large_text_are_found_in_one_pass():
    text = codec.encode(grow(5000, catalog.default()))
    tree = codec.decode(text, new_id)
    places = codec.pointers(tree)
    found = lines_of(text, places.values())
    lines = text.splitlines()
    for node_id, place in places.items():
        assert tree.nodes[node_id].type in "".join(lines[found[place] - 1 : found[place] + 1])
