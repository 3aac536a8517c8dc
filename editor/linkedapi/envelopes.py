"""Answers of the Linked API as values.

Success is `{"success": true, "result": ...}`, where `result` may be missing; failure is
`{"success": false, "error": {type, message}}`, with a non-2xx status or a 2xx one. Both official
clients read both ways, and so does this module (reference: http.md 2).
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from .errors import LinkedApiError, OutcomeUnknown, Refused

Status = Literal["pending", "running", "completed", "failed"]
_LONGEST_WAIT = 24 * 3600.0
_LONGEST_TEXT = 2_000


@dataclass(frozen=True, slots=True)
class Started:
    """A workflow that the service has taken; `pending_reason` and `message` may be ""."""

    workflow_id: str
    pending_reason: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """How a workflow stands.

    `completion` has a meaning when it is completed (None: the service gave none), `failure_reason`
    and `failure_message` when it failed as a whole, `pending_reason` ("queued",
    "outsideWorkingHours") while it waits. A status that we do not know yet counts as running.
    """

    status: Status
    completion: Any = None
    failure_reason: str = ""
    failure_message: str = ""
    pending_reason: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """The LinkedIn account behind an identification token."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Usage:
    """A limit of an account: of `most` in a `period` ("daily", "weekly", "monthly") `used` are used up."""

    category: str
    period: str
    used: int
    most: int


@dataclass(frozen=True, slots=True)
class Executed:
    """One action that ran on the account, as the usage statistics tell it."""

    action_type: str
    success: bool
    time: datetime


def result(status: int, headers: Mapping[str, str], body: bytes) -> Any:
    """`result` of a successful answer, {} when it is left out.

    Raises Refused for a typed error and for any 4xx but 408 (with or without a readable body: the
    call was not carried out); OutcomeUnknown for everything that says neither yes nor no: another
    status, a body that is no envelope.
    """
    answer = _parsed(body)
    good = 200 <= status < 300
    refuses = 400 <= status < 500 and status != 408
    if isinstance(answer, dict):
        said_no = answer.get("success") is False or bool(answer.get("error"))
        if good and not said_no and (answer.get("success") is True or "result" in answer):
            return answer.get("result", {})
        if refuses or (good and said_no):
            raise _error(Refused, answer, status, headers)
    if refuses:
        raise _error(Refused, {}, status, headers)
    raise _error(OutcomeUnknown, answer if isinstance(answer, dict) else {}, status, headers)


def started(value: Any) -> Started:
    """The result of a start. Raises OutcomeUnknown without a workflow id: it may run, unseen."""
    fields = _fields(value)
    workflow_id = fields.get("workflowId")
    if not isinstance(workflow_id, str) or not workflow_id:
        raise OutcomeUnknown("The service took the workflow but did not name it.", status=200)
    return Started(workflow_id, _text(fields, "pendingReason"), _text(fields, "message"))


def look(value: Any) -> Look:
    """The result of a look. Raises OutcomeUnknown when it tells nothing."""
    fields = _fields(value)
    status = fields.get("workflowStatus")
    if status not in ("pending", "running"):
        # Like the official clients: the completion counts, and only without one the failure.
        if fields.get("completion") is not None:
            return Look("completed", completion=fields["completion"])
        if status == "failed" or isinstance(fields.get("failure"), dict):
            failure = _fields(fields.get("failure"))
            return Look(
                "failed",
                failure_reason=_text(failure, "reason") or "unknownError",
                failure_message=_text(failure, "message"),
            )
        if status == "completed":
            return Look("completed")
        if not isinstance(status, str):
            raise OutcomeUnknown("The answer does not say how the workflow stands.", status=200)
    return Look(
        "pending" if status == "pending" else "running",
        pending_reason=_text(fields, "pendingReason"),
        message=_text(fields, "message"),
    )


def cancelled(value: Any) -> bool:
    """Whether a cancel took effect; False when there was nothing left to cancel."""
    return _fields(value).get("cancelled") is True


