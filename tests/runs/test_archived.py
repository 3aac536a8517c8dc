"""A workflow that lies in the archive: every form before a run says so, begins nothing, and offers to take it back."""

import pytest
from django.urls import reverse

from editor.lib.ids import new_id
from editor.runs import services
from editor.runs.batches import services as batches
from editor.runs.batches.reading import read_text
from editor.runs.models import Batch, Run, Schedule
from editor.workflows import services as workflows
from tests.runs.conftest import CHECK
from tests.runs.test_batches import made

FORMS = ("runs:start", "runs:new-batch", "runs:schedule_new")
SAYS = "This workflow is in the archive"
REFUSES = "Take it back from there first."
ASKED = ({"name": "person", "kind": "url"},)


@pytest.fixture
def archived(ann):
    """A workflow with an input, which Ann put into the archive."""
    found = made(ann.team, CHECK | {"personUrl": "{{ person }}"}, ASKED)
    workflows.archive(found, actor=ann.user)
    return found


def address(name, workflow):
    return reverse(name, args=[workflow.team.slug, workflow.public_id])


def page(person, where):
    return person.get(where).content.decode()


@pytest.mark.parametrize("name", FORMS)
def test_the_form_says_so_and_whoever_builds_takes_it_back_and_goes_on(ann, rae, archived, name):
    where = address(name, archived)
    for person, may in ((ann, True), (rae, False)):
        html = page(person, where)
        assert SAYS in html
        assert ("Take it back</button>" in html) is may
        assert ("Somebody who builds workflows can take it back" in html) is not may
    back = ann.post(
        address("workflows:restore", archived),
        {"back": "1"},
        headers={"referer": f"http://testserver{where}"},
    )
    assert back["Location"] == where
    assert SAYS not in page(ann, where)


@pytest.mark.parametrize("name", FORMS)
def test_nothing_begins_whatever_is_posted(ann, archived, connection, name):
    form = {
        "submit_key": new_id(24), "connection": connection.public_id, "text": "https://www.linkedin.com/in/example-ada",
        "input.person": "https://www.linkedin.com/in/example-ada", "often": "daily", "at": "09:00", "zone": "UTC",
    }  # fmt: skip
    answer = ann.post(address(name, archived), form)
    assert answer.status_code == 422
    assert REFUSES in answer.content.decode()
    assert not any(model.objects.exists() for model in (Run, Batch, Schedule))


def test_a_draft_of_rows_waits_until_it_is_taken_back(ann, connection, archived):
    workflows.restore(archived, actor=ann.user)
    lines = read_text("person\nhttps://www.linkedin.com/in/example-ada")
    batch = batches.create(archived, connection=connection, actor=ann.user, lines=lines)
    workflows.archive(archived, actor=ann.user)
    draft = reverse("runs:batch", args=[ann.team.slug, batch.public_id])
    assert SAYS in page(ann, draft)
    start = {"actor": ann.user, "confirmed": "", "per_day": None, "working_days": False}
    with pytest.raises(services.Refused, match=REFUSES):
        batches.start(Batch.objects.get(), **start)
    workflows.restore(archived, actor=ann.user)
    assert SAYS not in page(ann, draft)
    batches.start(Batch.objects.get(), **start)


def test_taken_back_from_the_list_it_is_shown_in_the_list(ann, archived):
    back = ann.post(address("workflows:restore", archived))
    assert back["Location"] == reverse("workflows:index", args=[ann.team.slug])
