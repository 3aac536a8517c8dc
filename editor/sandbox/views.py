"""The Linked API over HTTP, and the pages that explain it to people.

`endpoint` wraps every call: it finds out who is asking, reads the body, spoils the answer when that was
asked for, and turns errors into envelopes. A call itself is a function of a `Call` that returns the
`result` of the envelope.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from editor import catalog
from editor.sandbox import (
    admin,
    dials,
    faults,
    guide,
    polls,
    queries,
    queue,
    running,
    services,
    spoiling,
)
from editor.sandbox.content import moment
from editor.sandbox.errors import ApiError, invalid_payload
from editor.sandbox.faults import Answer
from editor.sandbox.models import COMPLETED, FAILED, PENDING, Client, SandboxAccount
from editor.trees import codec, texts
from editor.trees.problems import Problem

LONGEST_STATISTICS = timedelta(days=30)
MOST_DRAINED = 64 * 1024 * 1024
PIECE = 1024 * 1024
_REMOTE_ID = re.compile(r"[\w-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `account` is None for admin calls; `parts` are the variable parts of the path."""

    request: HttpRequest
    now: datetime
    client: Client
    account: SandboxAccount | None
    body: bytes
    parts: Mapping[str, str]

    @property
    def value(self) -> Any:
        """The JSON value of the body, {} for an empty one. Raises ApiError."""
        if not self.body.strip():
            return {}
        parsed = texts.parse(self.body)
        if isinstance(parsed, Problem):
            raise invalid_payload(parsed.message)
        for problem in codec.value_problems(parsed.value, ""):
            raise invalid_payload(f"{problem.path}: {problem.message}")
        return parsed.value

    @property
    def owner(self) -> SandboxAccount:
        """The account of a call that is for one."""
        if self.account is None:
            raise TypeError("An admin call has no account.")
        return self.account


Handler = Callable[[Call], Any]


def endpoint(*, for_client: bool = False, **handlers: Handler) -> Callable[..., HttpResponseBase]:
    """A view for one path: handlers by HTTP method. `for_client`: only the linked-api-token is needed."""

    @csrf_exempt
    def view(request: HttpRequest, **parts: str) -> HttpResponseBase:
        try:
            handler = handlers.get(request.method or "")
            if handler is None:
                raise _no_such_call(request, handlers)
            return _answered(request, handler, parts, for_client)
        except admin.TooManyRequests as error:
            return spoiling.failure(error.type, error.message, error.status, error.retry_after)
        except ApiError as error:
            return spoiling.failure(error.type, error.message, error.status)

    return view


def _no_such_call(request: HttpRequest, handlers: Mapping[str, Handler]) -> ApiError:
    if handlers:
        return ApiError("methodNotAllowed", f"This address takes {' or '.join(handlers)}.")
    return ApiError("notFound", "There is no such call. The page /sandbox/ lists them.")


def _answered(
    request: HttpRequest, handler: Handler, parts: Mapping[str, str], for_client: bool
) -> HttpResponseBase:
    """Do the call, or what was asked for instead. Raises ApiError."""
    headers = request.META  # `request.headers` would read them all
    wanted = _answer(headers.get("HTTP_SANDBOX_ANSWER"))
    if wanted and not wanted.after:
        return spoiling.spoil(request, wanted, None)
    tokens = headers.get("HTTP_LINKED_API_TOKEN"), headers.get("HTTP_IDENTIFICATION_TOKEN")
    account = None if for_client else queries.account_of(*tokens)
    client = account.client if account else queries.client_of(tokens[0])
    call = Call(request, timezone.now(), client, account, _body(request), parts)
    wanted = wanted or _dialled(call) or (_marked(call) if handler is start else None)
    if wanted and not wanted.after:
        return spoiling.spoil(request, wanted, None)
    result = handler(call)
    good = result if isinstance(result, HttpResponse) else spoiling.success(result)
    return spoiling.spoil(request, wanted, good) if wanted else good


def _answer(text: str | None) -> Answer | None:
    """A spoilt answer by its name. Raises ApiError."""
    try:
        return faults.answer(text, catalog.default().error_types) if text else None
    except ValueError as error:
        raise invalid_payload(str(error)) from error


