"""Headers of static files, which WhiteNoise answers before any other middleware has a say."""

from wsgiref.headers import Headers


def static_headers(headers: Headers, path: str, url: str) -> None:
    """A browser takes a file as what it is called. What else pages say about safety is about documents."""
    headers["X-Content-Type-Options"] = "nosniff"
