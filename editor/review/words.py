"""Full-text search inside runs: the one place that knows how each database does it.

A run's words are a set: lower case, without accents, cut out of texts here and not by the database, so that both find
the same. PostgreSQL keeps them in a `tsvector` with a GIN index, SQLite in an FTS5 table beside `RunWords`
(migration 0002 makes both). Where words are not separated by spaces, as in Chinese, a word is a whole stretch of text,
which is found by how it begins.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.db import connection as database
from django.db import transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL

from accounts.models import Team
from editor.runs import privacy

WORDS_AT_MOST: Final = 20_000
"""Different words that are kept of one run; what comes later in a longer one is not found."""

LONGEST_WORD: Final = 40
"""Longer ones are keys and parts of addresses of pictures; nobody types them."""

ASKED_AT_MOST: Final = 12
RARE: Final = 4_000
LATEST: Final = 500
COMMON: Final = 20
"""Held by more than one in so many."""

_PRIVATE: Final = "zqhidden"
"""Before a word that only some may find."""

_WORD: Final = re.compile(r"[^\W_]+")


def words_of(text: str) -> Iterator[str]:
    """The words of a text, as they are kept and looked for; none with the mark of private words, for else who types it
    finds these."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(each for each in parts if not unicodedata.combining(each))
    for word in _WORD.findall(text.lower()):
        if len(word) <= LONGEST_WORD and not word.startswith(_PRIVATE):
            yield word


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a JSON value, names of fields left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from texts_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts_in(each)


def gather(parts: Iterable[tuple[list[str], list[str]]]) -> set[str]:
    """The different words to keep of a run, WORDS_AT_MOST or few more. `parts`: texts as they are, and the same without
    what a team may hide."""
    all_words: set[str] = set()
    for_everybody: set[str] = set()
    for texts, redacted in parts:
        words = set(words_of("\n".join(texts)))
        all_words |= words
        if redacted != texts:
            words = set(words_of(_without_marks("\n".join(redacted))))
        for_everybody |= words
        if len(all_words) >= WORDS_AT_MOST:
            break
    return for_everybody | {_PRIVATE + word for word in all_words - for_everybody}


def _without_marks(text: str) -> str:
    for mark in privacy.HIDDEN.values():
        text = text.replace(mark, " ")
    return text


def keep(words: Mapping[int, Iterable[str]]) -> None:
    """Keep the words of runs, {run's key: words}, whose `RunWords` are there already; inside a transaction."""
    postgres = database.vendor == "postgresql"
    statement = (
        "UPDATE review_runwords SET words = array_to_tsvector(string_to_array(%s, ' ')) WHERE run_id = %s"
        if postgres
        else "INSERT INTO review_words (words, rowid) VALUES (%s, %s)"
    )
    rows = [(" ".join(sorted(found)), run) for run, found in words.items()]
    with database.cursor() as cursor:
        cursor.executemany(statement, rows)


def holding(
    team: Team, asked: str, hides: privacy.Hides = privacy.EVERYTHING, *, few: bool = False
) -> Q:
    """Of runs: those that hold every word of `asked`; with a star behind the last word, its beginning is enough.

    PostgreSQL cannot guess how common a word is, and may walk through all runs for one that three have. So it is
    asked first, and what has no more than RARE runs is named by their keys; unless only `few` runs come into question
    anyway.
    """
    words = list(words_of(asked))[:ASKED_AT_MOST]
    if not words:
        return Q(pk__in=[])
    begins = asked.rstrip().endswith("*")
    forms = [[word] if hides else [word, _PRIVATE + word] for word in words]
    if database.vendor != "postgresql":
        query = _query(forms, '"', "*" if begins else "", " OR ", " AND ")
        return Q(pk__in=RawSQL(_FTS5, [query]))  # noqa: S611 # words hold letters and digits only
    query = _query(forms, "'", ":*" if begins else "", " | ", " & ")
    rare = None if few else _rare(team, query)
    return Q(pk__in=RawSQL(_WORDS, [team.pk, query]) if rare is None else rare)  # noqa: S611


_WORDS: Final = "SELECT run_id FROM review_runwords WHERE team_id = %s AND words @@ %s::tsquery"
_FTS5: Final = "SELECT rowid FROM review_words WHERE review_words MATCH %s"


def _rare(team: Team, query: str) -> list[int] | None:
    """The runs that hold it, by the index of words; None when they are more than RARE. What many of the latest runs
    hold is not rare, and need not be counted."""
    with transaction.atomic(), database.cursor() as cursor:
        cursor.execute(_AMONG_LATEST, [team.pk, LATEST, query])
        if cursor.fetchone()[0] * COMMON > LATEST:
            return None
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        cursor.execute(f"{_WORDS} LIMIT %s", [team.pk, query, RARE + 1])
        found = [run for (run,) in cursor.fetchall()]
        cursor.execute("SET LOCAL enable_seqscan = on; SET LOCAL enable_indexscan = on")
    return found if len(found) <= RARE else None


_AMONG_LATEST: Final = """
    SELECT COUNT(*) FROM (
        SELECT words FROM review_runwords WHERE team_id = %s ORDER BY created_at DESC, run_id DESC LIMIT %s
    ) AS latest WHERE words @@ %s::tsquery
"""


def _query(forms: Sequence[Sequence[str]], quote: str, begins: str, either: str, both: str) -> str:
    """The forms of each word, any of them, and all words; the last word is a beginning."""
    last = len(forms) - 1
    groups = [
        either.join(f"{quote}{form}{quote}{begins if place == last else ''}" for form in group)
        for place, group in enumerate(forms)
    ]
    return both.join(f"({group})" for group in groups)
