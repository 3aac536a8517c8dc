"""The lines of `review.py` about charts and the matrix: (name, address, target in ms)."""

from collections.abc import Iterator

from django.apps import apps

from accounts.models import Team
from editor.review.models import DayCounts
from editor.review.recounting import recount


def lines(team: Team) -> Iterator[tuple[str, str, float]]:
    if not DayCounts.objects.exists():  # seeded after the migration that counts
        recount(apps.get_model)
    charts = f"/t/{team.slug}/charts"
    workflow = team.workflows.order_by("pk").first()
    yield "charts: of the team, 30 days", charts, 200
    yield "charts: of the team, a year", f"{charts}?days=365", 200
    if workflow:
        page = f"/t/{team.slug}/workflows/{workflow.public_id}"
        yield "charts: of a workflow, a year", f"{page}/charts?days=365", 200
        yield "matrix: the last 30 runs", f"{page}/matrix", 200
