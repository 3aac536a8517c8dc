"""Web server and worker as one command: `./manage.py serve`. What `make run` starts."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import User
from editor.management.commands import web

START_SECONDS = 60
DEMO_SECONDS = 30
STOP_SECONDS = 10


class Stop(Exception):
    """Somebody asked us to end (Ctrl-C, SIGTERM)."""


class Command(BaseCommand):
    help = "Migrate, then run the web server and the worker until one of them or you end it."
    requires_system_checks = ()  # the children check; this process only watches

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="see to it that the demo team exists"
        )

    def handle(self, *, demo: bool, **options: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        children: list[subprocess.Popen[bytes]] = []
        try:
            refuse_busy_port()
            migrate()
            children.append(start(web.command_line()))
            made_demo = demo and self.see_to_demo()  # while the web server starts
            wait_for_answer(children)
            children.append(start([sys.executable, "manage.py", "worker"]))
            if made_demo:
                wait_for_demo(children)
            signing_in = "  (demo@example.com / trellis)" if demo else ""
            self.say(f"Trellis is ready: {settings.PUBLIC_URL}/{signing_in}")
            if not User.objects.exists():
                self.say(
                    f"Nobody has an account yet: sign up at {settings.PUBLIC_URL}/accounts/signup/"
                )
            connection.close()
            watch(children)
        except Stop:
            self.say("Stopping.")
        finally:
            end(children)

    def see_to_demo(self) -> bool:
        """Whether the demo team had to be made."""
        from editor import (
            demo,
        )  # loads every room, which takes as long as all the rest of this command

        if made := demo.seed():
            self.say("Made the demo team; its first runs are under way.")
        return made

    def say(self, line: str) -> None:
        """At once, also into a pipe."""
        self.stdout.write(line)
        self.stdout.flush()


def stop(number: int, frame: FrameType | None) -> None:
    raise Stop


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """A child in a session of its own, so that Ctrl-C reaches it through us and not twice."""
    return subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True)  # noqa: S603


def refuse_busy_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.HOST, settings.PORT))
        except OSError as error:
            raise CommandError(
                f"Port {settings.PORT} of {settings.HOST} cannot be had ({error.strerror}). "
                f"Pick another one: PORT={settings.PORT + 1} make run"
            ) from None


def migrate() -> None:
    """Bring the database up to date; when it is, this costs two queries."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0)
    connection.close()


def wait_for_answer(children: list[subprocess.Popen[bytes]]) -> None:
    """Return once the web server answers, whatever it says. Raises CommandError when it does not in time."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        raise_if_ended(children)
        try:
            server = http.client.HTTPConnection(settings.HOST, settings.PORT, timeout=2)
            server.request("GET", "/healthz")
            server.getresponse()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise CommandError(f"The web server did not answer within {START_SECONDS} s.")


def wait_for_demo(children: list[subprocess.Popen[bytes]]) -> None:
    """Return once the demo's first runs have ended, or after a while without them."""
    from editor import demo

    deadline = time.monotonic() + DEMO_SECONDS
    while demo.runs_under_way() and time.monotonic() < deadline:
        raise_if_ended(children)
        time.sleep(0.2)
    connection.close()


def watch(children: list[subprocess.Popen[bytes]]) -> None:
    """Until somebody stops us; a child that ends by itself ends the others too."""
    while True:
        raise_if_ended(children)
        time.sleep(0.5)


def raise_if_ended(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is not None:
            name = " ".join(map(str, child.args[1:4]))  # type: ignore[index]
            raise CommandError(f"“{name}” ended with {child.returncode}; stopping the rest.")


def end(children: list[subprocess.Popen[bytes]]) -> None:
    """Ask every child to end, wait, and insist when one does not."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for child in children:
        child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, deadline - time.monotonic()))
        # The web server has children of its own; none of them may keep the port.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
