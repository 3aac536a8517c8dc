"""The Linked API over HTTP: the only room that knows paths, headers, envelopes and httpx.

Values come out, and one small tree of exceptions (`errors`). Nothing here retries, stores or logs.
"""

from .client import Client, Credentials, wait_for
from .envelopes import Account, Executed, Look, Started, Usage
from .errors import AnswerTooLarge, LinkedApiError, NotSent, OutcomeUnknown, Refused

__all__ = [
    "Account",
    "AnswerTooLarge",
    "Client",
    "Credentials",
    "Executed",
    "LinkedApiError",
    "Look",
    "NotSent",
    "OutcomeUnknown",
    "Refused",
    "Started",
    "Usage",
    "wait_for",
]
