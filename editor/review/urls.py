"""Addresses of what looks back over many runs."""

from django.urls import URLPattern, path

from editor.review import (
    bulk_pages,
    chart_pages,
    comparing,
    listing,
    matrix_pages,
    saved,
    tables,
)

app_name = "review"

TEAM = "t/<slug:slug>"
WORKFLOW = f"{TEAM}/workflows/<str:workflow>"
RUN = f"{TEAM}/runs/<str:run>"
REVIEW = f"{TEAM}/review"

urlpatterns: list[URLPattern] = [
    path(f"{TEAM}/runs", listing.runs, name="runs"),
    path(f"{REVIEW}/news", listing.news, name="news"),
    path(f"{REVIEW}/filters", listing.filters, name="filters"),
    path(f"{REVIEW}/runs.csv", listing.export, name="export"),
    path(f"{REVIEW}/bulk", bulk_pages.ask, name="bulk"),
    path(f"{REVIEW}/bulk/<slug:verb>", bulk_pages.do, name="bulk_do"),
    path(f"{REVIEW}/saved", saved.save, name="saved"),
    path(f"{REVIEW}/saved/<str:saved>", saved.change, name="saved_change"),
    path(f"{REVIEW}/saved/<str:saved>/remove", saved.remove, name="saved_remove"),
    path(f"{TEAM}/charts", chart_pages.of_team, name="charts"),
    path(f"{TEAM}/charts/use", chart_pages.use, name="charts_use"),
    path(f"{TEAM}/limits/<str:connection>", chart_pages.limits_of, name="limits"),
    path(f"{WORKFLOW}/charts", chart_pages.of_workflow, name="workflow_charts"),
    path(f"{WORKFLOW}/matrix", matrix_pages.show, name="matrix"),
    path(f"{RUN}/table", tables.of_run, name="table"),
    path(f"{RUN}/table.<slug:ending>", tables.run_file, name="run_file"),
    path(f"{WORKFLOW}/table", tables.of_workflow, name="workflow_table"),
    path(f"{WORKFLOW}/table.<slug:ending>", tables.workflow_file, name="workflow_file"),
    path(f"{TEAM}/table", tables.of_chosen, name="runs_table"),
    path(f"{TEAM}/table.<slug:ending>", tables.chosen_file, name="runs_file"),
    path(f"{RUN}/compare", comparing.pick, name="pick-compare"),
    path(f"{RUN}/compare/<str:other>", comparing.compare, name="compare"),
    path(f"{RUN}/compare/<str:other>/rows", comparing.rows, name="compare-rows"),
]
