"""Signatures of webhook deliveries (reference: http.md 7.3).

`linked-api-signature` is HMAC-SHA256 in lower-case hex; the key is the secret as UTF-8 text, the
message is `linked-api-signature-timestamp` (Unix seconds), a dot, and the raw body.
"""

import hashlib
import hmac
import re

SIGNATURE_HEADER = "linked-api-signature"
TIMESTAMP_HEADER = "linked-api-signature-timestamp"
TOLERANCE = 300
"""Seconds that a timestamp may be away from now, in either direction."""

_SIGNATURE = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a body as it goes over the wire."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def verify(
    secret: str,
    *,
    signature: str,
    timestamp: str,
    body: bytes,
    now: float,
    tolerance: int = TOLERANCE,
) -> bool:
    """Whether a delivery is genuine and fresh. Look at nothing in `body` before this says yes.

    `signature` and `timestamp` are the header values ("" when missing); a header that came twice is
    joined by a comma on its way to us and so refused. `now`: Unix seconds.
    """
    if not secret or not _SIGNATURE.fullmatch(signature) or not _TIMESTAMP.fullmatch(timestamp):
        return False
    if abs(now - int(timestamp)) > tolerance:
        return False
    return hmac.compare_digest(sign(secret, timestamp, body), signature)
