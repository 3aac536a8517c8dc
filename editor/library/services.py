"""Writing: what people do with templates. Each is one function and one transaction.

Who may act is the view's business (accounts.access, queries.template); what must never happen is refused here.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts import audit
from accounts.models import Connection, Team, User
from editor import catalog
from editor.lib.ids import new_id
from editor.lib.tx import writing
from editor.library import queries, samples, slots, telling
from editor.library.files import Content
from editor.library.models import Star, Template, TemplateVersion, Use
from editor.library.slots import Slot
from editor.runs import pinned
from editor.runs.models import Run
from editor.trees import copies
from editor.trees.declaring import with_defaults
from editor.trees.validate import validate
from editor.workflows import services as workflows
from editor.workflows.edits import choosing
from editor.workflows.models import Workflow
from editor.workflows.rows import tree_from_json, tree_to_json

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Refused(Exception):
    """It cannot be done; `faults` says why, for people, and nothing has changed."""

    def __init__(self, *faults: str) -> None:
        super().__init__(" ".join(faults[:3]))
        self.faults = faults


# Publish


def publish(
    workflow: Workflow, *, actor: User, about: Mapping[str, str], visibility: str,
    slots: Sequence[Slot] = (), examples: Mapping[str, Any] = NOTHING, notes: str = "", revision: int | None = None,
) -> TemplateVersion:  # fmt: skip
    """Publish a workflow as it is now: as a template, or as the next version of the one that it is already.

    The tree is run in the sandbox with the `examples`, for the sample. `revision`: the one that somebody looked at.
    Raises Refused when it was changed since, has errors, cannot be run so, or offers a wrong choice.
    """
    with writing():
        snapshot = workflows.snapshot(workflow, actor=actor, reason="publish")
        if revision not in (None, snapshot.revision):
            raise Refused("The workflow was changed at this moment. Look at it, and publish again.")
        template = queries.of_workflow(workflow) or Template(
            team=workflow.team, workflow=workflow, created_by=actor
        )
        template.visibility = visibility
        content = Content(
            about,
            tree_from_json(snapshot.tree),
            tuple(slots),
            examples,
            choosing.choice_of(workflow),
        )
        return add_version(template, content, actor=actor, notes=notes)


def take_in(team: Team, content: Content, *, actor: User, visibility: str) -> Template:
    """A template that came as a file. Raises Refused when it cannot be run."""
    with writing():
        template = Template(team=team, created_by=actor, visibility=visibility)
        add_version(template, content, actor=actor)
    return template


def add_version(
    template: Template, content: Content, *, actor: User | None, notes: str = "",
    sample: dict[str, Any] | None = None,
) -> TemplateVersion:  # fmt: skip
    """Store what a template says now and its next version, in the caller's transaction. Raises Refused."""
    known, now = catalog.default(), timezone.now()
    sample = sample_of(content) if sample is None else sample
    for name, value in content.about.items():
        setattr(template, name, value)
    template.number += 1
    template.facts = telling.facts(slots.chosen(content.tree, content.slots, {}), known)
    template.updated_at, template.withdrawn_at = now, None
    template.save()
    version = TemplateVersion.objects.create(
        template=template, number=template.number, tree=tree_to_json(content.tree),
        slots=slots.as_json(content.slots), table=content.table, examples=dict(content.examples), sample=sample,
        notes=notes, author=actor,
    )  # fmt: skip
    if template.team:
        audit.record(
            template.team, actor, "template.published", template.title, template=template.public_id,
            version=version.number, visibility=template.visibility,
        )  # fmt: skip
    return version


