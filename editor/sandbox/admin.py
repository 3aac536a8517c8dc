"""The admin calls: `POST admin/<resource>.<action>`, a table of functions (client, body, now) -> result.

`sandbox.*` calls are this sandbox's own; the real service has none of them.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from editor.lib.tx import writing
from editor.sandbox import admin_webhooks, dials, limits, running, services, world
from editor.sandbox.content import stamp
from editor.sandbox.errors import ApiError, invalid_payload
from editor.sandbox.models import (
    Client,
    ConnectionSession,
    SandboxAccount,
    SandboxLimit,
    new_identification_token,
)

RATE = 100
WINDOW = timedelta(seconds=60)
SESSION_LIFE = timedelta(hours=1)
STATUSES = ("active", "frozen", "reconnection_required")
SUBSCRIPTIONS = ("active", "trialing", "past_due", "canceled")
MOST_SEATS = 10_000

Body = Mapping[str, Any]
Result = dict[str, Any]


class TooManyRequests(ApiError):
    """`retry_after`: seconds until the next call is answered."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            "tooManyRequests", f"At most {RATE} admin calls in {WINDOW.seconds} seconds."
        )
        self.retry_after = retry_after


def call(client: Client, name: str, body: Any, now: datetime) -> Result:
    """Do one admin call. Raises ApiError."""
    if name not in CALLS:
        raise ApiError("notFound", f"There is no admin call “{name[:100]}”.")
    if not isinstance(body, dict):
        raise invalid_payload("The body is a JSON object.")
    _count(client, now)
    return CALLS[name](client, body, now)


def _count(client: Client, now: datetime) -> None:
    """At most RATE calls in a window, which begins with the first call after the last one ended."""
    if client.calls_from is None or now >= client.calls_from + WINDOW:
        client.calls_from, client.calls = now, 0
    client.calls += 1
    if client.calls > RATE:
        raise TooManyRequests(int((client.calls_from + WINDOW - now).total_seconds()) + 1)
    Client.objects.filter(pk=client.pk).update(calls_from=client.calls_from, calls=client.calls)


# --- Subscription ------------------------------------------------------------------------------


def _subscription(client: Client, body: Body, now: datetime) -> Result:
    return {
        "status": client.subscription_status,
        "eligibleForTrial": False,
        "cancelAtPeriodEnd": False,
    }


def _seats(client: Client, body: Body, now: datetime) -> Result:
    return {"seats": client.seats}


def _set_seats(client: Client, body: Body, now: datetime) -> Result:
    """The new seats are there at once: nothing is to be paid."""
    quantity = body.get("quantity")
    if (
        isinstance(quantity, bool)
        or not isinstance(quantity, int)
        or not 0 <= quantity <= MOST_SEATS
    ):
        raise invalid_payload(f"quantity is a whole number from 0 to {MOST_SEATS}.")
    seat = {
        "seatType": _choice(body, "seatType", ("core", "plus")),
        "quantity": quantity,
        "billingPeriod": _choice(body, "billingPeriod", ("month", "year")),
    }
    Client.objects.filter(pk=client.pk).update(seats=[seat])
    return {"status": "complete"}


# --- Accounts ----------------------------------------------------------------------------------


def _accounts(client: Client, body: Body, now: datetime) -> Result:
    """An account that must be connected again gets a session for it on the fly."""
    accounts = client.accounts.filter(disconnected_at=None).order_by("id")
    sessions = client.sessions.filter(account=None).order_by("id")
    return {
        "accounts": [_shown(account, now) for account in accounts],
        "pendingConnectionSessions": [
            {"sessionId": session.public_id, "status": "pending"}
            for session in sessions
            if _session_status(session, now) == "pending"
        ],
    }


def _shown(account: SandboxAccount, now: datetime) -> Result:
    person = world.person(account.slug)
    shown = {
        "id": account.public_id,
        "name": account.name,
        "url": account.url,
        "avatarUrl": person["avatarUrl"],
        "headline": person["headline"],
        "countryCode": person["countryCode"],
        "identificationToken": account.identification_token,
        "status": account.status,
        "connectedAt": stamp(account.connected_at),
    }
    if account.status == "reconnection_required":
        session = _open_session(account, now)
        shown["reconnectionSessionId"] = session.public_id
        shown["reconnectionLink"] = _link(session)
    return shown


