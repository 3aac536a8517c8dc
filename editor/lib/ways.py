"""Where somebody came from."""

from urllib.parse import urlsplit

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest


def way_back(request: HttpRequest) -> str:
    """The path of our own page that led here; "" when there is none, or it is this very one."""
    came = urlsplit(request.headers.get("Referer", ""))
    try:
        ours = came.netloc == request.get_host()
    except DisallowedHost:
        return ""
    path = f"{came.path}?{came.query}" if came.query else came.path
    same = request.method == "GET" and path == request.get_full_path()
    return path if ours and not same and path.startswith("/") and not path.startswith("//") else ""
