"""Pages of people, teams and connections. Sign-in and passwords are django-allauth's, in our templates."""

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import access, checks, forms, health, joining, queries, services
from accounts.models import Connection, Kind, Membership, Role
from accounts.permissions import Can
from editor.lib.htmx import Request

# --- A person ----------------------------------------------------------------------------------


@require_GET
def home(request: Request) -> HttpResponse:
    """To the team somebody was in last; to the page that makes one when there is none."""
    team = queries.last_team(request.user, request.session.get("team", ""))
    if team is None:
        return redirect("accounts:team_new")
    return redirect(f"/t/{team.slug}/workflows")


@require_http_methods(["GET", "POST"])
def profile(request: Request) -> HttpResponse:
    user = request.user
    form = forms.ProfileForm(
        request.POST or None,
        initial={"name": user.name, "time_zone": user.time_zone, "theme": user.theme},
    )
    if request.method == "POST" and form.is_valid():
        services.change_profile(user=user, **form.cleaned_data)
        messages.success(request, "Profile saved.")
        return redirect("accounts:profile")
    context = {"form": form, "zones": forms.zones()}
    return render(request, "accounts/profile.html", context, status=_status(form))


@require_POST
def end_session(request: Request, session: int) -> HttpResponse:
    """Sign one of one's own browsers out; the page of this library only ends all others at once."""
    found = UserSession.objects.filter(user=request.user, pk=session).first()
    if found is None:
        raise Http404("There is no such session of yours.")
    found.end()
    messages.success(request, "Signed out there.")
    return redirect("usersessions_list")


@require_http_methods(["GET", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def deactivate(request: Request) -> HttpResponse:
    """Shut one's own account; it is asked who that is, because nobody can undo it from here."""
    why = ""
    if request.method == "POST":
        try:
            services.deactivate(user=request.user)
        except services.Refused as refusal:
            why = str(refusal)
        else:
            logout(request)
            return redirect("account_inactive")
    status = 422 if why else 200
    return render(request, "accounts/deactivate.html", {"why": why}, status=status)


@require_POST
def theme(request: Request) -> HttpResponse:
    """The choice in the header's menu: an answer without a body, the page has changed already."""
    form = forms.ThemeForm(request.POST)
    if not form.is_valid():
        return HttpResponse("Theme is system, light or dark.", status=422)
    services.change_theme(user=request.user, theme=form.cleaned_data["theme"])
    return HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
def team_new(request: Request) -> HttpResponse:
    form = forms.TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        team = services.create_team(name=form.cleaned_data["name"], owner=request.user)
        return redirect("accounts:team", team.slug)
    return render(request, "accounts/team_new.html", {"form": form}, status=_status(form))


# --- A team ------------------------------------------------------------------------------------


@require_GET
def team(request: HttpRequest, slug: str) -> HttpResponse:
    """People and connections. Owners and admins find the buttons here; the others see."""
    seat = access.team(request, slug)
    return render(
        request,
        "accounts/team.html",
        {
            "members": queries.members_of(seat.team),
            "connections": queries.connections_of(seat.team),
            "invitations": queries.invitations_of(seat.team) if seat.may_manage else (),
            "roles": Role,
            "permissions": list(Can),
            "grantable": joining.grantable(seat),
        },
    )


@require_http_methods(["GET", "POST"])
def team_name(request: HttpRequest, slug: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Can.SETTLE)
    form = forms.TeamForm(request.POST or None, initial={"name": seat.team.name})
    if request.method == "POST" and form.is_valid():
        services.rename_team(team=seat.team, actor=seat.user, name=form.cleaned_data["name"])
        messages.success(request, "Team renamed.")
        return redirect("accounts:team", slug)
    return render(request, "accounts/team_name.html", {"form": form}, status=_status(form))


@require_POST
def member_role(request: HttpRequest, slug: str, member: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Can.INVITE)
    membership = _member(seat, member)
    form = forms.RoleForm(request.POST)
    if not form.is_valid():
        return _refuse(request, slug, "There is no such role.")
    role = Role(form.cleaned_data["role"])
    try:
        services.change_role(membership=membership, actor=seat.user, role=role)
    except services.Refused as refusal:
        return _refuse(request, slug, str(refusal))
    messages.success(request, f"{membership.user} is {role.label} now.")
    return redirect("accounts:team", slug)


@require_POST
def member_remove(request: HttpRequest, slug: str, member: str) -> HttpResponse:
    """Everybody may take themselves out; others are taken out by admins."""
    seat = access.team(request, slug)
    membership = _member(seat, member)
    leaving = membership.user == seat.user
    if not leaving:
        seat = access.team(request, slug, at_least=Can.INVITE)
    try:
        services.remove_member(membership=membership, actor=seat.user)
    except services.Refused as refusal:
        return _refuse(request, slug, str(refusal))
    if leaving:
        messages.success(request, f"You have left {seat.team}.")
        return redirect("home")
    messages.success(request, f"{membership.user} is not in the team any more.")
    return redirect("accounts:team", slug)


@require_POST
def member_own(request: HttpRequest, slug: str, member: str) -> HttpResponse:
    """The team changes hands: that member owns it, and whoever did is an admin."""
    seat = access.team(request, slug, at_least=Can.OWN)
    membership = _member(seat, member)
    try:
        services.hand_over(membership=membership, actor=seat.user)
    except services.Refused as refusal:
        return _refuse(request, slug, str(refusal))
    messages.success(request, f"{membership.user} owns {seat.team} now; you are Admin.")
    return redirect("accounts:team", slug)


# --- Connections -------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def connection_new(request: HttpRequest, slug: str) -> HttpResponse:
    """A LinkedIn account, by the two tokens that Linked API gave for it."""
    seat = access.team(request, slug, at_least=Can.CONNECT)
    form = forms.NewConnectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = services.add_linkedapi(team=seat.team, actor=seat.user, **form.cleaned_data)
        except services.Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"“{added}” is added. Test it before the first run.")
            return redirect("accounts:connection", slug, added.public_id)
    return render(request, "accounts/connection_new.html", {"form": form}, status=_status(form))


@require_http_methods(["GET", "POST"])
def sandbox_new(request: HttpRequest, slug: str) -> HttpResponse:
    """An invented account; it needs a name only."""
    seat = access.team(request, slug, at_least=Can.CONNECT)
    form = forms.ConnectionNameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = services.add_sandbox(team=seat.team, actor=seat.user, **form.cleaned_data)
        except services.Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"“{added}” is added.")
            return redirect("accounts:connection", slug, added.public_id)
    return render(request, "accounts/sandbox_new.html", {"form": form}, status=_status(form))


