"""Addresses of the sandbox, below /sandbox/. Whoever calls shows tokens, not a session."""

from django.urls import path

from editor.sandbox import views
from editor.sandbox.views import endpoint

app_name = "sandbox"

urlpatterns = [
    path("", views.page, name="page"),
    path("connect/<str:session_id>", views.connect, name="connect"),
    path("workflows", endpoint(POST=views.start)),
    path("workflows/<str:remote_id>", endpoint(GET=views.look, DELETE=views.cancel)),
    path("account", endpoint(GET=views.account)),
    path("stats/actions", endpoint(GET=views.statistics)),
    path("conversations/poll", endpoint(POST=views.poll_conversations)),
    path("inbox/poll", endpoint(POST=views.poll_inbox)),
    path("network/poll", endpoint(POST=views.poll_network)),
    path("admin/<str:name>", endpoint(for_client=True, POST=views.admin_call)),
    path("<path:rest>", endpoint()),
]
