"""Short random public ids: what a URL shows instead of a row's number."""

import secrets
import string

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase


def new_id(length: int = 12) -> str:
    """A random base62 string; 12 characters hold 71 bits, so a clash is not a practical matter."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
