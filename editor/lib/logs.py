"""Log records as JSON, one object per line, for machines that collect them; and without secrets, in any format."""

import json
import logging
import re
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

about: Final[ContextVar[Mapping[str, str]]] = ContextVar("about", default=MappingProxyType({}))
"""What the work at hand is about, such as {"run": its id}: it stands in every line of it."""

# Parts of addresses that open something to whoever knows them.
_SECRET_PARTS: Final = re.compile(
    r"(/hooks/|/reset/key/|/confirm-email/|/join/|/shared/)[^/\s\"']+"
)

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request", "server_time"}


class Discreet(logging.Filter):
    """Takes out of messages what a log must not tell."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        told = _SECRET_PARTS.sub(r"\1…", message)
        if told != message:
            record.msg, record.args = told, ()
        return True


class JsonLines(logging.Formatter):
    """Time, level, logger and message; what the call put into `extra` stands beside them."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= about.get()
        line |= {key: value for key, value in vars(record).items() if key not in _OWN}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)
