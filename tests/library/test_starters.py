"""The templates that come with Trellis: each is right, runs, and is there for everybody."""

import json

import pytest

from editor import catalog
from editor.library import files, services, shipped
from editor.library.models import Category, Template
from editor.trees.effects import effects
from editor.trees.inputs import parse
from editor.trees.placeholders import unused
from editor.trees.validate import validate
from tests.library.conftest import url

FILES = shipped.starter_files()


def test_there_are_enough_for_every_purpose(db):
    assert Template.objects.filter(team=None).count() == len(FILES) >= 20
    assert set(Template.objects.values_list("category", flat=True)) == set(Category.values)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_is_right_and_brings_something_from_the_sandbox(file):
    content = files.read(file.read_bytes(), catalog.default())

    assert validate(content.tree, catalog.default()) == [], "not even a warning"
    inputs, wrong = parse(list(content.tree.inputs))
    assert wrong == []
    assert unused(content.tree, inputs) == ()
    assert all(each.help for each in inputs), "somebody must know what to write"
    sample = services.sample_of(content)
    assert sample["rows"]
    flat = json.dumps(sample)
    assert "failed" not in flat
    assert "NotFound" not in flat


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_is_the_same_after_a_journey_as_a_file(file):
    content = files.read(file.read_bytes(), catalog.default())

    assert json.loads(files.write(content)) == json.loads(file.read_text())


def test_everybody_sees_them_and_no_team_can_change_them(ann, eve):
    found = Template.objects.get(key="find-people")

    for person in (ann, eve):
        assert person.get(url(person, found.public_id)).status_code == 200
        assert person.get(url(person, found.public_id, "details")).status_code == 403
        assert person.post(url(person, found.public_id, "withdraw")).status_code == 403


def test_a_release_that_changes_one_publishes_its_next_version(ann, monkeypatch, tmp_path):
    found = Template.objects.get(key="check-one-connection")
    before = found.versions.get().tree["nodes"][0]["id"]
    content = files.read(
        next(f for f in FILES if f.stem.endswith("check-one-connection")).read_bytes(),
        catalog.default(),
    )
    shipped.bring_in()
    assert found.versions.count() == 1, "nothing has changed"

    text = files.write(content).replace('"connection"', '"how we stand"')
    changed = files.read(text, catalog.default())
    shipped._bring_in(found, changed, services.sample_of(changed))

    latest = found.versions.get(number=2)
    assert latest.tree["nodes"][0]["label"] == "how we stand"
    assert latest.tree["nodes"][0]["id"] == before, "copies find their actions again"


def test_those_that_act_say_so(db):
    for template in Template.objects.filter(team=None):
        tree = shipped.queries.tree_of(template.versions.get())
        assert template.facts["acts"] == bool(effects(tree, catalog.default()).acts)


def test_an_empty_list_of_workflows_offers_some(bob):
    page = bob.get(url(bob, "some")).content.decode()

    assert "Find people" in page
    assert "/use" in page