def account(value: Any) -> Account:
    fields = _fields(value)
    return Account(_text(fields, "name"), _text(fields, "url"))


def standing(value: Any, identification_token: str) -> str:
    """The status of one account among those of the admin API; "" when it is not there."""
    return _text(_listed(value, identification_token), "status")


def account_id(value: Any, identification_token: str) -> str:
    """By which id the admin API knows one account; "" when it does not."""
    return _text(_listed(value, identification_token), "id")


def reconnection_link(value: Any, identification_token: str) -> str:
    """The web address at which the account is signed in again; "" when there is none."""
    link = _text(_listed(value, identification_token), "reconnectionLink")
    return link if link.startswith(("https://", "http://")) else ""


def _listed(value: Any, identification_token: str) -> dict[str, Any]:
    """What the admin API lists of one account."""
    accounts = _fields(value).get("accounts")
    for fields in map(_fields, accounts if isinstance(accounts, list) else []):
        if fields.get("identificationToken") == identification_token:
            return fields
    return {}


def usage(value: Any) -> tuple[Usage, ...]:
    """Limits that are on, with what is used up; what cannot be read is left out."""
    entries = _fields(value).get("usage")
    found = [_usage(_fields(entry)) for entry in (entries if isinstance(entries, list) else [])]
    return tuple(each for each in found if each is not None)


def _usage(fields: dict[str, Any]) -> Usage | None:
    # The SDKs say currentUsage, a sample of the documentation says currentValue.
    used, most = fields.get("currentUsage", fields.get("currentValue")), fields.get("maxValue")
    if fields.get("isEnabled") is False or not isinstance(used, int) or not isinstance(most, int):
        return None
    return Usage(_text(fields, "category"), _text(fields, "period"), used, most)


def clock(headers: Mapping[str, str]) -> datetime | None:
    """What time it was where an answer was written, to the second below; None when it does not say."""
    try:
        said = parsedate_to_datetime(headers.get("date", ""))
        return said.astimezone(UTC) if said.tzinfo else said.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def executed(value: Any) -> tuple[Executed, ...]:
    """Entries of the usage statistics, oldest first; what cannot be read is left out."""
    entries = value if isinstance(value, list) else []
    found = [entry for entry in map(_executed, entries) if entry is not None]
    return tuple(sorted(found, key=lambda entry: entry.time))


def _executed(value: Any) -> Executed | None:
    fields = _fields(value)
    try:
        time = datetime.fromisoformat(_text(fields, "time"))
    except ValueError:
        return None
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return Executed(_text(fields, "actionType"), fields.get("success") is True, aware)


def _parsed(body: bytes) -> Any:
    """The JSON value of a body; None when it is none (RecursionError: nested beyond reason).

    Numbers that JSON does not know (NaN, and what is too large for a float) become null.
    """
    try:
        return json.loads(body, parse_constant=lambda _: None, parse_float=_finite)
    except (ValueError, RecursionError):
        return None


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _error(
    kind: type[LinkedApiError], answer: dict[str, Any], status: int, headers: Mapping[str, str]
) -> LinkedApiError:
    error = answer.get("error")
    fields = {"message": error} if isinstance(error, str) else _fields(error)
    fallback = "tooManyRequests" if status == 429 else "unknownError" if answer else "httpError"
    return kind(
        _text(fields, "message") or f"The service answered with HTTP status {status}.",
        type=_text(fields, "type") or fallback,
        status=status,
        retry_after=_seconds(headers.get("retry-after", "")),
    )


def _seconds(retry_after: str) -> float | None:
    """The header Retry-After, seconds or a date, as seconds from now; at most a day."""
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return min(max(seconds, 0.0), _LONGEST_WAIT) if seconds == seconds else None


def _fields(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(fields: dict[str, Any], key: str) -> str:
    value = fields.get(key)
    return value[:_LONGEST_TEXT] if isinstance(value, str) else ""
