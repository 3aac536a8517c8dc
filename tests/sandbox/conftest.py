"""An account of the sandbox, and two ways to call it: in this process, and over real HTTP."""

import json
from typing import Any

import pytest
from django.test import Client as Browser

from editor.sandbox.models import SandboxAccount
from editor.sandbox.services import create_account


class Caller:
    """A program that calls the sandbox for one account, inside this process."""

    def __init__(self, account: SandboxAccount) -> None:
        self.account = account
        self.browser = Browser(enforce_csrf_checks=True)
        self.headers = {
            "linked-api-token": account.linked_api_token,
            "identification-token": account.identification_token,
        }

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The whole answer. `body` is sent as it is when it is bytes, else as JSON."""
        sent = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.browser.generic(
            method,
            f"/sandbox/{path}",
            sent,
            content_type="application/json",
            headers={**self.headers, **named},
        )

    def get(self, path: str, **headers: str) -> Any:
        """The `result` of a call that succeeds."""
        return result(self.ask("GET", path, **headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return result(self.ask("POST", path, body, **headers))

    def admin(self, name: str, **body: Any) -> Any:
        """The `result` of an admin call about this account."""
        return self.post(f"admin/{name}", {"accountId": self.account.public_id, **body})

    def start(self, workflow: Any) -> str:
        return str(self.post("workflows", workflow)["workflowId"])

    def look(self, workflow_id: str) -> dict[str, Any]:
        return dict(self.get(f"workflows/{workflow_id}"))

    def run(self, workflow: Any) -> Any:
        """The completion of a workflow (the delay is 0 in tests: the first look finds it done)."""
        return self.look(self.start(workflow))["completion"]

    def dial(self, **values: Any) -> None:
        self.admin("sandbox.setDials", dials=values)
        self.account.refresh_from_db()


def result(answer: Any) -> Any:
    assert answer.status_code == 200, answer.content[:1000]
    said = json.loads(answer.content)
    assert said["success"] is True, said
    return said.get("result")


def error(answer: Any) -> tuple[int, str]:
    """Status and error type of a call that fails."""
    assert answer["Content-Type"] == "application/json", answer.content[:1000]
    said = json.loads(answer.content)
    assert set(said) == {"success", "error"}
    assert said["success"] is False
    assert set(said["error"]) == {"type", "message"}
    assert said["error"]["message"]
    return answer.status_code, said["error"]["type"]


@pytest.fixture
def account(db: Any) -> SandboxAccount:
    return create_account("demo")


@pytest.fixture
def caller(account: SandboxAccount) -> Caller:
    return Caller(account)
