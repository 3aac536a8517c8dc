"""Addresses of people, teams and connections."""

from django.urls import path

from accounts import auditing, joining, views

app_name = "accounts"

urlpatterns = [
    path("profile", views.profile, name="profile"),
    path("profile/deactivate", views.deactivate, name="deactivate"),
    path("profile/sessions/<int:session>/end", views.end_session, name="end_session"),
    path("profile/theme", views.theme, name="theme"),
    path("teams/new", views.team_new, name="team_new"),
    path("t/<slug:slug>/team", views.team, name="team"),
    path("t/<slug:slug>/team/name", views.team_name, name="team_name"),
    path("t/<slug:slug>/team/people/<str:member>/role", views.member_role, name="member_role"),
    path(
        "t/<slug:slug>/team/people/<str:member>/remove", views.member_remove, name="member_remove"
    ),
    path("t/<slug:slug>/team/people/<str:member>/own", views.member_own, name="member_own"),
    path("t/<slug:slug>/team/audit", auditing.show, name="audit"),
    path("t/<slug:slug>/team/audit/export", auditing.export, name="audit_export"),
    path("t/<slug:slug>/team/invite", joining.invite, name="invite"),
    path(
        "t/<slug:slug>/team/invitations/<str:invitation>/renew",
        joining.renew,
        name="renew_invitation",
    ),
    path(
        "t/<slug:slug>/team/invitations/<str:invitation>/revoke",
        joining.revoke,
        name="revoke_invitation",
    ),
    path("join", joining.join, name="join"),
    path("join/switch", joining.switch, name="join_switch"),
    path("join/<str:token>", joining.arrive, name="arrive"),
    path("t/<slug:slug>/team/connections/new", views.connection_new, name="connection_new"),
    path("t/<slug:slug>/team/connections/new/sandbox", views.sandbox_new, name="sandbox_new"),
    path("t/<slug:slug>/team/connections/<str:connection>", views.connection, name="connection"),
    path(
        "t/<slug:slug>/team/connections/<str:connection>/name",
        views.connection_name,
        name="connection_name",
    ),
    path(
        "t/<slug:slug>/team/connections/<str:connection>/tokens",
        views.connection_tokens,
        name="connection_tokens",
    ),
    path(
        "t/<slug:slug>/team/connections/<str:connection>/use",
        views.connection_use,
        name="connection_use",
    ),
    path(
        "t/<slug:slug>/team/connections/<str:connection>/test",
        views.connection_test,
        name="connection_test",
    ),
    path(
        "t/<slug:slug>/team/connections/<str:connection>/reconnect",
        views.connection_reconnect,
        name="connection_reconnect",
    ),
    path(
        "t/<slug:slug>/team/connections/<str:connection>/delete",
        views.connection_delete,
        name="connection_delete",
    ),
]