def _disconnect(client: Client, body: Body, now: datetime) -> Result:
    services.disconnect(_account(client, body), now)
    return {}


def _reparse(client: Client, body: Body, now: datetime) -> Result:
    """A workflow of its own, which the account's identification token can look at (our choice)."""
    request = b'{"actionType": "st.retrievePerformance", "label": "reparseAccountInfo"}'
    return {"workflowId": services.start(_account(client, body), request, now).remote_id}


def _regenerate_token(client: Client, body: Body, now: datetime) -> Result:
    account, token = _account(client, body), new_identification_token()
    SandboxAccount.objects.filter(pk=account.pk).update(identification_token=token)
    return {"token": token}


def _create_session(client: Client, body: Body, now: datetime) -> Result:
    accounts = client.accounts.filter(disconnected_at=None).count()
    if accounts >= sum(seat["quantity"] for seat in client.seats):
        raise ApiError(
            "noAvailableSeats", "Every seat is taken. Add seats with subscription.setSeats."
        )
    session = ConnectionSession.objects.create(client=client, created_at=now)
    return {"sessionId": session.public_id, "connectionLink": _link(session)}


def _create_reconnection(client: Client, body: Body, now: datetime) -> Result:
    session = _open_session(_account(client, body), now)
    return {"reconnectionSessionId": session.public_id, "reconnectionLink": _link(session)}


def _get_session(client: Client, body: Body, now: datetime) -> Result:
    session = _session(client, body)
    return {
        "session": {
            "sessionId": session.public_id,
            "status": _session_status(session, now),
            "type": "reconnection" if session.account_id else "connection",
        }
    }


def _cancel_session(client: Client, body: Body, now: datetime) -> Result:
    session = _session(client, body)
    if _session_status(session, now) == "pending":
        ConnectionSession.objects.filter(pk=session.pk).update(cancelled_at=now)
    return {}


def _session_status(session: ConnectionSession, now: datetime) -> str:
    if session.finished_at:
        return "success"
    if session.cancelled_at:
        return "cancelled"
    return "expired" if now > session.created_at + SESSION_LIFE else "pending"


def _open_session(account: SandboxAccount, now: datetime) -> ConnectionSession:
    for session in account.sessions.order_by("-id")[:1]:
        if _session_status(session, now) == "pending":
            return session
    return ConnectionSession.objects.create(client=account.client, account=account, created_at=now)


def _link(session: ConnectionSession) -> str:
    return f"{settings.SANDBOX_URL}/connect/{session.public_id}"


def open_session(session_id: str, now: datetime) -> ConnectionSession | None:
    """The session behind a link, while it can still be used."""
    session = ConnectionSession.objects.filter(public_id=session_id).first()
    return session if session and _session_status(session, now) == "pending" else None


def finish_session(session: ConnectionSession, name: str, now: datetime) -> SandboxAccount:
    """Somebody opened the link and agreed: a new account, or the old one is active again."""
    with writing():
        ConnectionSession.objects.filter(pk=session.pk).update(finished_at=now)
        if session.account:
            services.set_status(session.account, "active", now)
            return session.account
        return services.create_account(name, linked_api_token=session.client.linked_api_token)


# --- Limits ------------------------------------------------------------------------------------


def _default_limits(client: Client, body: Body, now: datetime) -> Result:
    return {"limits": limits.defaults()}


def _limits(client: Client, body: Body, now: datetime) -> Result:
    return {"limits": limits.of(_account(client, body))}


def _usage(client: Client, body: Body, now: datetime) -> Result:
    account = _account(client, body)
    running.settle(account, now)
    return {"usage": limits.usage(account, now)}


def _set_limits(client: Client, body: Body, now: datetime) -> Result:
    account = _account(client, body)
    wanted = [(limits.read_key(item), limits.read_value(item)) for item in _entries(body)]
    with writing():
        for (category, period), (value, enabled) in wanted:
            SandboxLimit.objects.update_or_create(
                account=account,
                category=category,
                period=period,
                defaults={"max_value": value, "is_enabled": enabled},
            )
    return {}


