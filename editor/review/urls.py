"""Addresses of what looks back over many runs."""

from django.urls import URLPattern, path

from editor.review import chart_pages, matrix_pages, tables

app_name = "review"

TEAM = "t/<slug:slug>"
WORKFLOW = f"{TEAM}/workflows/<str:workflow>"
RUN = f"{TEAM}/runs/<str:run>"

urlpatterns: list[URLPattern] = [
    path(f"{TEAM}/charts", chart_pages.of_team, name="charts"),
    path(f"{TEAM}/charts/use", chart_pages.use, name="charts_use"),
    path(f"{WORKFLOW}/charts", chart_pages.of_workflow, name="workflow_charts"),
    path(f"{WORKFLOW}/matrix", matrix_pages.show, name="matrix"),
    path(f"{RUN}/table", tables.of_run, name="table"),
    path(f"{RUN}/table.<slug:ending>", tables.run_file, name="run_file"),
    path(f"{WORKFLOW}/table", tables.of_workflow, name="workflow_table"),
    path(f"{WORKFLOW}/table.<slug:ending>", tables.workflow_file, name="workflow_file"),
    path(f"{TEAM}/table", tables.of_chosen, name="runs_table"),
    path(f"{TEAM}/table.<slug:ending>", tables.chosen_file, name="runs_file"),
]
