"""What the sandbox's own page shows, from the tables that the sandbox itself works by."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from editor import catalog
from editor.catalog import ActionType, ErrorType
from editor.sandbox import admin, dials, faults, limits

PERSON = "https://www.linkedin.com/in/example-rui-falcao"


@dataclass(frozen=True, slots=True)
class Example:
    """A workflow to copy, and the error types of its nodes when it runs ("" for a success)."""

    id: str
    title: str
    wire: Any
    outcomes: Sequence[str]

    @property
    def text(self) -> str:
        return json.dumps(self.wire, indent=2)


EXAMPLES = (
    Example(
        "missing",
        "A person who does not exist",
        {
            "actionType": "st.checkConnectionStatus",
            "personUrl": "https://www.linkedin.com/in/trellis-error-personNotFound",
        },
        ["personNotFound"],
    ),
    Example(
        "silent",
        "A page that opens, but messages to this person are refused",
        {
            "actionType": "st.openPersonPage",
            "personUrl": "https://www.linkedin.com/in/rui-trellis-error-messagingNotAllowed",
            "then": [
                {"actionType": "st.checkConnectionStatus"},
                {"actionType": "st.sendMessage", "text": "Hello Rui"},
            ],
        },
        ["", "", "messagingNotAllowed"],
    ),
    Example(
        "loop",
        "Every second invitation in a loop fails",
        {
            "actionType": "st.searchPeople",
            "term": "freight",
            "limit": 4,
            "then": {
                "actionType": "st.doForPeople",
                "then": {
                    "actionType": "st.openPersonPage",
                    "then": {
                        "actionType": "st.sendConnectionRequest",
                        "label": "invite trellis-error-alreadyPending-every-2",
                    },
                },
            },
        },
        ["", "", "", "", "alreadyPending", "", "", "", "alreadyPending"],
    ),
)

REASONS = ("linkedinAccountSignedOut", "languageNotSupported", "workingHoursWaitExpired")
"""Reasons for which a workflow fails as a whole, to be asked for with trellis-fail-<reason>."""

DIALS_EXAMPLE = {
    "delay": 5,
    "results": 50,
    "workingHours": {
        "from": "08:30",
        "to": "17:30",
        "timeZone": "Europe/Lisbon",
        "days": [0, 1, 2, 3, 4],
        "offHours": "park",
        "waitHours": 72,
    },
    "answers": [
        {"call": "GET /workflows", "answer": "http500", "times": 2},
        {"call": "POST /workflows", "answer": "lost"},
    ],
}


@dataclass(frozen=True, slots=True)
class Provoked:
    """An error of an action, and the actions that document it."""

    error: ErrorType
    actions: Sequence[ActionType]


def context() -> dict[str, Any]:
    """Everything that templates/sandbox/page.html shows. Nothing of it is secret."""
    known = catalog.default()
    return {
        "base_url": settings.SANDBOX_URL,
        "delay": settings.SANDBOX_DELAY,
        "actions": len(known.actions),
        "examples": EXAMPLES,
        "reasons": REASONS,
        "provoked": [
            Provoked(error, users)
            for error in known.error_types.values()
            if (
                users := [
                    a for a in known.actions.values() if error.type in {e.type for e in a.errors}
                ]
            )
        ],
        "answers": faults.ANSWERS.values(),
        "refusals": [
            (error, faults.STATUSES.get(error.type, 400), error.type in faults.DOCUMENTED_STATUSES)
            for error in known.error_types.values()
            if error.level == "request"
        ],
        "dials": dials.DIALS,
        "dials_example": json.dumps(DIALS_EXAMPLE, indent=2),
        "admin_calls": list(admin.CALLS),
        "rate": admin.RATE,
        "periods": list(limits.PERIODS),
    }
