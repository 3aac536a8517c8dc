"""The rows of results tables, stored so that tables of many runs can be sorted, filtered and searched."""

import json
from typing import Any

from django.db import models
from django.db.models import Q


class AsItReads(json.JSONEncoder):
    """Letters as they are, so that SQLite finds them in lists too. `rows` sees to it that they can be stored."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"ensure_ascii": False})


class ResultRow(models.Model):
    """One row of a run's results table (`trees.table.Row`), written with its results and never changed.

    - `cells`: values by `rows.short(key)` of their column; only those that there are. Made fit for JSON in a database,
      and long ones cut: what came back exactly is in ActionResult.
    - `node_id` and `path` say which item it is, `path` as in ActionResult.
    - `level`, by `rows.short` of its name, and `leads`: for tables with fewer rows (`trees.table_levels`).
    - `keys`: of each address that says what an item on the way is about, by column, as `ledger.key_of` writes it.
    - `identity`: what it is about, the same in every run: one of the keys, that of its own item, or "".
    - `words`: its texts, folded for the search; `private`: those that a team can hide (`privacy`).
    """

    run = models.ForeignKey("runs.Run", models.CASCADE, related_name="rows", db_index=False)
    ordinal = models.PositiveIntegerField()
    node_id = models.CharField(max_length=12)
    path = models.CharField(max_length=200, blank=True)
    level = models.CharField(max_length=12, default="")
    leads = models.JSONField(default=dict, encoder=AsItReads)
    cells = models.JSONField(encoder=AsItReads)
    keys = models.JSONField(default=dict, encoder=AsItReads)
    identity = models.CharField(max_length=300, blank=True)
    words = models.TextField(blank=True)
    private = models.TextField(blank=True)

    class Meta:
        constraints = [
            # Also every table without another order: by run, then as the rows came.
            models.UniqueConstraint(fields=["run", "ordinal"], name="row_once"),
        ]
        indexes = [
            # Doubles: the other rows about the same.
            models.Index(
                "identity", "run", "ordinal", name="row_identity", condition=~Q(identity="")
            ),
        ]

    def __str__(self) -> str:
        return f"Row {self.ordinal} of run {self.run_id}"
