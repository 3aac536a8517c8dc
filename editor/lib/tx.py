"""The write transaction."""

from contextlib import AbstractContextManager, nullcontext

from django.db import transaction


def writing() -> AbstractContextManager[None]:
    """A transaction around writes: `with writing(): ...`.

    On SQLite it takes the one write lock at its start (`transaction_mode=IMMEDIATE`), so two of
    them never fail half-way against each other; they queue. Hence three rules: keep it short,
    never put a mere read or a network call inside, and let only the outermost function of an act
    open it. Effects outside the database go into `after_commit`.
    """
    return transaction.atomic()


def joining() -> AbstractContextManager[None]:
    """Writes that belong together and mostly to something larger: a part of the caller's transaction, without the
    two round trips of a savepoint, or one of their own. What fails here, the caller's writes fail with."""
    return transaction.atomic(savepoint=False)


def one_statement() -> AbstractContextManager[None]:
    """A write that is one statement is a transaction by itself, without the two round trips around it. Inside of a
    larger one it can fail for itself, as always."""
    return writing() if transaction.get_connection().in_atomic_block else nullcontext()


after_commit = transaction.on_commit
