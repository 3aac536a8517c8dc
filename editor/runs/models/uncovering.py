"""Who may see what is hidden, where and until when."""

from django.conf import settings
from django.db import models


class Uncovering(models.Model):
    """Somebody sees all of one run for a while; the reason is in the audit log too. Rows go with the run."""

    run = models.ForeignKey("runs.Run", models.CASCADE, related_name="uncoverings", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300)
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["run", "user", "until"], name="uncovering_of_run")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.reason}"
