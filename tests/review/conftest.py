"""Stories about looking back: the runs of `tests.runs`, taken in as the worker does."""

from tests.runs.conftest import account, connection, make_run, worker

__all__ = ["account", "connection", "make_run", "worker"]
