"""What actions leave behind for the polls and the webhook: one table of who leaves what.

The invented world answers: two of three people reply to a message and accept a request, a while after
it was sent (thirty times as long as the workflow ran).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from editor.sandbox import content, events, words, world
from editor.sandbox.dice import pick, roll
from editor.sandbox.models import (
    CONNECTION,
    CONVERSATION,
    INBOX,
    MESSAGE,
    NETWORK,
    Delivery,
    SandboxAccount,
    Trace,
    Webhook,
)
from editor.sandbox.play import Step

ANSWER_AFTER = 30
_JUST_AFTER = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Deed:
    """A successful step with its time, and when the invented world answers it."""

    step: Step
    at: datetime
    answered_at: datetime

    @property
    def namespace(self) -> str:
        return self.step.action.namespace

    @property
    def person(self) -> str:
        return str(self.step.subject.get("slug", ""))


def left_by(step: Step, at: datetime, length: timedelta) -> Iterator[Trace]:
    """The unsaved traces of one step, without their account."""
    leave = _LEAVERS.get(step.action.type)
    if leave and step.success:
        yield from leave(Deed(step, at, at + ANSWER_AFTER * length + _JUST_AFTER))


def _conversation(deed: Deed) -> Iterator[Trace]:
    days = deed.step.params.get("days") or 30
    until = content.stamp(deed.at + timedelta(days=days))
    yield _trace(CONVERSATION, deed, deed.at, until=until)


def _inbox(deed: Deed) -> Iterator[Trace]:
    yield _trace(INBOX, deed, deed.at)


def _network(deed: Deed) -> Iterator[Trace]:
    """Watching starts, and somebody invented asks to connect a while later."""
    yield _trace(NETWORK, deed, deed.at)
    asking = world.person(pick(world.PEOPLE, "asks", deed.at))
    yield _trace(
        CONNECTION, deed, deed.answered_at, asking["slug"], type="connectionRequestReceived"
    )


def _message(deed: Deed) -> Iterator[Trace]:
    text = deed.step.params.get("text", "")
    yield _trace(MESSAGE, deed, deed.at, sender="us", text=text)
    if roll(3, "replies", deed.person):
        reply = pick(words.REPLIES, deed.person, text)
        yield _trace(MESSAGE, deed, deed.answered_at, sender="them", text=reply)


def _request(deed: Deed) -> Iterator[Trace]:
    if roll(3, "accepts", deed.person):
        yield _trace(CONNECTION, deed, deed.answered_at, type="connectionAccepted")


def _accepted(deed: Deed) -> Iterator[Trace]:
    if deed.step.params.get("invitationType") == "connect":
        yield _trace(CONNECTION, deed, deed.at, type="connectionAdded")


def _trace(kind: str, deed: Deed, time: datetime, person: Any = None, **data: Any) -> Trace:
    someone = deed.person if person is None else person
    return Trace(kind=kind, namespace=deed.namespace, person=someone, time=time, data=data)


WATCHED_BY = {MESSAGE: INBOX, CONNECTION: NETWORK}
"""Of which traces the webhook hears, and the sync that must have run before (per namespace)."""

_LEAVERS: Mapping[str, Callable[[Deed], Iterator[Trace]]] = {
    "st.syncConversation": _conversation,
    "nv.syncConversation": _conversation,
    "st.syncInbox": _inbox,
    "nv.syncInbox": _inbox,
    "st.syncNetwork": _network,
    "st.sendMessage": _message,
    "nv.sendMessage": _message,
    "st.sendConnectionRequest": _request,
    "st.acceptInvitation": _accepted,
}


# --- As the polls and the webhook tell them ----------------------------------------------------


def as_message(trace: Trace) -> dict[str, Any]:
    """A message of the inbox."""
    return inbox_message(
        trace.namespace,
        trace.person,
        content.message(
            trace.namespace, trace.person, trace.data["sender"], trace.data["text"], trace.time
        ),
    )


def inbox_message(namespace: str, slug: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """A plain message with its inbox type and the person it was exchanged with."""
    person = world.person(slug)
    return {
        "id": message["id"],
        "type": namespace,
        "threadId": message["threadId"],
        "personUrn": person["urn"],
        "personHashedUrl": person["hashedUrl"],
        "personPublicUrl": person["publicUrl"],
        "personUrl": person["hashedUrl"],
        "sender": message["sender"],
        "text": message["text"],
        "time": message["time"],
    }


def as_network_event(trace: Trace) -> dict[str, Any]:
    """A change of the network."""
    person = world.person(trace.person)
    return {
        "id": f"e-{roll(10**12, trace.person, trace.data['type'], trace.time.timestamp())}",
        "type": trace.data["type"],
        "personUrn": person["urn"],
        "personUrl": person["publicUrl"],
        "detectedAt": content.stamp(trace.time),
    }


def told(account: SandboxAccount, webhook: Webhook, trace: Trace) -> Delivery | None:
    """The unsaved delivery that tells of a trace; None when there is nothing to tell."""
    if trace.kind == MESSAGE:
        message = as_message(trace)
        event_type = "inbox.messageSent" if message["sender"] == "us" else "inbox.messageReceived"
        key = message.pop("id")
        data = {"accountId": account.public_id, **message, "messageId": key}
    elif trace.kind == CONNECTION:
        event = as_network_event(trace)
        event_type, key = f"network.{event.pop('type')}", event.pop("id")
        data = {"accountId": account.public_id, **event}
    else:
        return None
    if not events.wants(webhook, event_type):
        return None
    return events.delivery(webhook, event_type, f"{event_type}:{key}", data, trace.time)
