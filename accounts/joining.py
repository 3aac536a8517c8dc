"""Pages of invitations: an admin makes them, somebody takes the seat, with an account or a new one.

The token stands in one address only, /join/<token>. From there on the session knows its hash, so that
it gets into no history, no log and no Referer of the pages on the way.
"""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import access, forms, inviting, queries
from accounts.models import Invitation, Role, User
from accounts.permissions import Can
from accounts.services import Refused
from editor.lib.htmx import Request

# --- The team's side ---------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def invite(request: Request, slug: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Can.INVITE)
    form = forms.InvitationForm(request.POST or None, roles=grantable(seat))
    if request.method == "POST" and form.is_valid():
        try:
            made, token = inviting.invite(
                team=seat.team,
                actor=seat.user,
                role=Role(form.cleaned_data["role"]),
                email=form.cleaned_data["email"],
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _hand_out(request, made, token)
    status = 422 if form.errors else 200
    return render(request, "accounts/invite.html", {"form": form}, status=status)


@never_cache
@require_POST
def renew(request: Request, slug: str, invitation: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Can.INVITE)
    found = _waiting(seat, invitation)
    try:
        token = inviting.renew(invitation=found, actor=seat.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:team", slug)
    return _hand_out(request, found, token)


@require_POST
def revoke(request: Request, slug: str, invitation: str) -> HttpResponse:
    seat = access.team(request, slug, at_least=Can.INVITE)
    inviting.revoke(invitation=_waiting(seat, invitation), actor=seat.user)
    messages.success(request, "Invitation revoked. Its link does not work any more.")
    return redirect("accounts:team", slug)


def grantable(seat: access.Access) -> list[Role]:
    """The roles that this person may give to others."""
    return [role for role in Role if seat.may(role)]


def _waiting(seat: access.Access, public_id: str) -> Invitation:
    try:
        return queries.invitation(seat.team, public_id)
    except Invitation.DoesNotExist:
        raise Http404("There is no such invitation in this team.") from None


def _hand_out(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """By mail to the one it is for; else the link, this once, to whoever made it."""
    if not invitation.goes_by_mail:
        context = {"invitation": invitation, "link": inviting.link(token)}
        return render(request, "accounts/invited.html", context)
    try:
        inviting.send(invitation, token)
    except OSError:
        messages.error(request, "The mail server did not take the mail. Send it again in a minute.")
    else:
        messages.success(request, f"Invitation sent to {invitation.email}.")
    return redirect("accounts:team", invitation.team.slug)


# --- The invited person's side -----------------------------------------------------------------


@login_not_required
@never_cache
@require_GET
def arrive(request: HttpRequest, token: str) -> HttpResponse:
    request.session[forms.INVITATION] = inviting.hash_of(token)
    return redirect("accounts:join")


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """What one is invited to, and the button, for whoever can press it; why not, for everybody else."""
    invitation = inviting.found(request.session.get(forms.INVITATION, ""))
    user = request.user if request.user.is_authenticated else None
    if invitation and user and request.method == "POST":
        try:
            inviting.accept(invitation, user)
        except Refused:
            pass  # the page below says why
        else:
            return _welcome(request, invitation)
    context = _standing(invitation, user)
    if context["state"] == "member" and invitation and user and invitation.used_by_id == user.pk:
        return _welcome(request, invitation)  # by signing up with it, or pressed twice
    dead = context["state"] in ("unknown", "dead")
    return render(request, "accounts/join.html", context, status=404 if dead else 200)


def _welcome(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    messages.success(request, f"Welcome to {invitation.team}.")
    request.session["team"] = invitation.team.slug
    return redirect("home")


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Sign out, but keep the invitation: it is for another account of this person."""
    kept = request.session.get(forms.INVITATION, "")
    logout(request)
    request.session[forms.INVITATION] = kept
    return redirect("accounts:join")


def _standing(invitation: Invitation | None, user: User | None) -> dict[str, object]:
    """`state`: unknown, member, dead (and `why`), stranger (signed out), other (wrong account) or open."""
    if invitation is None:
        return {"state": "unknown"}
    context: dict[str, object] = {"invitation": invitation, "role": Role(invitation.role)}
    if user and invitation.team.memberships.filter(user=user).exists():
        return context | {"state": "member"}
    if why := inviting.why_dead(invitation):
        return context | {"state": "dead", "why": why}
    if user is None:
        return context | {"state": "stranger"}
    mine = not invitation.email or invitation.email == user.email
    return context | {"state": "open" if mine else "other"}
