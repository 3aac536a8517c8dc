"""Reading messages and changes of the network: the three poll calls. Everything follows from traces."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from editor.sandbox import content, traces, world
from editor.sandbox.errors import ApiError, invalid_payload
from editor.sandbox.models import (
    CONNECTION,
    CONVERSATION,
    INBOX,
    MESSAGE,
    NETWORK,
    SandboxAccount,
    Trace,
)

NAMESPACES = ("st", "nv")
NETWORK_TYPES = ("connectionAccepted", "connectionAdded", "connectionRequestReceived")
MOST_CONVERSATIONS = 1000


def conversations(account: SandboxAccount, body: Any, now: datetime) -> list[dict[str, Any]]:
    """The messages with people who were synced. Raises ApiError, conversationsNotSynced for one who was not."""
    if not isinstance(body, list) or len(body) > MOST_CONVERSATIONS:
        raise invalid_payload(
            f"The body is a list of at most {MOST_CONVERSATIONS} objects "
            "with personUrl, type and, if wanted, since."
        )
    asked = [_conversation_request(item, f"/{index}") for index, item in enumerate(body)]
    synced = {
        (trace.namespace, trace.person): trace
        for trace in _traces(account, CONVERSATION, now).order_by("time")
    }
    missing = [item["personUrl"] for item in asked if (item["type"], item["slug"]) not in synced]
    if missing:
        raise ApiError(
            "conversationsNotSynced",
            f"Sync these conversations first, with st.syncConversation or nv.syncConversation: "
            f"{', '.join(missing[:10])}.",
        )
    messages = list(_traces(account, MESSAGE, now).order_by("time"))
    return [_conversation(item, synced[item["type"], item["slug"]], messages) for item in asked]


def _conversation_request(item: Any, at: str) -> dict[str, Any]:
    request = _checked(item, {"personUrl": None, "type": NAMESPACES, "since": None}, at)
    if not request.get("personUrl") or not request.get("type"):
        raise invalid_payload(f"{at}: personUrl and type are needed.")
    return {**request, "slug": world.person_slug(request["personUrl"])}


def _conversation(asked: Mapping[str, Any], synced: Trace, messages: list[Trace]) -> dict[str, Any]:
    return {
        "personUrl": asked["personUrl"],
        "personUrn": world.person(asked["slug"])["urn"],
        "type": asked["type"],
        "since": asked.get("since"),
        "syncUntil": synced.data["until"],
        "messages": [
            {key: message[key] for key in ("id", "sender", "text", "time", "threadId")}
            for message in _known(synced, messages)
            if _is_after(message, asked.get("since"))
        ],
    }


def _known(synced: Trace, messages: list[Trace]) -> list[dict[str, Any]]:
    """Everything exchanged with a synced person, oldest first."""
    namespace, slug = synced.namespace, synced.person
    old = content.history(namespace, slug, synced.time)
    new = [m for m in messages if (m.namespace, m.person) == (namespace, slug)]
    return [traces.inbox_message(namespace, slug, m) for m in old] + [
        traces.as_message(m) for m in new
    ]


def inbox(account: SandboxAccount, body: Any, now: datetime) -> dict[str, Any]:
    """Messages that came or went since the inbox was synced, newest first; of one person with personUrl."""
    asked = _checked(body, {"since": None, "type": NAMESPACES, "threadId": None, "personUrl": None})
    since = {
        trace.namespace: trace.time for trace in _traces(account, INBOX, now).order_by("-time")
    }
    sent = list(_traces(account, MESSAGE, now).order_by("time"))
    captured = [
        traces.as_message(m) for m in sent if m.namespace in since and m.time >= since[m.namespace]
    ]
    if asked.get("personUrl"):
        return _person(account, asked, captured, sent, now)
    return {"messages": _chosen(captured, asked)}


def _person(
    account: SandboxAccount,
    asked: Mapping[str, Any],
    captured: list[dict[str, Any]],
    sent: list[Trace],
    now: datetime,
) -> dict[str, Any]:
    """All that is known of one conversation: inbox and synced history together, each message once."""
    slug = world.person_slug(asked["personUrl"])
    urn = world.person(slug)["urn"]
    synced = {
        trace.namespace: trace
        for trace in _traces(account, CONVERSATION, now).filter(person=slug).order_by("time")
    }
    history = {m["id"]: m for trace in synced.values() for m in _known(trace, sent)}
    in_inbox = {m["id"]: m for m in captured if m["personUrn"] == urn}
    messages = [
        {**message, "inboxMessageId": key if key in in_inbox else None}
        for key, message in (history | in_inbox).items()
    ]
    namespaces = sorted({m["type"] for m in messages} | set(synced), reverse=True)
    return {
        "messages": _chosen(messages, {**asked, "personUrl": None}),
        "threads": [
            {
                "threadId": content.thread_id(namespace, slug),
                "type": namespace,
                "personUrn": urn,
                "historyFrom": min(
                    (m["time"] for m in messages if m["type"] == namespace), default=None
                ),
                "historyComplete": namespace in synced,
            }
            for namespace in namespaces
            if asked.get("type") in (None, namespace)
        ],
    }


def network(account: SandboxAccount, body: Any, now: datetime) -> dict[str, Any]:
    """Changes since the network was synced, newest first."""
    asked = _checked(body, {"since": None, "type": NETWORK_TYPES})
    watching = _traces(account, NETWORK, now).order_by("time").first()
    if watching is None:
        return {"events": []}
    seen = (
        _traces(account, CONNECTION, now).filter(time__gte=watching.time).order_by("-time", "-id")
    )
    found = [traces.as_network_event(trace) for trace in seen]
    return {
        "events": [
            event
            for event in found
            if asked.get("type") in (None, event["type"])
            and _is_after(event, asked.get("since"), "detectedAt")
        ]
    }


def _traces(account: SandboxAccount, kind: str, now: datetime) -> Any:
    return Trace.objects.filter(account=account, kind=kind, time__lte=now)


def _chosen(messages: list[dict[str, Any]], asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = [
        message
        for message in messages
        if asked.get("type") in (None, message["type"])
        and asked.get("threadId") in (None, message["threadId"])
        and _is_after(message, asked.get("since"))
    ]
    return sorted(found, key=lambda message: (message["time"], message["id"]), reverse=True)


def _is_after(item: Mapping[str, Any], since: Any, field: str = "time") -> bool:
    start = content.moment(since)
    return start is None or str(item[field]) >= content.stamp(start)


def _checked(
    body: Any, keys: Mapping[str, tuple[str, ...] | None], at: str = "The body"
) -> dict[str, Any]:
    """`body` with only the known keys, all texts; None counts as not given. Raises ApiError."""
    if not isinstance(body, dict):
        raise invalid_payload(f"{at} is an object with {', '.join(keys)}.")
    found = {}
    for key, choices in keys.items():
        value = body.get(key)
        if value is None:
            continue
        if not isinstance(value, str) or (choices and value not in choices):
            expected = f"one of {', '.join(choices)}" if choices else "a text"
            raise invalid_payload(f"{at}: {key} is {expected}.")
        found[key] = value
    if "since" in found and content.moment(found["since"]) is None:
        raise invalid_payload(f"{at}: since is a time such as 2026-10-02T09:12:00Z.")
    return found
