"""What can go wrong with a call, sorted by the one question that matters: did it arrive?

    LinkedApiError
    ├── NotSent            nothing left this machine: sending again is safe
    ├── OutcomeUnknown     it may have arrived. After a start nobody can ask (there is no list of
    │   │                  workflows and no idempotency key), so it is never sent again by itself
    │   └── AnswerTooLarge the answer is bigger than we take
    └── Refused            the service answered and said no: nothing was started

A GET may be repeated after any of them except Refused. No message holds a token: httpx texts, which
can quote a header, are not passed on.
"""

import httpx


class LinkedApiError(Exception):
    """`type` is the service's error type, or "httpError" when there was none to read.

    `message`: words for people. `status`: HTTP status, 0 when there was no answer. `retry_after`:
    seconds that the service asks to wait, None when it does not say.
    """

    def __init__(
        self,
        message: str,
        *,
        type: str = "httpError",  # noqa: A002 - the word of the protocol
        status: int = 0,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.type = type
        self.status = status
        self.retry_after = retry_after

    @property
    def message(self) -> str:
        return str(self.args[0])

    def __str__(self) -> str:
        return f"{self.type}: {self.message}"

    def hide(self, *secrets: str) -> None:
        """Take these out of the message: a service may quote what it does not like."""
        for secret in filter(None, secrets):
            self.args = (self.message.replace(secret, "[token]"),)


class NotSent(LinkedApiError):
    """The request did not leave: no connection, or it could not be put together."""


class OutcomeUnknown(LinkedApiError):
    """The request may have arrived, and the answer does not say what became of it."""


class AnswerTooLarge(OutcomeUnknown):
    """The answer is bigger than the limit; reading it stopped there."""


class Refused(LinkedApiError):
    """The service's typed no (or a 4xx without a readable one)."""


# Everything else that httpx raises may happen after the request has left.
NOT_SENT: dict[type[Exception], str] = {
    httpx.ConnectError: "The service could not be reached.",
    httpx.ConnectTimeout: "The service could not be reached in time.",
    httpx.PoolTimeout: "Too many calls are under way; this one did not get its turn in time.",
    httpx.ProxyError: "The proxy did not pass the call on.",
    httpx.UnsupportedProtocol: "The service's address does not begin with http:// or https://.",
    httpx.InvalidURL: "The service's address is not a valid one.",
}
UNKNOWN: dict[type[Exception], str] = {
    httpx.ReadTimeout: "The service did not answer in time.",
    httpx.WriteTimeout: "The call could not be handed over in time.",
    httpx.ReadError: "The connection broke before the answer was complete.",
    httpx.WriteError: "The connection broke while the call was handed over.",
    httpx.CloseError: "The connection broke while it was closed.",
    httpx.RemoteProtocolError: "The connection ended without a complete answer.",
    httpx.LocalProtocolError: "The connection was in a state that does not allow the call.",
    httpx.DecodingError: "The answer could not be unpacked.",
    httpx.TooManyRedirects: "The service sent the call round in a circle.",
}


def from_httpx(error: Exception) -> LinkedApiError:
    """Our exception for one of httpx's. What is in neither table counts as unknown."""
    kind = type(error)
    if kind in NOT_SENT:
        return NotSent(NOT_SENT[kind])
    return OutcomeUnknown(UNKNOWN.get(kind, "The call failed in a way that was not foreseen."))
