"""A call that fails: an error type of the Linked API and a message for people."""

from editor.sandbox.faults import STATUSES


class ApiError(Exception):
    """Becomes `{"success": false, "error": {type, message}}` with the status that belongs to the type."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.type = error_type
        self.message = message

    @property
    def status(self) -> int:
        return STATUSES.get(self.type, 400)


def invalid_payload(message: str) -> ApiError:
    return ApiError("invalidRequestPayload", message)
