"""Where the Linked API tells what happened: `POST /hooks/<path>`, one path per Linked API client.

Whoever calls shows a signature, not a session. An event is only ever a reason to look: what a run came to
is asked from the service, so a forged or repeated event could do no harm even if it got through. An
unknown path, a wrong signature, an old timestamp and a body that is too long all get the same 404.
Nothing here calls anybody; looking is the worker's work.
"""

import json
import time
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from editor.lib.fields import Unreadable
from editor.linkedapi import signatures

from .models import Hook
from .workers import hearing

MAX_BODY = 64 * 1024
"""Thin events are some hundred bytes long."""


@csrf_exempt
@login_not_required
@require_POST
def receive(request: HttpRequest, path: str) -> HttpResponse:
    """Take one event: 204 when it is genuine, whether or not it is news."""
    body = _body(request)
    hook = Hook.objects.filter(path=path).first()
    if hook is None or body is None:
        return HttpResponseNotFound()
    if not _genuine(request, hook.secret, body):
        hearing.doubt(hook, timezone.now())
        return HttpResponseNotFound()
    hearing.take(hook, _parsed(body), timezone.now())
    return HttpResponse(status=204)


def _body(request: HttpRequest) -> bytes | None:
    """The raw body; None when it is too long or breaks off."""
    try:
        body = bytes(request.read(MAX_BODY + 1))
    except UnreadablePostError:
        return None
    return body if len(body) <= MAX_BODY else None


def _genuine(request: HttpRequest, secret: str, body: bytes) -> bool:
    if isinstance(secret, Unreadable):  # a text that everybody knows
        return False
    return signatures.verify(
        secret,
        signature=request.headers.get(signatures.SIGNATURE_HEADER, ""),
        timestamp=request.headers.get(signatures.TIMESTAMP_HEADER, ""),
        body=body,
        now=time.time(),
    )


def _parsed(body: bytes) -> dict[str, Any]:
    """The event; {} for what is none, which the service may mend some day."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}
