"""The lines of `review.py` about the list of runs: (name, address, target in ms)."""

from collections.abc import Iterator

from accounts.models import Team


def lines(team: Team) -> Iterator[tuple[str, str, float]]:
    runs = f"/t/{team.slug}/runs"
    yield "list: first page", runs, 50
