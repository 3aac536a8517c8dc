from django.db import migrations

OF_SUCH_RUNS = """
    FROM runs_run AS run
    JOIN review_runtrait AS had ON had.run_id = run.id
    JOIN review_trait AS trait ON trait.id = had.trait_id
"""
MADE = f"""
    INSERT INTO review_trait (team_id, kind, value)
    SELECT DISTINCT trait.team_id, run.state, trait.kind || ' ' || trait.value {OF_SUCH_RUNS}
    WHERE run.state IN ('failed', 'cancelled') AND trait.kind NOT IN ('failed', 'cancelled')
    ON CONFLICT DO NOTHING
"""
HAD = f"""
    INSERT INTO review_runtrait (trait_id, created_at, run_id)
    SELECT rare.id, had.created_at, run.id {OF_SUCH_RUNS}
    JOIN review_trait AS rare ON rare.team_id = trait.team_id AND rare.kind = run.state
        AND rare.value = trait.kind || ' ' || trait.value
    WHERE run.state IN ('failed', 'cancelled')
    ON CONFLICT DO NOTHING
"""
GONE = """
    DELETE FROM review_runtrait WHERE trait_id IN (SELECT id FROM review_trait WHERE kind IN ('failed', 'cancelled'))
"""


class Migration(migrations.Migration):
    dependencies = [("review", "0003_days"), ("runs", "0014_review_fill")]

    operations = [
        migrations.RunSQL(MADE, GONE),
        migrations.RunSQL(HAD, migrations.RunSQL.noop),
    ]