def _dialled(call: Call) -> Answer | None:
    if call.account is None:
        return None
    path = call.request.path_info.partition("/sandbox/")[2]
    name = "/".join(part for part in path.split("/") if part not in call.parts.values())
    return _answer(services.next_answer(call.account, f"{call.request.method} /{name}"))


def _marked(call: Call) -> Answer | None:
    """What a mark in the text of a workflow asks for."""
    if b"trellis-answer-" not in call.body.lower():
        return None
    return _answer(faults.answer_in(call.body.decode("utf-8", "replace")))


def _body(request: HttpRequest) -> bytes:
    """The body. One that is too long is read to its end all the same: some servers answer only then."""
    try:
        body = request.read(texts.MAX_BYTES + 1)
        if len(body) > texts.MAX_BYTES:
            for _ in range(MOST_DRAINED // PIECE):
                if not request.read(PIECE):
                    break
            raise invalid_payload("The body is longer than 5 MB.")
    except UnreadablePostError as error:
        raise invalid_payload("The body could not be read to its end.") from error
    return bytes(body)


# --- The calls of an account -------------------------------------------------------------------


def start(call: Call) -> dict[str, Any]:
    workflow = services.start(call.owner, call.body, call.now)
    working = dials.dial(call.owner.dials, "workingHours")
    return {
        "workflowId": workflow.remote_id,
        "workflowStatus": PENDING,
        **queue.pending_reason(working, call.now),
    }


def look(call: Call) -> Any:
    """The workflow's state, without its id: so the real service answers."""
    workflow = running.find(call.owner, _remote_id(call), call.now)
    state = queue.state(workflow, call.now)
    if state == PENDING:
        working = dials.dial(call.owner.dials, "workingHours")
        return {"workflowStatus": state, **queue.pending_reason(working, call.now)}
    if state == COMPLETED:
        return spoiling.raw_success(
            f'{{"workflowStatus": "{state}", "completion": {workflow.completion}}}'
        )
    return running.outcome(workflow) if state == FAILED else {"workflowStatus": state}


def cancel(call: Call) -> dict[str, bool]:
    return {"cancelled": services.cancel(call.owner, _remote_id(call), call.now)}


def _remote_id(call: Call) -> str:
    """The id of the path; one that the database could not even look for becomes one that is not there."""
    text = call.parts["remote_id"]
    return text if _REMOTE_ID.fullmatch(text) else ""


def account(call: Call) -> dict[str, str]:
    return {"name": call.owner.name, "url": call.owner.url}


def statistics(call: Call) -> list[dict[str, Any]]:
    start_at, end_at = (moment(call.request.GET.get(name)) for name in ("start", "end"))
    if start_at is None or end_at is None:
        raise invalid_payload("start and end are times such as 2026-10-02T12:30:00Z.")
    if not timedelta(0) <= end_at - start_at <= LONGEST_STATISTICS:
        raise invalid_payload("end comes after start, at most 30 days.")
    running.settle(call.owner, call.now)
    return queries.statistics(call.owner, start_at, end_at)


def poll_conversations(call: Call) -> Any:
    return _polled(call, polls.conversations)


def poll_inbox(call: Call) -> Any:
    return _polled(call, polls.inbox)


def poll_network(call: Call) -> Any:
    return _polled(call, polls.network)


def _polled(call: Call, poll: Callable[[SandboxAccount, Any, datetime], Any]) -> Any:
    running.settle(call.owner, call.now)
    return poll(call.owner, call.value, call.now)


def admin_call(call: Call) -> dict[str, Any]:
    return admin.call(call.client, call.parts["name"], call.value, call.now)


# --- Pages for people --------------------------------------------------------------------------


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What the sandbox is and how to make it misbehave. Public: there is no token on it."""
    return render(request, "sandbox/page.html", guide.context())


@require_http_methods(["GET", "POST"])
def connect(request: HttpRequest, session_id: str) -> HttpResponse:
    """The link of a connection session: a person agrees, and an invented account is connected."""
    found = admin.open_session(
        session_id if _REMOTE_ID.fullmatch(session_id) else "", timezone.now()
    )
    if found is None:
        raise Http404("There is no such open connection session.")
    connected = None
    if request.method == "POST":
        connected = admin.finish_session(found, "Invented account", timezone.now())
    return render(request, "sandbox/connect.html", {"session": found, "connected": connected})