def _delete_limits(client: Client, body: Body, now: datetime) -> Result:
    account = _account(client, body)
    with writing():
        for category, period in [limits.read_key(item) for item in _entries(body)]:
            account.limits.filter(category=category, period=period).delete()
    return {}


def _reset_limits(client: Client, body: Body, now: datetime) -> Result:
    _account(client, body).limits.all().delete()
    return {}


def _entries(body: Body) -> list[Any]:
    entries = body.get("limits")
    if not isinstance(entries, list) or len(entries) > 100:
        raise invalid_payload("limits is a list of at most 100 entries.")
    return entries


# --- The sandbox's own -------------------------------------------------------------------------


def _get_dials(client: Client, body: Body, now: datetime) -> Result:
    account = _account(client, body)
    return {"dials": {name: dials.dial(account.dials, name) for name in dials.DIALS}}


def _set_dials(client: Client, body: Body, now: datetime) -> Result:
    account = _account(client, body)
    values = body.get("dials")
    if fault := dials.fault_of(values):
        raise invalid_payload(f"{fault[0].upper()}{fault[1:]}.")
    with writing():
        locked = SandboxAccount.objects.select_for_update().get(pk=account.pk)
        locked.dials = {**locked.dials, **(values or {})}
        locked.save(update_fields=["dials"])
    return _get_dials(client, body, now)


def _set_status(client: Client, body: Body, now: datetime) -> Result:
    services.set_status(_account(client, body), _choice(body, "status", STATUSES), now)
    return {}


def _set_subscription(client: Client, body: Body, now: datetime) -> Result:
    status = _choice(body, "status", SUBSCRIPTIONS)
    Client.objects.filter(pk=client.pk).update(subscription_status=status)
    return {}


# --- The table ---------------------------------------------------------------------------------

CALLS: Mapping[str, Callable[[Client, Body, datetime], Result]] = {
    "subscription.getStatus": _subscription,
    "subscription.getSeats": _seats,
    "subscription.setSeats": _set_seats,
    "accounts.getAll": _accounts,
    "accounts.disconnect": _disconnect,
    "accounts.reparseAccountInfo": _reparse,
    "accounts.regenerateIdentificationToken": _regenerate_token,
    "accounts.createConnectionSession": _create_session,
    "accounts.createReconnectionSession": _create_reconnection,
    "accounts.getConnectionSession": _get_session,
    "accounts.cancelConnectionSession": _cancel_session,
    "limits.getDefaults": _default_limits,
    "limits.get": _limits,
    "limits.getUsage": _usage,
    "limits.set": _set_limits,
    "limits.delete": _delete_limits,
    "limits.resetToDefaults": _reset_limits,
    **admin_webhooks.CALLS,
    "sandbox.getDials": _get_dials,
    "sandbox.setDials": _set_dials,
    "sandbox.setStatus": _set_status,
    "sandbox.setSubscription": _set_subscription,
}


def _account(client: Client, body: Body) -> SandboxAccount:
    """The account that the body names. Raises ApiError: 401 for none and for a foreign one, as documented."""
    key = body.get("accountId")
    if not isinstance(key, str) or not key:
        raise ApiError("accountIdRequired", "accountId is missing. accounts.getAll tells the ids.")
    found = client.accounts.filter(public_id=key, disconnected_at=None).first()
    if found is None:
        raise ApiError("accountNotFound", "There is no such account of this client.")
    found.client = client
    return found


def _session(client: Client, body: Body) -> ConnectionSession:
    key = body.get("sessionId")
    found = client.sessions.filter(public_id=key).first() if isinstance(key, str) else None
    if found is None:
        raise ApiError("sessionNotFound", "There is no such connection session.")
    return found


def _choice(body: Body, name: str, choices: tuple[str, ...]) -> str:
    value = body.get(name)
    if value not in choices:
        raise invalid_payload(f"{name} is one of {', '.join(choices)}.")
    return str(value)
