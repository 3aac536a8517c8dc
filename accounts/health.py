"""Whether a connection works, and when its queue goes on: the one place that decides.

Some errors are no fault of a workflow: LinkedIn signed the account out, a plan ran out, a token is
wrong. Every run would fail for the same reason, so the first that meets it pauses the connection
(`pause`), and its queue waits until a person has mended it. Trellis asks by itself, ever more rarely,
whether that has happened (`examine`, `note`).

    working -> paused (refused, error_type, probe_at)      a call was refused for such a reason
    paused  -> paused                                      asked again: still so, or no answer
    paused  -> working                                     asked again: it is over; the queue goes on
    paused  -> on trial (refused, error_type, no probe_at) asked again, and the answer cannot tell: the
                                                           next run tries. Refused, it is paused for
                                                           longer; accepted, the connection works

A refused start started nothing, so a trial is safe. Moves are conditional UPDATEs: whoever finds the row
changed has lost the race and leaves it alone.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Case, DateTimeField, Q, Value, When

from accounts.models import Connection, ConnectionState, Kind
from editor.lib.tx import writing
from editor.linkedapi import Account, Client, Credentials, LinkedApiError, Refused

TOKENS: Final = frozenset({
    "linkedApiTokenRequired",
    "invalidLinkedApiToken",
    "identificationTokenRequired",
    "invalidIdentificationToken",
    "tokenUnusable",
})  # fmt: skip
"""Error types that other tokens mend."""

_STANDING: Final = {
    "reconnection_required": "linkedinAccountSignedOut",
    "frozen": "subscriptionRequired",
}
NEEDS_A_PERSON: Final = (
    TOKENS
    | set(_STANDING.values())
    | {"plusPlanRequired", "trialLimitReached", "languageNotSupported"}
)
"""Error types that mean: the connection does not work until a person mends something."""

FIRST_PROBE: Final = 15.0
LONGEST_PROBE_PAUSE: Final = 3600.0
PROBE_LEASE: Final = timedelta(seconds=150)
"""How long a probe may take: two calls of a minute each at the most."""

HEARD_EVERY: Final = timedelta(minutes=1)

ON_MENDED: Final[list[Callable[[Connection, datetime], None]]] = []
"""What rooms above do in the transaction in which a trouble is over; they add it when the process begins."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the service said when it was asked: an error, or whose account it is. `standing` is how the
    account stands by the admin API, "" when that is not to be had."""

    error: LinkedApiError | None = None
    account: Account | None = None
    standing: str = ""

    @property
    def trouble(self) -> str:
        """The error type, when it is one that a person must mend."""
        return self.error.type if self.error and self.error.type in NEEDS_A_PERSON else ""


async def examine(client: Client, who: Credentials) -> Finding:
    """Ask the service whether the tokens are good and how the account stands."""
    try:
        account = await client.account(who)
    except LinkedApiError as error:
        return Finding(error)
    try:
        standing = await client.standing(who)
    except LinkedApiError:  # not every client may ask; then the next run tells
        standing = ""
    if standing in _STANDING:
        message = f"Linked API lists the account as “{standing}”."
        return Finding(Refused(message, type=_STANDING[standing]), account, standing)
    return Finding(None, account, standing)


def wants_tokens(connection: Connection) -> bool:
    """Whether other tokens mend it. Those of a sandbox connection are its own: nobody types them."""
    return connection.kind == Kind.LINKEDAPI and connection.error_type in TOKENS


# --- Moves -------------------------------------------------------------------------------------


def pause(connection: Connection, error: LinkedApiError, now: datetime) -> bool:
    """Mark the connection and let its queue wait. False: it waits already."""
    return _move(
        connection,
        Q(probe_at=None),
        state=ConnectionState.REFUSED,
        state_note=_said(error),
        state_since=_since(error.type, now),
        error_type=error.type,
        probes=connection.probes + 1,
        probe_at=now + _probe_pause(connection.probes + 1),
    )


def works(connection: Connection, now: datetime) -> bool:
    """A start was accepted: whatever was the matter is over."""
    return _mend(connection, Q(), "", now)


def probe_now(connection: Connection, now: datetime) -> bool:
    """A person says that it is mended: ask at once, and often at first. False: nothing waits."""
    return _move(connection, Q(probe_at__isnull=False), probe_at=now, probes=0)


def claim_probe(connection: Connection, now: datetime) -> bool:
    """Take a due probe, so that no other worker does the same."""
    seen, connection.probe_at = connection.probe_at, now + PROBE_LEASE
    return _move(connection, Q(probe_at=seen), probe_at=connection.probe_at)


def note(connection: Connection, found: Finding, now: datetime, *, asked: bool = False) -> bool:
    """Write down what an examination said of the connection as it was read before it. `asked`: by a
    person, who is believed when the answer cannot tell whether the trouble is over."""
    still = Q(probe_at=connection.probe_at, error_type=connection.error_type)
    if found.trouble:
        return _move(connection, still, checked_at=now, **_ill(connection, found, now))
    if found.error:
        return _move(connection, still, checked_at=now, **_silent(connection, found.error, now))
    if asked or _settles(connection.error_type, found):
        account = f"Acts as {found.account.name}: {found.account.url}" if found.account else ""
        return _mend(connection, still, account, now, checked_at=now)
    return _move(connection, still, checked_at=now, probe_at=None)


def _mend(connection: Connection, where: Q, said: str, now: datetime, **changes: object) -> bool:
    with writing():
        mended = _move(connection, where, **changes, **_well(said, now))
        for act in ON_MENDED if mended and connection.error_type else ():
            act(connection, now)
    return mended


def _move(connection: Connection, where: Q, **changes: object) -> bool:
    return Connection.objects.filter(where, pk=connection.pk).update(**changes) == 1


def _settles(trouble: str, found: Finding) -> bool:
    """Whether a good answer means that the trouble is over. Of plans and languages it says nothing."""
    if trouble in _STANDING.values():
        return found.standing == "active"
    return not trouble or trouble in TOKENS


def _well(said: str, now: datetime) -> dict[str, object]:
    return {
        "state": ConnectionState.WORKING,
        "state_note": said[:300],
        "state_since": Case(
            When(state=ConnectionState.WORKING, then="state_since"),
            default=Value(now, DateTimeField()),
        ),
        "error_type": "",
        "probes": 0,
        "probe_at": None,
    }


def _ill(connection: Connection, found: Finding, now: datetime) -> dict[str, object]:
    """Marked, and paused for longer than the last time."""
    assert found.error  # noqa: S101 - there is no trouble without
    return {
        "state": ConnectionState.REFUSED,
        "state_note": _said(found.error),
        "state_since": _since(found.trouble, now),
        "error_type": found.trouble,
        "probes": connection.probes + 1,
        "probe_at": now + _probe_pause(connection.probes + 1, found.error),
    }


def _silent(connection: Connection, error: LinkedApiError, now: datetime) -> dict[str, object]:
    """No answer, or one that says nothing of the connection: a pause goes on, a mark stays."""
    if connection.paused:
        probes = connection.probes + 1
        return {"probes": probes, "probe_at": now + _probe_pause(probes, error)}
    refused = isinstance(error, Refused)
    state = ConnectionState.REFUSED if refused else ConnectionState.UNREACHABLE
    said = _said(error) if refused else f"{error.message} Try again in a minute."
    since = now if connection.state != state else connection.state_since
    return {"state": state, "state_note": said[:300], "state_since": since}


def _said(error: LinkedApiError) -> str:
    return f"The service said no: {error.message}"[:300]


def _since(error_type: str, now: datetime) -> Case:
    """The same trouble goes on since it began."""
    same = When(error_type=error_type, then="state_since")
    return Case(same, default=Value(now, DateTimeField()))


def _probe_pause(probes: int, error: LinkedApiError | None = None) -> timedelta:
    """15 s, 30 s, 1 min, 2 min ... up to an hour, or as long as the service asked for; a tenth more or less."""
    seconds = min(FIRST_PROBE * 2.0 ** min(probes - 1, 10), LONGEST_PROBE_PAUSE)
    seconds = max(seconds, error.retry_after or 0.0) if error else seconds
    return timedelta(seconds=seconds * random.uniform(0.9, 1.1))  # noqa: S311 - nothing secret about it


# --- Webhooks ----------------------------------------------------------------------------------


def probe_client(client_key: str, now: datetime) -> None:
    """The service says that something changed at a client: ask for its paused connections."""
    paused = Connection.objects.filter(client_key=client_key, probe_at__gt=now)
    paused.update(probe_at=now, probes=0)


def note_heard(client_key: str, now: datetime) -> None:
    """A webhook of this client came in; to know it to a minute is enough."""
    long_ago = Q(heard_at=None) | Q(heard_at__lt=now - HEARD_EVERY)
    Connection.objects.filter(long_ago, client_key=client_key).update(heard_at=now)


def note_webhook(client_key: str, why_not: str) -> None:
    """Why no webhook of this client can come in; "" when it can."""
    theirs = Connection.objects.filter(client_key=client_key)
    theirs.exclude(webhook_note=why_not[:300]).update(webhook_note=why_not[:300])
