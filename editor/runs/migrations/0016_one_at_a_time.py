"""An index that migration 0013 lost on PostgreSQL: when the database gave up a foreign key's index, Django took the
unique index on the same column with it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [('runs', '0015_result_rows')]

    operations = [
        migrations.RunSQL(
            'CREATE UNIQUE INDEX IF NOT EXISTS "run_one_at_a_time" ON "runs_run" ("connection_id") WHERE "holds_queue"',
            migrations.RunSQL.noop,
        ),
    ]
