"""Workflows from the command line: `./manage.py workflow check|import|export|grow`."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from accounts.models import Team
from editor import catalog
from editor.lib.ids import new_id
from editor.trees import codec
from editor.trees.nodes import MAX_NODES, Tree
from editor.trees.problems import Problem
from editor.trees.validate import validate
from editor.workflows import queries, services
from editor.workflows.grow import grow
from editor.workflows.services import Workflow


class Command(BaseCommand):
    help = "Check, import, export or grow workflows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)

        check = verbs.add_parser(
            "check", help="print what is wrong with a workflow, as JSON lines; 1 when anything is"
        )
        check.add_argument("file", help="a file of Linked API JSON, or - for standard input")

        add = verbs.add_parser("import", help="store a workflow and print its address")
        add.add_argument("file", help="a file of Linked API JSON, or - for standard input")
        add.add_argument("--team", required=True, metavar="SLUG")
        add.add_argument("--name", default="", help="its name; else that of the file")

        export = verbs.add_parser("export", help="print a workflow as Linked API JSON")
        export.add_argument("id", help="the last part of its address")

        big = verbs.add_parser(
            "grow", help="make a legal workflow of N actions and print its address"
        )
        big.add_argument("count", type=int, metavar="N")
        big.add_argument("--team", required=True, metavar="SLUG")

    def handle(self, *, verb: str, **options: Any) -> None:
        {"check": self.check_file, "import": self.add, "export": self.export, "grow": self.grow}[
            verb
        ](options)

    def check_file(self, options: dict[str, Any]) -> None:
        """A file is what is sent: it declares no inputs, and braces in it are just a text."""
        try:
            problems = validate(codec.decode(_read(options["file"]), new_id), catalog.default())
        except codec.DecodeError as error:
            problems = error.problems
        if problems:
            self.stdout.write(_lines(problems))
            sys.exit(1)

    def add(self, options: dict[str, Any]) -> None:
        team = _team(options["team"])
        name = options["name"] or Path(options["file"]).stem.replace("-", " ").strip() or "Workflow"
        try:
            tree = codec.decode(_read(options["file"]), new_id)
        except codec.DecodeError as error:
            raise CommandError("This is no workflow:\n" + _lines(error.problems)) from error
        self._store(team, name[:120], tree)
        if problems := validate(tree, catalog.default()):
            self.stderr.write(_lines(problems))

    def grow(self, options: dict[str, Any]) -> None:
        count = options["count"]
        if not 0 < count <= MAX_NODES:
            raise CommandError(f"A workflow has 1 to {MAX_NODES:,} actions.")
        tree = grow(count, catalog.default())
        self._store(_team(options["team"]), f"Grown to {count:,} actions", tree)

    def export(self, options: dict[str, Any]) -> None:
        try:
            workflow = queries.by_id(options["id"])
        except Workflow.DoesNotExist as error:
            raise CommandError(f"There is no workflow “{options['id']}”.") from error
        self.stdout.write(codec.encode(queries.tree_of(workflow)), ending="")

    def _store(self, team: Team, name: str, tree: Tree) -> None:
        workflow = services.import_tree(team, actor=None, name=name, tree=tree)
        self.stdout.write(reverse("workflows:editor", args=[team.slug, workflow.public_id]))


def _read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error


def _team(slug: str) -> Team:
    try:
        return Team.objects.get(slug=slug)
    except Team.DoesNotExist as error:
        raise CommandError(f"There is no team “{slug}”.") from error


def _lines(problems: Iterable[Problem]) -> str:
    return "\n".join(json.dumps(problem.as_json(), ensure_ascii=False) for problem in problems)
