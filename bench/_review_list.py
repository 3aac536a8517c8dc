"""The lines of `review.py` about the list of runs: (name, address, target in ms)."""

from collections.abc import Iterator
from itertools import combinations

from accounts.models import Connection, Membership, Team
from editor.lib.paging import place_of
from editor.runs.models import Batch, Run
from editor.workflows.models import Workflow

SINGLE = (
    "state=failed", "state=uncertain", "state=active", "state=completed", "when=last-week", "when=30d",
    "until=2026-03-01", "via=again", "via=batch", "action=st.openPersonPage", "action=st.sendMessage", "error=any",
    "error=personNotFound", "error=rareError", "error=oldError", "label=step+1", "label=step+30", "came=failed",
    "came=acted", "took=1m", "took=1d", "starred=yes", "workflow={workflow}", "workflow={workflow}&version=1",
    "connection={connection}", "connection={rare}", "by={person}", "batch={batch}",
)  # fmt: skip
COMBINED = (
    "state=completed&action=st.sendMessage&error=personNotFound",
    "when=last-week&action=st.sendConnectionRequest&error=any",
    "connection={rare}&error=rareError", "connection={rare}&came=failed", "by={person}&took=1d&label=step+5",
    "state=failed&connection={rare}", "state=failed&via=batch", "workflow={workflow}&error=oldError",
    "starred=yes&came=failed", "until=2026-03-01&error=oldError", "came=acted&state=failed",
    "action=st.openPersonPage&label=step+30&came=failed&connection={connection}",
)  # fmt: skip
SEVERAL = (
    "state=failed&state=uncertain", "state=failed&state=cancelled&state=completed", "not-state=completed",
    "not-state=completed&not-state=failed&not-state=cancelled", "workflow={workflow}&workflow={other}",
    "not-workflow={workflow}", "label=step+1&label=step+30&label=step+150", "not-label=step+1",
    "connection={connection}&connection={rare}", "via=again&via=batch", "batch={batch}&batch={another}",
    "error=personNotFound&error=rareError&error=oldError", "took=1h&took=1d&took=long",
)  # fmt: skip
SEVERAL_COMBINED = (
    "state=failed&state=cancelled&connection={rare}&connection={connection}",
    "workflow={workflow}&workflow={other}&state=failed&state=cancelled",
    "label=step+1&label=step+30&label=step+150&error=personNotFound&error=rareError",
    "action=st.sendMessage&action=st.sendConnectionRequest&error=personNotFound&error=alreadyPending",
    "came=acted&came=failed&state=failed&state=cancelled", "took=1d&took=long&by={person}&not-label=step+1",
    "workflow={workflow}&not-state=completed", "state=completed&batch={batch}&batch={another}",
    "when=last-week&label=step+1&label=step+2&not-state=completed", "q=lisbon&state=failed&state=cancelled",
    "error=personNotFound&error=alreadyPending&came=acted", "via=schedule&via=batch&came=acted&state=failed",
    "label=step+1&label=step+2&label=step+0&state=failed&state=cancelled",
    "workflow={workflow}&workflow={other}&came=acted&came=failed&state=failed&state=cancelled",
    "action=st.openPersonPage&action=st.retrievePersonSkills&state=failed&state=cancelled",
)  # fmt: skip
SEARCHES = (
    "q=needle", "q=name77+company1234", "q=ada", "q=lisbon", "q=lisbon+freight", "q=compa*",
    "q=need*", "q=nothing+there",
    "q=lisbon&state=failed", "q=name77&came=failed", "q=engineer&connection={rare}", "q=needle&when=30d",
    "q=berlin&error=rareError",
)  # fmt: skip


def _names(team: Team) -> dict[str, str]:
    connections = Connection.objects.filter(team=team).order_by("pk")
    batches = Batch.objects.filter(team=team).order_by("pk")
    return {
        "other": Workflow.objects.filter(team=team, name="Workflow 11").get().public_id,
        "another": batches[60].public_id,
        "workflow": Workflow.objects.filter(team=team, name="Workflow 3").get().public_id,
        "connection": connections[1].public_id,
        "rare": connections[19].public_id,
        "person": Membership.objects.filter(team=team).order_by("pk")[7].public_id,
        "batch": batches[7].public_id,
    }


def pairs(team: Team) -> Iterator[tuple[str, str, float]]:
    """Of every two filters that can be chosen together."""
    names = _names(team)
    for one, other in combinations(SINGLE, 2):
        query = f"{one}&{other}"
        keys = [part.partition("=")[0] for part in query.split("&")]
        if len(set(keys)) == len(keys):
            yield f"pair: {query}", f"/t/{team.slug}/runs?{query.format(**names)}", 200


def lines(team: Team) -> Iterator[tuple[str, str, float]]:
    runs, names = f"/t/{team.slug}/runs", _names(team)
    yield "list: first page", runs, 50
    for depth in (100_000, 900_000):
        deep = Run.objects.filter(team=team).order_by("-created_at")
        cursor = _cursor(team, deep.values_list("pk", flat=True)[min(depth, deep.count() - 100)])
        yield f"list: page {depth // 50:,}", f"{runs}?cursor={cursor}", 50
    for query in SINGLE:
        yield f"filter: {query}", f"{runs}?{query.format(**names)}", 50
    for query in SEVERAL:
        yield f"any of: {query}", f"{runs}?{query.format(**names)}", 50
    for query in (*COMBINED, *SEVERAL_COMBINED):
        yield f"combined: {query}", f"{runs}?{query.format(**names)}", 200
    for query in SEARCHES:
        yield f"search: {query}", f"{runs}?{query.format(**names)}", 200
    newest = Run.objects.filter(team=team).order_by("-created_at").values_list("pk", flat=True)
    top = _cursor(team, newest[40])
    for query in ("", "came=failed&", "q=lisbon&"):
        yield f"news: {query}", f"/t/{team.slug}/review/news?{query}top={top}", 50
    yield "choices of filters", f"/t/{team.slug}/review/filters", 50


def _cursor(team: Team, key: int) -> str:
    return place_of(Run.objects.get(pk=key), "created_at")
