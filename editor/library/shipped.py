"""The starters: templates that come with Trellis, as files beside this one (`files` says what is in them).

They are brought into the database after each `migrate`, so that they have stars, uses and copies like any other; a
file that a release changed becomes the next version, which copies may take over.
"""

import logging
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import FieldDoesNotExist

from editor import catalog
from editor.lib.tx import writing
from editor.library import files, queries, services
from editor.library.files import BadFile, Content
from editor.library.models import Template, TemplateVersion, Use, Visibility
from editor.library.slots import renamed
from editor.trees.diff import diff
from editor.trees.pairing import adopt, pair

FOLDER = Path(__file__).parent / "starters"
log = logging.getLogger(__name__)


def starter_files() -> list[Path]:
    """In the order of the gallery: the numbers that their names begin with."""
    return sorted(FOLDER.glob("*.json"))


def key_of(file: Path) -> str:
    return file.stem.partition("-")[2]


def tables_are_there(apps: Any) -> bool:
    """Whether the database has our tables as this release knows them; not so half-way back to an older one."""
    for model in (Template, TemplateVersion, Use):
        try:
            then = apps.get_model("library", model.__name__)
            for field in model._meta.concrete_fields:
                then._meta.get_field(field.name)
        except (LookupError, FieldDoesNotExist):
            return False
    return True


def bring_in() -> None:
    """Make the database's starters those of the files. What a catalogue of the server's own forbids is left out."""
    with writing():
        known = {each.key: each for each in Template.objects.filter(team=None)}
        for key, content, sample in _contents():
            template = known.get(key) or Template(key=key, visibility=Visibility.EVERYONE)
            _bring_in(template, content, sample)


@cache
def _contents() -> tuple[tuple[str, Content, dict[str, Any]], ...]:
    """Key, content and sample of each; the first files last, so that the gallery begins with them."""
    found = []
    for file in reversed(starter_files()):
        try:
            content = files.read(file.read_bytes(), catalog.default())
            found.append((key_of(file), content, services.sample_of(content)))
        except (BadFile, services.Refused) as error:
            log.warning("The starter %s is left out: %s", file.name, error)
    return tuple(found)


def _bring_in(template: Template, content: Content, sample: dict[str, Any]) -> None:
    if template.number:
        latest = queries.version(template)
        old = queries.tree_of(latest)
        names, tree = pair(old, content.tree), adopt(old, content.tree)
        content = Content(
            content.about, tree, renamed(content.slots, names), content.examples, content.table
        )
        if diff(old, tree).empty and content.slots == queries.slots_of(latest):
            if any(getattr(template, name) != value for name, value in content.about.items()):
                Template.objects.filter(pk=template.pk).update(**content.about)
            return
    services.add_version(template, content, actor=None, sample=sample)
