from django.db import migrations

POSTGRESQL = (
    "ALTER TABLE review_runwords ADD COLUMN words tsvector NOT NULL DEFAULT ''",
    "CREATE INDEX words_in ON review_runwords USING gin (words)",
)
# Without `detail`, since words are a set; without folding of accents, which is done before.
SQLITE = (
    "CREATE VIRTUAL TABLE review_words USING"
    " fts5(words, detail=none, tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER review_words_forgotten AFTER DELETE ON review_runwords"
    " BEGIN DELETE FROM review_words WHERE rowid = old.run_id; END",
)
BACK = {
    "postgresql": ("ALTER TABLE review_runwords DROP COLUMN words",),
    "sqlite": ("DROP TRIGGER review_words_forgotten", "DROP TABLE review_words"),
}


def make(apps, schema_editor):
    for statement in {"postgresql": POSTGRESQL, "sqlite": SQLITE}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    for statement in BACK[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("review", "0001_initial")]

    operations = [migrations.RunPython(make, drop)]
