"""The demo team: made once, whole, and legal."""

import pytest
from django.core.management import call_command

from accounts.models import Team
from editor import catalog, demo
from editor.trees.validate import validate


@pytest.mark.parametrize("sample", demo.samples(), ids=lambda sample: sample.name)
def test_no_sample_has_a_problem(sample):
    assert validate(sample.tree(), catalog.default()) == []


def test_a_second_time_changes_nothing(db):
    call_command("demo", verbosity=0)
    team = Team.objects.get(slug="demo")
    assert team.workflows.count() == len(demo.samples())
    assert team.runs.count() == sum(sample.runs for sample in demo.samples())

    team.workflows.first().delete()
    call_command("demo", verbosity=0)
    assert team.workflows.count() == len(demo.samples()) - 1
