"""What the stories of this room share: somebody who edits a workflow through its pages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from editor import catalog
from editor.trees import codec
from editor.trees.nodes import Node, Tree
from editor.trees.problems import Problem
from editor.trees.validate import validate
from editor.workflows import queries, services
from editor.workflows.models import Workflow
from tests.people import Person

PERSON_URL = "https://www.linkedin.com/in/ada"
VISIT = {
    "actionType": "st.openPersonPage",
    "personUrl": PERSON_URL,
    "then": [
        {"actionType": "st.retrievePersonSkills"},
        {"actionType": "st.retrievePersonPosts", "label": "posts", "limit": 5},
    ],
}
"""A person's page with two actions below it."""


def problems_of(workflow: Workflow) -> list[Problem]:
    """Everything wrong with it, in document order."""
    return validate(queries.tree_of(workflow), catalog.default())


@dataclass
class Desk:
    """Somebody with one workflow open; `revision` is what the page shows."""

    person: Person
    workflow: Workflow
    revision: int = 0

    @property
    def url(self) -> str:
        return f"/t/{self.workflow.team.slug}/workflows/{self.workflow.public_id}"

    @property
    def tree(self) -> Tree:
        return queries.tree_of(Workflow.objects.get(pk=self.workflow.pk))

    @property
    def wire(self) -> Any:
        return codec.to_wire(self.tree)

    def node(self, action_type: str) -> Node:
        """The first action of a type."""
        return next(node for node, _ in self.tree.walk() if node.type == action_type)

    def get(self, path: str = "", **query: Any) -> HttpResponse:
        return self.person.get(self.url + path, query)

    def try_to(self, verb: str, **fields: Any) -> HttpResponse:
        """Send an edit, whatever comes of it."""
        return self.person.post(f"{self.url}/edit/{verb}", {"base": self.revision, **fields})

    def edit(self, verb: str, **fields: Any) -> "Told":
        """Send an edit that is accepted, and go on from its answer."""
        answer = self.try_to(verb, **fields)
        assert answer.status_code == 200, answer.content.decode()
        told = Told.by(answer)
        self.revision = told.revision
        return told


@dataclass
class Told:
    """What the HTML of an answer says."""

    revision: int
    marks: Mapping[str, str]
    operations: list[tuple[str, str]]
    html: str

    @classmethod
    def by(cls, answer: HttpResponse) -> "Told":
        html = answer.content.decode()
        [head] = re.findall(r"<div data-answer[^>]*>", html)
        marks = dict(re.findall(r'data-([\w-]+)="([^"]*)"', head))
        steps = re.findall(r'<template data-op="(\w+)" data-id="(\w+)"', html)
        return cls(int(marks["revision"]), marks, steps, html)


def desk(person: Person, wire: Any = VISIT, name: str = "Visit Ada") -> Desk:
    """Somebody sits down before a workflow of their team."""
    tree = codec.from_wire(wire, services.new_id)
    return Desk(person, services.import_tree(person.team, actor=person.user, name=name, tree=tree))
