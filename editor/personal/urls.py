"""Addresses of personal data."""

from django.urls import path

from editor.personal import closing_pages, views

app_name = "personal"

urlpatterns = [
    path("t/<slug:slug>/team/erase", views.erase_person, name="erase_person"),
    path("t/<slug:slug>/team/delete", closing_pages.delete, name="delete_team"),
    path("t/<slug:slug>/team/delete/undo", closing_pages.bring_back, name="bring_team_back"),
    path("t/<slug:slug>/team/delete/data", closing_pages.data, name="team_data"),
    path("profile/data", views.own_data, name="own_data"),
    path("profile/erase", views.erase_account, name="erase_account"),
]
