from django.db import migrations

KINDS = [
    "run_failed",
    "run_uncertain",
    "batch_finished",
    "batch_held",
    "schedule_paused",
    "connection_paused",
    "webhook_off",
]


def fill(apps, schema_editor):
    """There was one switch for all mail. Everybody goes on getting just what they got; who comes later gets the default."""
    User = apps.get_model("accounts", "User")
    NoticeWish = apps.get_model("runs", "NoticeWish")
    NoticeChoice = apps.get_model("runs", "NoticeChoice")
    wished = set(NoticeWish.objects.values_list("user_id", flat=True))
    NoticeChoice.objects.bulk_create(
        (
            NoticeChoice(user_id=user, kind=kind, in_app=True, by_mail=user in wished)
            for user in User.objects.values_list("pk", flat=True)
            for kind in KINDS
        ),
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [("runs", "0024_notice_kinds")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.DeleteModel(name="NoticeWish"),
    ]
