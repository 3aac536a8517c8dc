from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("runs", "0026_what_runs_came_to")]

    operations = [
        migrations.AddField(
            model_name="act",
            name="sure",
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
