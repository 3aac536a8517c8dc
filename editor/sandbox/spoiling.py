"""Answers over HTTP: the two envelopes, and the spoilt ones of `faults.ANSWERS`."""

import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from editor.sandbox.faults import Answer

LONGEST_WAIT = 60_000
HTML = "<!doctype html><title>{0}</title><h1>{0}</h1><p>The sandbox was asked for this page.</p>"


def success(result: Any) -> HttpResponse:
    return raw_success(json.dumps(result))


def raw_success(result: str) -> HttpResponse:
    """The same for a result that is JSON text already: nothing is parsed just to be written again."""
    body = f'{{"success": true, "result": {result}}}'
    return HttpResponse(body, content_type="application/json")


def failure(
    error_type: str, message: str, status: int, retry_after: int | None = None
) -> HttpResponse:
    body = {"success": False, "error": {"type": error_type, "message": message}}
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return HttpResponse(
        json.dumps(body), status=status, content_type="application/json", headers=headers
    )


def spoil(request: HttpRequest, answer: Answer, good: HttpResponse | None) -> HttpResponseBase:
    """What is answered instead of `good`, which is None when nothing was done."""
    return _SPOILERS.get(answer.name, _error)(request, answer, good or HttpResponse())


Spoiler = Callable[[HttpRequest, Answer, HttpResponse], HttpResponseBase]


def _error(request: HttpRequest, answer: Answer, good: HttpResponse) -> HttpResponse:
    wait = answer.number or 1 if answer.name == "tooManyRequests" else None
    status = 200 if answer.as_200 else answer.status
    return failure(answer.name, "The sandbox was asked for this error.", status, wait)


def _page(request: HttpRequest, answer: Answer, good: HttpResponse) -> HttpResponse:
    return HttpResponse(HTML.format(f"Error {answer.status}"), status=answer.status)


def _slow(request: HttpRequest, answer: Answer, good: HttpResponse) -> HttpResponse:
    time.sleep(min(answer.number or 1000, LONGEST_WAIT) / 1000)
    return good


def _garbage(request: HttpRequest, answer: Answer, good: HttpResponse) -> HttpResponse:
    return HttpResponse(b"\x00\xff not JSON \xfe", content_type="application/json")


def _half(request: HttpRequest, answer: Answer, good: HttpResponse) -> HttpResponse:
    return HttpResponse(good.content[: len(good.content) // 2], content_type="application/json")


def _empty(request: HttpRequest, answer: Answer, good: HttpResponse) -> HttpResponse:
    return HttpResponse(content_type="application/json")


def _old(request: HttpRequest, answer: Answer, good: HttpResponse) -> HttpResponse:
    result = json.loads(good.content)["result"]
    return success({key: value for key, value in result.items() if key == "workflowId"})


def _hang_up(request: HttpRequest, answer: Answer, good: HttpResponse) -> HttpResponseBase:
    """Close the connection before the answer is complete.

    WSGI has no word for it. A body that breaks off makes granian and gunicorn close the connection;
    wsgiref, which Django's development and test server is made of, would keep it open, so its socket is
    shut by hand.
    """

    def nothing() -> Iterator[bytes]:
        connection = _wsgiref_socket(request)
        if connection is not None:
            connection.shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError("The sandbox was asked to close the connection.")
        yield b""

    announced = {"Content-Length": "4096"}
    return StreamingHttpResponse(nothing(), content_type="application/json", headers=announced)


def _wsgiref_socket(request: HttpRequest) -> socket.socket | None:
    """The socket below wsgiref's input stream; None on any other server."""
    found: Any = request.META.get("wsgi.input")
    for step in ("_read", "__self__", "raw", "_sock"):
        found = getattr(found, step, None)
    return found if isinstance(found, socket.socket) else None


_SPOILERS: Mapping[str, Spoiler] = {
    "http": _page,
    "slow": _slow,
    "lost": _hang_up,
    "dropped": _hang_up,
    "garbage": _garbage,
    "half": _half,
    "empty": _empty,
    "old": _old,
}
