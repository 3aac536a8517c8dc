from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Those that are to be sent again at this moment were known by the worker that had sent them before."""
    run = apps.get_model("runs", "Run")
    run.objects.filter(state="queued").exclude(claimed_by="").update(doubted=True)


class Migration(migrations.Migration):
    dependencies = [("runs", "0027_acts_in_doubt")]

    operations = [
        migrations.AddField(
            model_name="run",
            name="doubted",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
