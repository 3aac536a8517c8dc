"""Addresses of workflows. `views` says what each answers."""

from django.urls import path

from editor.workflows import views
from editor.workflows.pages import (
    clips,
    code,
    editing,
    finding,
    fitting_in,
    foresight,
    importing,
    inputs_panel,
    refusing,
    results_panel,
    shelves,
    together,
    tray,
    versions,
)

app_name = "workflows"

TEAM = "t/<slug:slug>/workflows"
ONE = f"{TEAM}/<str:workflow>"

urlpatterns = [
    path(TEAM, views.index, name="index"),
    path(f"{TEAM}/new", views.create, name="create"),
    path(f"{TEAM}/import", importing.import_workflow, name="import"),
    path(f"{TEAM}/table.json", views.table, name="table"),
    path(ONE, views.editor, name="editor"),
    path(f"{ONE}/tree", views.tree, name="tree"),
    path(f"{ONE}/changes", together.changes, name="changes"),
    path(f"{ONE}/inspector/<str:node>", views.inspect, name="inspector"),
    path(f"{ONE}/clip", clips.clip, name="clip"),
    path(f"{ONE}/fits", fitting_in.fits, name="fits"),
    path(f"{ONE}/tray", tray.tray, name="tray"),
    path(f"{ONE}/refusal", refusing.refusal, name="refusal"),
    path(f"{ONE}/problems", views.problems, name="problems"),
    path(f"{ONE}/find", finding.find, name="find"),
    path(f"{ONE}/inputs", inputs_panel.panel, name="inputs"),
    path(f"{ONE}/inputs/menu", inputs_panel.menu, name="input-menu"),
    path(f"{ONE}/columns", results_panel.panel, name="columns"),
    path(f"{ONE}/json", code.as_json, name="json"),
    path(f"{ONE}/code/<slug:language>", code.as_code, name="code"),
    path(f"{ONE}/effects", foresight.effects, name="effects"),
    path(f"{ONE}/versions", versions.index, name="versions"),
    path(f"{ONE}/versions/name", versions.name_present, name="name-present"),
    path(f"{ONE}/versions/edits", versions.edits, name="edits"),
    path(f"{ONE}/versions/<int:number>", versions.compare, name="compare"),
    path(f"{ONE}/versions/<int:number>/name", versions.name, name="name-version"),
    path(f"{ONE}/versions/<int:number>/restore", versions.restore, name="restore-version"),
    path(f"{ONE}/versions/<int:number>/take", versions.take, name="take-back"),
    path(f"{ONE}/export", views.export, name="export"),
    path(f"{ONE}/rename", views.rename, name="rename"),
    path(f"{ONE}/archive", views.archive, name="archive"),
    path(f"{ONE}/restore", views.restore, name="restore"),
    path(f"{ONE}/delete", views.delete, name="delete"),
    path(f"{ONE}/shelf", shelves.shelf, name="shelf"),
    path(f"{ONE}/folder", shelves.put, name="put"),
    path(f"{ONE}/tags", shelves.tags, name="tags"),
    path(f"{ONE}/send", shelves.send, name="send"),
    path("t/<slug:slug>/folders", shelves.folder_new, name="folder-new"),
    path("t/<slug:slug>/folders/<str:folder>", shelves.folder_name, name="folder-name"),
    path("t/<slug:slug>/folders/<str:folder>/delete", shelves.folder_delete, name="folder-delete"),
    path(f"{ONE}/edit/<slug:verb>", editing.edit, name="edit"),
]