def sample_of(content: Content) -> dict[str, Any]:
    """What the sandbox answers to the tree with the examples. Raises Refused when it cannot be run."""
    known = catalog.default()
    errors = [p for p in validate(content.tree, known) if p.severity == "error"]
    if errors:
        raise Refused(*(f"It cannot run yet: {problem.message}" for problem in errors[:5]))
    if faults := slots.faults(content.tree, content.slots, known):
        raise Refused(*faults)
    try:
        tree = slots.chosen(content.tree, content.slots, {})
        return samples.sample(tree, content.examples, content.table, known, timezone.now())
    except samples.NoSample as error:
        raise Refused(f"It does not run with these examples: {error}") from error


def change(template: Template, *, actor: User, about: Mapping[str, str], visibility: str) -> None:
    """What it says about itself and who sees it; its versions stay as they are."""
    with writing():
        before = template.visibility
        for name, value in about.items():
            setattr(template, name, value)
        template.visibility = visibility
        template.save(update_fields=[*about, "visibility"])
        _record(template, actor, "template.changed", visibility=visibility, before=before)


def withdraw(template: Template, *, actor: User) -> None:
    """Take it out of the gallery; copies stay as they are, and hear of no newer version."""
    with writing():
        Template.objects.filter(pk=template.pk).update(withdrawn_at=timezone.now())
        _record(template, actor, "template.withdrawn")


def put_back(template: Template, *, actor: User) -> None:
    with writing():
        Template.objects.filter(pk=template.pk).update(withdrawn_at=None)
        _record(template, actor, "template.put_back")


def _record(template: Template, actor: User, verb: str, **details: Any) -> None:
    if template.team:
        audit.record(
            template.team, actor, verb, template.title, template=template.public_id, **details
        )


def set_star(template: Template, *, user: User, on: bool) -> None:
    with writing():
        if on:
            changed = Star.objects.get_or_create(template=template, user=user)[1]
        else:
            changed = Star.objects.filter(template=template, user=user).delete()[0] > 0
        if changed:
            by = 1 if on else -1
            Template.objects.filter(pk=template.pk).update(stars=F("stars") + by)


# Use


def run_once(
    version: TemplateVersion, *, team: Team, actor: User, connection: Connection, submit_key: str,
    choices: Mapping[str, str], inputs: Mapping[str, Any],
) -> Run:  # fmt: skip
    """Run a template in a team, without a workflow: the run keeps the definition itself.

    Raises what `pinned.start` raises.
    """
    tree = slots.chosen(queries.tree_of(version), queries.slots_of(version), choices)
    with writing():
        run, is_new = pinned.start(
            team, pinned.Definition(version.template.title, version.number, tree_to_json(tree)),
            connection=connection, actor=actor, submit_key=submit_key, inputs=inputs,
        )  # fmt: skip
        if is_new:
            _used(version, team, actor, run=run, choices=dict(choices))
            audit.record(
                team, actor, "template.run", version.template.title,
                template=version.template.public_id, version=version.number, run=run.public_id,
            )  # fmt: skip
    return run


def copy(
    version: TemplateVersion, *, team: Team, actor: User, name: str,
    choices: Mapping[str, str], inputs: Mapping[str, Any],
) -> Workflow:  # fmt: skip
    """A workflow of the team's own made of a template, which remembers it. `inputs` become its defaults."""
    tree = slots.chosen(queries.tree_of(version), queries.slots_of(version), choices)
    ids = {node_id: new_id() for node_id in tree.nodes}
    mine = with_defaults(copies.renamed(tree, ids), inputs)
    with writing():
        workflow = workflows.import_tree(team, actor=actor, name=name, tree=mine)
        choosing.choose_all(workflow, version.table)
        _used(version, team, actor, copy=workflow, choices=dict(choices), ids=ids)
        audit.record(
            team, actor, "template.copied", version.template.title, workflow=workflow.public_id,
            template=version.template.public_id, version=version.number,
        )  # fmt: skip
    return workflow


def _used(version: TemplateVersion, team: Team, user: User, **what: Any) -> None:
    Use.objects.create(template=version.template, version=version, team=team, user=user, **what)
    Template.objects.filter(pk=version.template_id).update(uses=F("uses") + 1)
