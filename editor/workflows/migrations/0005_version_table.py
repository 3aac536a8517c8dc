from django.db import migrations

import editor.lib.fields


class Migration(migrations.Migration):
    dependencies = [("workflows", "0004_shelves")]

    operations = [
        migrations.AddField("version", "table", editor.lib.fields.ExactJSONField(null=True)),
    ]
