"""Pages go compressed: a large outline repeats itself, and shrinks to a twentieth (docs/decisions/0008)."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressPages(GZipMiddleware):
    """All but the sandbox, whose answers go out byte for byte as its service means them, broken ones too.

    Static files never come here: WhiteNoise answers first, with copies that were compressed once.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if request.path.startswith("/sandbox/"):
            return response
        return super().process_response(request, response)
