"""Addresses of templates. `views` says what each answers."""

from django.urls import path

from editor.library import publishing, sharing, updating, using, views

app_name = "library"

TEAM = "t/<slug:slug>/templates"
ONE = f"{TEAM}/<str:template>"
WORKFLOW = "t/<slug:slug>/workflows/<str:workflow>"

urlpatterns = [
    path(TEAM, views.index, name="index"),
    path(f"{TEAM}/some", views.some, name="some"),
    path(f"{TEAM}/behind", updating.behind, name="behind"),
    path(f"{TEAM}/import", sharing.import_file, name="import"),
    path(f"{TEAM}/by-link", sharing.by_link, name="by-link"),
    path(ONE, views.template, name="template"),
    path(f"{ONE}/star", views.star, name="star"),
    path(f"{ONE}/details", publishing.details, name="details"),
    path(f"{ONE}/withdraw", publishing.withdraw, name="withdraw"),
    path(f"{ONE}/file", sharing.file, name="file"),
    path(f"{ONE}/links", sharing.link_list, name="links"),
    path(f"{ONE}/links/<str:link>/revoke", sharing.revoke, name="revoke"),
    path("shared/<str:token>", sharing.shared, name="shared"),
    path(f"{ONE}/use", using.use, name="use"),
    path(f"{ONE}/use/plan", using.plan, name="use-plan"),
    path(f"{ONE}/copy", using.copy, name="copy"),
    path("t/<slug:slug>/runs/<str:run>/template", updating.of_run, name="of-run"),
    path(f"{WORKFLOW}/origin", updating.origin, name="origin"),
    path(f"{WORKFLOW}/update", updating.update, name="update"),
    path(f"{WORKFLOW}/publish", publishing.publish, name="publish"),
]
