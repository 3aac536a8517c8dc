from django.db import migrations


def tell(apps, schema_editor):
    """Say in the list of workflows of the last runs so far that actions failed in them."""
    Run = apps.get_model("runs", "Run")
    Workflow = apps.get_model("workflows", "Workflow")
    last = Workflow.objects.filter(last_run_state="completed").values("last_run_id")
    runs = Run.objects.filter(public_id__in=last, state="completed", failed__gt=0)
    for run_id, done in runs.values_list("public_id", "done").iterator():
        came_to = "partly" if done else "fruitless"
        Workflow.objects.filter(last_run_id=run_id).update(last_run_state=came_to)


class Migration(migrations.Migration):
    dependencies = [("runs", "0025_notice_choices"), ("workflows", "0004_shelves")]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
