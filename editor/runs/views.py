"""Pages of runs.

Addresses (names in the URL namespace `runs`; R is `/t/<team>/runs/<id>`):

    W/batch, /t/<team>/batches/...      batches
    GET, POST W/run, POST W/run/plan    starting.start, starting.plan   W: a workflow's address
    GET  R                     run      run.html; `?node=` and the fields of pane.Wish: what the right side shows
    GET  R/live?shows=STATE    live     run.html#live: the head, and the outline too once the run has left
                                        the state that the page shows; 304 when nothing changed (HX-PTag)
    GET  R/nodes/<node>        node     run.html#pane: the results of one node; the same fields
    GET  R/nodes/<node>/json   part     a part of its JSON (json_tree); `?at=` ordinal, `?pointer=`, `?from=`, `?raw=1`
    GET  R/export              export   the completion as it came, as a file
    POST R/cancel, R/decide/<verb>      cancel, decide; redirect to R
    POST R/check               check    ask now whether the connection works again; redirect to R
    GET, POST R/again, POST R/again/plan   rerunning.again, rerunning.plan
    GET, POST /t/<team>/team/keeping       keeping.keeping: how long they are kept
    POST R/draft               drafts.draft; redirects to a new workflow
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_POST

from accounts import access, health
from accounts.access import Access
from accounts.models import Role
from editor import catalog
from editor.lib.htmx import Request
from editor.trees.nodes import Tree

from . import privacy, queries, services
from .models import Run, State
from .opening import open_run, render
from .pages import starting
from .pages.inputs_seen import inputs_of
from .results import json_tree, outcome, outline, pane
from .words import explain, inputs_in_words, standing, times

# --- One run -----------------------------------------------------------------------------------


@require_GET
def show(request: Request, slug: str, run: str) -> HttpResponse:
    """The outline as it ran, and the results of one node."""
    seat = access.team(request, slug)
    return render(request, "runs/run.html", _page(request, seat, open_run(seat, run)))


@require_GET
def live(request: Request, slug: str, run: str) -> HttpResponse:
    """How the run stands now. While nothing changes this costs one query for the run, and 304."""
    seat = access.team(request, slug)
    found = open_run(seat, run)
    tag = _tag(found)
    if request.headers.get("HX-PTag") == tag:
        return HttpResponseNotModified()
    changed = request.GET.get("shows", "") != found.state
    context = _page(request, seat, found) if changed else _head(seat, found)
    answer = render(request, "runs/run.html#live", context | {"changed": changed})
    answer["HX-PTag"] = tag
    return answer


@require_GET
def node(request: Request, slug: str, run: str, node: str) -> HttpResponse:
    """The results of one node, a page at a time."""
    seat = access.team(request, slug)
    found = open_run(seat, run)
    tree = outcome.tree_of(found.plan)
    context = _about(seat, found) | {"pane": _pane(found, tree, node, request.GET.dict())}
    return render(request, "runs/run.html#pane", context)


@require_GET
def part(request: Request, slug: str, run: str, node: str) -> HttpResponse:
    """What is inside one part of a result, as lines of the JSON tree; `raw=1`: that part as JSON text."""
    seat = access.team(request, slug)
    found = open_run(seat, run)
    ordinal, start = _number(request, "at"), _number(request, "from")
    result = queries.results_of(found, node).filter(ordinal=ordinal).first()
    if result is None:
        raise Http404("There is no such result in this run.")
    try:
        wanted = json_tree.part(pane.wire(result), request.GET.get("pointer", ""))
    except json_tree.NoSuchPart as error:
        raise Http404("This result has no such part.") from error
    if request.GET.get("raw"):
        text = json.dumps(wanted.value, indent=2, ensure_ascii=False)
        return HttpResponse(
            text.encode("utf-8", "replace"), content_type="text/plain; charset=utf-8"
        )
    address = f"{request.path}?at={ordinal}"
    return HttpResponse(json_tree.inside(wanted, address, start).encode("utf-8", "replace"))


def _number(request: Request, name: str) -> int:
    text = request.GET.get(name, "0")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Http404(f"“{name}” is a whole number.")
    return int(text)


@require_GET
def export(request: Request, slug: str, run: str) -> HttpResponse:
    """The completion as the service sent it, but for what is hidden from the reader."""
    seat = access.team(request, slug)
    found = open_run(seat, run)
    if not hasattr(found, "outcome"):
        raise Http404("This run has no results.")
    completion = privacy.redacted(outcome.unpack(found.outcome.completion), found.hides)
    text = json.dumps(completion, indent=2, ensure_ascii=False)
    name = f"{slugify(found.workflow_name) or 'run'}-{found.public_id}.json"
    body = text.encode("utf-8", "backslashreplace")
    answer = HttpResponse(body, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


@require_POST
def cancel(request: Request, slug: str, run: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Role.RUNNER)
    found = open_run(seat, run)
    return _acted(request, seat, found, lambda: services.cancel(found, actor=seat.user))


@require_POST
def check(request: Request, slug: str, run: str) -> HttpResponse:
    """Somebody says that the connection is mended; the worker asks the service at once."""
    seat = access.team(request, slug, at_least=Role.RUNNER)
    found = open_run(seat, run)
    if not health.probe_now(found.connection, timezone.now()):
        messages.info(request, f"“{found.connection.name}” is not on hold any more.")
    return redirect("runs:run", slug, found.public_id)


@require_POST
def decide(request: Request, slug: str, run: str, verb: str) -> HttpResponse:
    """What is to become of an uncertain run."""
    seat = access.team(request, slug, at_least=Role.RUNNER)
    found = open_run(seat, run)
    remote_id = request.POST.get("remote_id", "")
    acts: dict[str, Callable[[], None]] = {
        "arrived": lambda: services.mark_arrived(found, actor=seat.user, remote_id=remote_id),
        "watch": lambda: services.keep_watching(found, actor=seat.user),
        "send-again": lambda: services.send_again(found, actor=seat.user),
        "give-up": lambda: services.give_up(found, actor=seat.user),
    }
    if verb not in acts:
        raise Http404("There is no such decision.")
    return _acted(request, seat, found, acts[verb])


def _acted(request: Request, seat: Access, run: Run, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
    except services.Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("runs:run", seat.team.slug, run.public_id)


def _tag(run: Run) -> str:
    """Changes when the page would."""
    facts = (
        run.state, run.attempts, run.pending_reason, run.pending_message, bool(run.failed_looks),
        run.cancel_asked_at, run.evidence.get("at", ""), run.team.closes_at,
        run.connection.error_type, run.connection.paused, run.connection.state_note,
        queries.unclaimed_workflows(run) if run.state == State.UNCERTAIN else "",
    )  # fmt: skip
    return hashlib.sha256(repr(facts).encode("utf-8", "replace")).hexdigest()[:16]


def _about(seat: Access, run: Run) -> dict[str, Any]:
    """What every part of the page knows."""
    return {
        "team": seat.team, "run": run, "standing": standing(run, seat.team), "may_run": seat.may_run,
        "may_build": seat.may_build, "may_uncover": seat.may(seat.team.uncover_for),
    }  # fmt: skip


def _head(seat: Access, run: Run) -> dict[str, Any]:
    """How it stands, and what there is to decide."""
    return _about(seat, run) | {
        "tag": _tag(run),
        "times": times(run),
        "polls": run.is_moving or run.state == State.UNCERTAIN,
        "trouble": run.connection.trouble if run.is_moving else None,
        "wants_tokens": health.wants_tokens(run.connection),
        "error": explain(run.failure_reason, privacy.text(run.failure_message, run.hides))
        if run.failure_reason
        else None,
        "lost": privacy.text(run.pending_message, run.hides),
        "evidence": _evidence(run),
        "ahead": queries.ahead_in_queue(run) if run.state == State.QUEUED else 0,
    }


def _page(request: Request, seat: Access, run: Run) -> dict[str, Any]:
    tree = outcome.tree_of(run.plan)
    lines = outline.lines(tree, outline.summaries_of(run, tree), catalog.default())
    fields = _wished(request)
    chosen = fields.get("node", "")
    if chosen not in tree:
        chosen = outline.first_to_show(lines, request.GET.get("action", ""))
        fields = {"tab": fields.get("tab", "")}
    unexpected = run.outcome.unexpected if hasattr(run, "outcome") else []
    return _head(seat, run) | {
        "lines": lines,
        "inputs": inputs_in_words(inputs_of(run)),
        "again": starting.again(run),
        "chosen": chosen,
        "pane": _pane(run, tree, chosen, fields) if chosen else None,
        "unexpected": privacy.redacted(unexpected[:50], run.hides),
        "unexpected_count": len(unexpected),
    }


def _wished(request: Request) -> Mapping[str, str]:
    """What the page shows on its right side: its own address says it, also when a part of it asks."""
    if request.htmx and request.htmx.current_url:
        return dict(parse_qsl(urlsplit(request.htmx.current_url).query))
    return request.GET.dict()


def _pane(run: Run, tree: Tree, node_id: str, fields: Mapping[str, str]) -> pane.Pane:
    address = reverse("runs:part", args=[run.team.slug, run.public_id, node_id])
    found = outline.summaries_of(run, tree)
    try:
        return pane.pane(run, tree, found, node_id, pane.Wish.of(fields), address)
    except KeyError as error:
        raise Http404("There is no such action in this run.") from error
    except pane.NoSuchItem as error:
        raise Http404("There is no such item in this run.") from error
    except pane.BadCursor as error:
        raise Http404("There is no such page of these results.") from error


def _evidence(run: Run) -> dict[str, Any]:
    """What the statistics show of a run that is uncertain, or ended without results, counted by action in words; of the
    first also what webhooks told, of the second how many acts the ledger has as perhaps done."""
    if run.state not in (State.UNCERTAIN, State.CANCELLED, State.FAILED):
        return {}
    known = catalog.default().actions
    counts = Counter(action["type"] for action in run.evidence.get("actions", []))
    return {
        "looked_at": run.evidence.get("at"),
        "error": run.evidence.get("error"),
        "actions": [(known[name].name if name in known else name, n) for name, n in counts.items()],
        "other_runs": queries.sent_since(run),
        "perhaps": run.acts.filter(sure=False).count() if run.is_final else 0,
        "unclaimed": queries.unclaimed_workflows(run) if run.state == State.UNCERTAIN else [],
    }
