"""What can be set per account of the sandbox, over HTTP: `POST admin/sandbox.setDials`.

The real Linked API has no such call; it is this sandbox's own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from editor.sandbox import faults, hours, results

MOST_RESULTS = 2500
CALLS = (
    "*",
    "POST /workflows",
    "GET /workflows",
    "DELETE /workflows",
    "GET /account",
    "GET /stats/actions",
    "POST /conversations/poll",
    "POST /inbox/poll",
    "POST /network/poll",
)


@dataclass(frozen=True, slots=True)
class Dial:
    """`fault(value)` says why a value is no good, "" when it is; `words` explain the dial to people."""

    default: Any
    fault: Callable[[Any], str]
    words: str


def _number(least: float, most: float, whole: bool = False) -> Callable[[Any], str]:
    def fault(value: Any) -> str:
        kinds = int if whole else (int, float)
        good = isinstance(value, kinds) and not isinstance(value, bool) and least <= value <= most
        return "" if good else f"give a number from {least} to {most}"

    return fault


def _delay(value: Any) -> str:
    return "" if value is None else _number(0, 86_400)(value)


def _switch(value: Any) -> str:
    return "" if isinstance(value, bool) else "give true or false"


def _answers(value: Any) -> str:
    if not isinstance(value, list) or len(value) > 10_000:
        return "give a list of at most 10,000 answers"
    for item in value:
        if not isinstance(item, dict) or not isinstance(item.get("answer"), str):
            return (
                'give objects such as {"call": "POST /workflows", "answer": "http500", "times": 2}'
            )
        if item.get("call", "*") not in CALLS:
            return f"call is one of {', '.join(CALLS)}"
        if _number(1, 1_000_000, whole=True)(item.get("times", 1)):
            return "times is a whole number from 1"
        try:
            faults.answer(item["answer"], ())
        except ValueError as error:
            return str(error)
    return ""


DIALS: Mapping[str, Dial] = {
    "delay": Dial(
        None,
        _delay,
        "Seconds from sending a workflow to its end when the queue is empty. null: as the server is set.",
    ),
    "results": Dial(
        results.DEFAULT_RESULTS,
        _number(0, MOST_RESULTS, whole=True),
        "How many items a list has at most, whatever its limit says.",
    ),
    "salesNavigator": Dial(
        True, _switch, "false: the account has no Sales Navigator; every nv. action fails."
    ),
    "workingHours": Dial(
        None,
        hours.fault_of,
        "When workflows may run, and whether others are parked or refused. null: always.",
    ),
    "answers": Dial(
        [],
        _answers,
        "Spoilt answers for the next calls: each is used up in its turn, `times` times.",
    ),
    "webhookTwice": Dial(False, _switch, "true: every workflow event is delivered twice."),
    "webhookLate": Dial(
        False, _switch, "true: workflow.created and workflow.started come after workflow.completed."
    ),
}


def dial(dials: Mapping[str, Any], name: str) -> Any:
    """The value of one dial."""
    return dials.get(name, DIALS[name].default)


def fault_of(values: Any) -> str:
    """Why these dials cannot be set; "" when they can."""
    if not isinstance(values, dict):
        return "dials is an object"
    for name, value in values.items():
        if name not in DIALS:
            return f"there is no dial “{name}”; there are {', '.join(DIALS)}"
        if fault := DIALS[name].fault(value):
            return f"{name}: {fault}"
    return ""
