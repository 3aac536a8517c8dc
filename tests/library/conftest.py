"""A workflow to publish, and what people say about it."""

import json
from typing import Any

import pytest

from editor.library import services
from editor.library.models import TemplateVersion
from editor.workflows import services as workflows
from editor.workflows.models import Workflow
from editor.workflows.queries import tree_of
from tests.people import Person

GREET = {
    "actionType": "st.openPersonPage",
    "label": "page",
    "personUrl": "{{ person }}",
    "basicInfo": True,
    "then": [
        {"actionType": "st.sendConnectionRequest", "label": "invite", "note": "{{ words }}"},
        {"actionType": "st.sendMessage", "label": "write", "text": "{{ words }}"},
    ],
}
ABOUT = {
    "title": "Greet somebody",
    "summary": "Opens the page, then says hello.",
    "category": "network",
    "readme": "For **one** person.",
}
EXAMPLES = {"person": "https://www.linkedin.com/in/example-oda-bakke", "words": "Hello Oda"}


def greet(person: Person, name: str = "Greet") -> Workflow:
    """The workflow, with its two inputs."""
    made = workflows.import_wire(
        person.team, actor=person.user, name=name, source=json.dumps(GREET)
    )
    workflows.declare_input(made, "person", "url", actor=person.user)
    workflows.declare_input(made, "words", "text", actor=person.user)
    made.refresh_from_db()
    return made


def node(workflow: Workflow, action_type: str) -> str:
    return next(n.id for n in tree_of(workflow).nodes.values() if n.type == action_type)


def publish(person: Person, workflow: Workflow, **more: Any) -> TemplateVersion:
    given = {"about": ABOUT, "visibility": "team", "examples": EXAMPLES} | more
    return services.publish(workflow, actor=person.user, **given)


@pytest.fixture
def workflow(bob: Person) -> Workflow:
    """Bob builds in Ann's team."""
    return greet(bob)


@pytest.fixture
def version(bob: Person, workflow: Workflow) -> TemplateVersion:
    return publish(bob, workflow)


def url(person: Person, *parts: str) -> str:
    return "/".join((f"/t/{person.team.slug}/templates", *parts))
