"""What stories about runs need: a workflow, a run of it, and a worker that is called by hand.

The worker's calls reach the sandbox inside this process (`in_process`), through the same WSGI application
that a server runs, so a test's transaction is seen by both sides.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.db import connection as database
from django.utils import timezone

from accounts.models import Connection, Team
from editor.lib.ids import new_id
from editor.linkedapi import Client
from editor.runs import queries, services
from editor.runs.models import Run
from editor.runs.workers.advance import advance
from editor.sandbox.models import SandboxAccount, SandboxWorkflow
from editor.workflows import services as workflows
from editor.workflows.models import Workflow
from tests.people import Person

CHECK = {
    "actionType": "st.checkConnectionStatus",
    "personUrl": "https://www.linkedin.com/in/example-ines-quintal",
}
INVITE_ALL = {
    "actionType": "st.searchPeople",
    "term": "freight",
    "limit": 3,
    "then": {
        "actionType": "st.doForPeople",
        "then": {
            "actionType": "st.openPersonPage",
            "basicInfo": True,
            "then": [
                {"actionType": "st.checkConnectionStatus", "label": "before"},
                {"actionType": "st.sendConnectionRequest"},
            ],
        },
    },
}


class InProcess(httpx.AsyncBaseTransport):
    """Calls the WSGI application on the thread of the test."""

    def __init__(self) -> None:
        self.wsgi = httpx.WSGITransport(app=WSGIHandler())
        self.requests: list[tuple[str, str]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append((request.method, request.url.path.removeprefix("/sandbox")))
        body = await request.aread()
        whole = httpx.Request(
            request.method, request.url, headers=request.headers, content=body or None
        )
        try:
            answer = await sync_to_async(self._call)(whole)
        except ConnectionError as error:  # how the sandbox hangs up
            raise httpx.RemoteProtocolError(str(error), request=request) from error
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    def _call(self, request: httpx.Request) -> httpx.Response:
        # The test's connection, with its transaction, outlives the request, as in Django's own client.
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
        try:
            response = self.wsgi.handle_request(request)
            response.read()
            response.close()
            return response
        finally:
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)


class ByHand:
    """A worker that does one piece when told to."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.id = new_id()
        self.transport = transport or InProcess()

    def advance(self, run: Run) -> Run:
        """One piece of work on the run as it is in the database now; the run after it."""

        async def piece() -> None:
            async with Client(self.transport) as client:
                await advance(run, client, self.id)

        run = queries.for_worker(run.pk)
        async_to_sync(piece)()
        return Run.objects.get(pk=run.pk)

    def take_all_due(self) -> list[Run]:
        """One piece of work on every due run."""
        return [self.advance(run) for run in queries.due(100)]


@pytest.fixture
def procrastinate(transactional_db: None, settings: Any) -> Iterator[None]:
    """The driver for many machines, with its tables made by its own migrations."""
    if database.vendor != "postgresql":
        pytest.skip("Procrastinate needs PostgreSQL")
    env = os.environ | {"DATABASE_URL": database_url(), "RUN_DRIVER": "procrastinate"}
    command = [sys.executable, "manage.py", "migrate", "procrastinate", "--verbosity=0"]
    subprocess.run(command, cwd=settings.BASE_DIR, env=env, check=True)
    settings.RUN_DRIVER = "procrastinate"
    yield
    with database.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def database_url() -> str:
    """Of the test's database, for other processes."""
    names = database.settings_dict
    if database.vendor == "sqlite":
        return f"sqlite:///{names['NAME']}"
    at = f"{names['HOST'] or 'localhost'}:{names['PORT'] or 5432}"
    return f"postgres://{names['USER']}:{names['PASSWORD']}@{at}/{names['NAME']}"


@pytest.fixture
def worker() -> ByHand:
    return ByHand()


@pytest.fixture
def unreachable(settings: Any) -> ByHand:
    """A worker whose calls find nobody at the sandbox's address."""
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        port = closed_soon.getsockname()[1]
    settings.SANDBOX_URL = f"http://127.0.0.1:{port}/sandbox"
    return ByHand(httpx.AsyncHTTPTransport())


@pytest.fixture
def connection(team: Team) -> Connection:
    """The sandbox connection that every team has."""
    return team.connections.get()


@pytest.fixture
def account(connection: Connection) -> SandboxAccount:
    """The same, seen from the sandbox."""
    account = SandboxAccount.objects.get(identification_token=connection.identification_token)
    dial(account, delay=0)
    return account


def dial(account: SandboxAccount, **values: Any) -> None:
    account.dials |= values
    account.save(update_fields=["dials"])


def workflow_of(team: Team, wire: Any, name: str = "Founders in Lisbon") -> Workflow:
    return workflows.import_wire(team, actor=None, name=name, source=json.dumps(wire))


@pytest.fixture
def make_run(ann: Person, account: SandboxAccount, connection: Connection) -> Any:
    """Queue a run of some wire form: `make_run(wire)`."""

    def make(wire: Any = CHECK, **options: Any) -> Run:
        return services.start_run(
            workflow_of(ann.team, wire),
            connection=options.get("connection", connection),
            actor=ann.user,
            submit_key=options.get("submit_key", new_id()),
        )

    return make


def make_due(run: Run) -> None:
    """Let the pause before the next look be over."""
    Run.objects.filter(pk=run.pk).update(next_look_at=timezone.now())


def arrived(account: SandboxAccount) -> int:
    """How many workflows the sandbox has taken, by its own books."""
    return SandboxWorkflow.objects.filter(account=account).count()
