from collections.abc import Iterator
from typing import Any

import pytest

from editor.outgoing import services
from editor.outgoing.models import Endpoint, Kind
from editor.outgoing.sending import Sender
from editor.runs.notices import services as notices
from tests.outgoing.receiver import Receiver, receiving
from tests.people import Person


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """On this machine, so the setting must allow it."""
    settings.WEBHOOKS_TO_PRIVATE = True
    with receiving() as listening:
        yield listening


@pytest.fixture
def endpoint(ann: Person, receiver: Receiver) -> Endpoint:
    """Ann's, for every event, to the receiver."""
    wanted = services.Wanted(receiver.url, "CRM", list(Kind.values))
    return services.create(ann.team, actor=ann.user, wanted=wanted, made_key="made")[0]


@pytest.fixture
def sender() -> Sender:
    return Sender(notices.webhook_off)
