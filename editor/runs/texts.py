"""Text from outside, made fit for a text column."""


def fit(text: str, longest: int) -> str:
    """`text`, cut, without what a database refuses (NUL, half surrogate pairs)."""
    whole = text[:longest].replace("\x00", "\ufffd")
    if whole.isascii():
        return whole
    return whole.encode("utf-8", "replace").decode()
