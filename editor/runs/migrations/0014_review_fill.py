from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    """Say of the runs so far what started them, and let review take in those that have ended."""
    Run, BatchRow = apps.get_model("runs", "Run"), apps.get_model("runs", "BatchRow")
    row = BatchRow.objects.filter(run=OuterRef("pk")).values("batch")[:1]
    Run.objects.filter(batch_row__isnull=False).update(origin="batch", batch=Subquery(row))
    Run.objects.filter(schedule__isnull=False).update(origin="schedule")
    schema_editor.execute(
        "INSERT INTO runs_ended (run_id) SELECT id FROM runs_run"
        " WHERE state IN ('completed', 'failed', 'cancelled')"
    )


class Migration(migrations.Migration):
    dependencies = [("runs", "0013_review")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
