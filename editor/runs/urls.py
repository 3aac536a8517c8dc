"""Addresses of runs. `views` says what each answers."""

from django.urls import path

from . import views, webhooks
from .batches import pages as batches
from .notices import pages as notice_pages
from .pages import acting as acting_pages
from .pages import drafts, keeping, notes, rerunning, starting
from .pages import failed as failed_pages
from .pages import privacy as privacy_pages
from .schedules import pages as schedule_pages

app_name = "runs"

TEAM = "t/<slug:slug>/runs"
ONE = f"{TEAM}/<str:run>"
BATCH = "t/<slug:slug>/batches/<str:batch>"
SCHEDULES = "t/<slug:slug>/schedules"
WORKFLOW = "t/<slug:slug>/workflows/<str:workflow>"

urlpatterns = [
    path(f"{WORKFLOW}/run", starting.start, name="start"),
    path(f"{WORKFLOW}/run/plan", starting.plan, name="plan"),
    path(f"{WORKFLOW}/batch", batches.new, name="new-batch"),
    path(BATCH, batches.show, name="batch"),
    path(f"{BATCH}/live", batches.live, name="batch-live"),
    path(f"{BATCH}/do/<slug:verb>", batches.do, name="batch-do"),
    path(f"{BATCH}/rows/<int:number>/<slug:verb>", batches.row, name="batch-row"),
    path(f"{WORKFLOW}/schedule", schedule_pages.new, name="schedule_new"),
    path(f"{WORKFLOW}/schedule/preview", schedule_pages.preview, name="schedule_preview"),
    path(SCHEDULES, schedule_pages.index, name="schedules"),
    path(f"{SCHEDULES}/<str:schedule>", schedule_pages.edit, name="schedule"),
    path(f"{SCHEDULES}/<str:schedule>/history", schedule_pages.history, name="schedule_history"),
    path(f"{SCHEDULES}/<str:schedule>/<slug:verb>", schedule_pages.act, name="schedule_act"),
    path("notices", notice_pages.index, name="notices"),
    path("notices/read", notice_pages.read, name="notices_read"),
    path("profile/notices", notice_pages.choices, name="notice_choices"),
    path("hooks/<str:path>", webhooks.receive, name="hook"),
    path("t/<slug:slug>/team/keeping", keeping.keeping, name="keeping"),
    path("t/<slug:slug>/team/acts", acting_pages.settings, name="acts"),
    path("t/<slug:slug>/team/privacy", privacy_pages.settings, name="privacy"),
    path(ONE, views.show, name="run"),
    path(f"{ONE}/live", views.live, name="live"),
    path(f"{ONE}/nodes/<str:node>", views.node, name="node"),
    path(f"{ONE}/nodes/<str:node>/json", views.part, name="part"),
    path(f"{ONE}/export", views.export, name="export"),
    path(f"{ONE}/again", rerunning.again, name="again"),
    path(f"{ONE}/again/plan", rerunning.plan, name="again_plan"),
    path(f"{ONE}/failed", failed_pages.again, name="failed"),
    path(f"{ONE}/failed/plan", failed_pages.plan, name="failed_plan"),
    path(f"{ONE}/draft", drafts.draft, name="draft"),
    path(f"{ONE}/uncover", privacy_pages.uncover, name="uncover"),
    path(f"{ONE}/cancel", views.cancel, name="cancel"),
    path(f"{ONE}/star", notes.star, name="star"),
    path(f"{ONE}/note", notes.note, name="note"),
    path(f"{ONE}/check", views.check, name="check"),
    path(f"{ONE}/decide/<slug:verb>", views.decide, name="decide"),
]