@require_GET
def connection(request: HttpRequest, slug: str, connection: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Can.CONNECT)
    found = _connection(seat, connection)
    return _connection_page(request, found)


@require_POST
def connection_name(request: HttpRequest, slug: str, connection: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Can.CONNECT)
    found = _connection(seat, connection)
    form = forms.ConnectionNameForm(request.POST)
    if form.is_valid():
        try:
            services.rename_connection(
                connection=found, actor=seat.user, name=form.cleaned_data["name"]
            )
        except services.Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, "Connection renamed.")
            return redirect("accounts:connection", slug, found.public_id)
    return _connection_page(request, _connection(seat, connection), name_form=form)


@require_POST
def connection_tokens(request: HttpRequest, slug: str, connection: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Can.CONNECT)
    found = _connection(seat, connection)
    if found.kind == Kind.SANDBOX:
        raise Http404("A sandbox connection has tokens of its own.")
    form = forms.TokensForm(request.POST)
    if form.is_valid():
        services.replace_tokens(connection=found, actor=seat.user, **form.cleaned_data)
        messages.success(request, "Tokens replaced. Test the connection now.")
        return redirect("accounts:connection", slug, found.public_id)
    return _connection_page(request, found, tokens_form=form)


@require_POST
def connection_use(request: HttpRequest, slug: str, connection: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Can.CONNECT)
    found = _connection(seat, connection)
    form = forms.UseForm(request.POST, team=seat.team)
    if form.is_valid():
        services.limit_connection(
            connection=found,
            actor=seat.user,
            least_role=Role(form.cleaned_data["least_role"]),
            people=form.cleaned_data["people"],
        )
        messages.success(request, "Saved who may run on it.")
        return redirect("accounts:connection", slug, found.public_id)
    return _connection_page(request, found, use_form=form)


@require_POST
def connection_test(request: HttpRequest, slug: str, connection: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Can.CONNECT)
    found = _connection(seat, connection)
    checks.look(found)
    return redirect("accounts:connection", slug, found.public_id)


@require_POST
def connection_reconnect(request: HttpRequest, slug: str, connection: str) -> HttpResponse:
    """The page with the link to sign the LinkedIn account in again: asked for now, as it does not stay good."""
    seat = access.team(request, slug, at_least=Can.CONNECT)
    found = _connection(seat, connection)
    link, why_not = checks.reconnection_link(found, actor=seat.user)
    if not link:
        messages.error(request, why_not)
        return redirect("accounts:connection", slug, found.public_id)
    return _connection_page(request, found, reconnection_link=link)


@require_POST
def connection_delete(request: HttpRequest, slug: str, connection: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Can.CONNECT)
    found = _connection(seat, connection)
    try:
        services.delete_connection(connection=found, actor=seat.user)
    except services.Refused as refusal:
        messages.error(request, str(refusal))  # what to do instead stands on its page
        return redirect("accounts:connection", slug, found.public_id)
    messages.success(request, f"“{found}” is deleted.")
    return redirect("accounts:team", slug)


# --- Shared ------------------------------------------------------------------------------------


def _status(form: Form) -> int:
    """A form that came back with errors is not a success, for programs that read no text."""
    return 422 if form.errors else 200


def _refuse(request: HttpRequest, slug: str, why: str) -> HttpResponse:
    messages.error(request, why)
    return redirect("accounts:team", slug)


def _member(seat: access.Access, public_id: str) -> Membership:
    try:
        return queries.member(seat.team, public_id)
    except Membership.DoesNotExist:
        raise Http404("There is nobody of that id in this team.") from None


def _connection(seat: access.Access, public_id: str) -> Connection:
    try:
        return queries.connection(seat.team, public_id)
    except Connection.DoesNotExist:
        raise Http404("There is no such connection in this team.") from None


def _connection_page(
    request: HttpRequest,
    connection: Connection,
    *,
    name_form: forms.ConnectionNameForm | None = None,
    tokens_form: forms.TokensForm | None = None,
    use_form: forms.UseForm | None = None,
    reconnection_link: str = "",
) -> HttpResponse:
    """The connection with its forms; one of them may come back with what is wrong."""
    return render(
        request,
        "accounts/connection.html",
        {
            "connection": connection,
            "name_form": name_form or forms.ConnectionNameForm(initial={"name": connection.name}),
            "tokens_form": tokens_form or forms.TokensForm(),
            "use_form": use_form or _use_form(connection),
            "reconnection_link": reconnection_link,
            "wants_tokens": health.wants_tokens(connection),
            "may_hear": bool(settings.WEBHOOK_URL),
        },
        status=422 if name_form or tokens_form or use_form else 200,
    )


def _use_form(connection: Connection) -> forms.UseForm:
    people = connection.people.values_list("pk", flat=True)
    now = {"least_role": connection.least_role, "people": list(people)}
    return forms.UseForm(team=connection.team, initial=now)
