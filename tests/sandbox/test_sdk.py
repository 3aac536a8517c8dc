"""The official Python SDK, unchanged, over real HTTP: every operation and every other call of it.

Its own response models do the reading, so an answer that it cannot parse fails here.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from linkedapi import LinkedApi, LinkedApiAdmin, LinkedApiConfig, LinkedApiError
from linkedapi import types as sdk
from linkedapi.admin import AdminHttpClient
from linkedapi.errors import LINKED_API_ACTION_ERROR_TYPES
from linkedapi.types import admin as sdk_admin
from linkedapi.types import webhooks as hooks

from editor.sandbox.services import create_account
from tests.sandbox.samples import KNOWN

pytestmark = pytest.mark.django_db(transaction=True)

PERSON = "https://www.linkedin.com/in/example-rui-falcao"
HASHED_PERSON = "https://www.linkedin.com/in/ACoAAH2pExample"
COMPANY = "https://www.linkedin.com/company/example-nordlys-batteri"
POST = "https://www.linkedin.com/feed/update/urn:li:activity:7000000000000000001"
COMMENT = (
    f"{POST}?commentUrn=urn%3Ali%3Acomment%3A(activity%3A7000000000000000001%2C7000000000000000002)"
)
JOB = "https://www.linkedin.com/jobs/view/4000000001"
THREAD = "2-EXAMPLEthread=="


@dataclass(frozen=True)
class Use:
    """Parameters for an operation, and how many items it gives (None: an object or nothing)."""

    params: Any = None
    items: int | None = None


# By the operation's own name. A new operation of the SDK needs a row.
USES = {
    "customWorkflow": Use({"actionType": "st.retrieveSSI", "label": "mine"}),
    "sendMessage": Use(
        sdk.SendMessageParams(
            person_url=PERSON,
            text="Hello",
            manage_conversation=sdk.SendMessageManageConversation(operation="archive"),
        )
    ),
    "syncConversation": Use(sdk.SyncConversationParams(person_url=PERSON, days=10)),
    "syncInbox": Use(sdk.SyncInboxParams()),
    "syncNetwork": Use(sdk.SyncNetworkParams()),
    "manageConversation": Use(sdk.ManageConversationParams(thread_id=THREAD, operation="star")),
    "checkConnectionStatus": Use(sdk.CheckConnectionStatusParams(person_url=PERSON)),
    "sendConnectionRequest": Use(sdk.SendConnectionRequestParams(person_url=PERSON, note="Hello")),
    "withdrawConnectionRequest": Use(
        sdk.WithdrawConnectionRequestParams(person_url=PERSON, unfollow=False)
    ),
    "acceptInvitation": Use(
        sdk.AcceptInvitationParams(invitation_type="connect", person_url=PERSON)
    ),
    "ignoreInvitation": Use(
        sdk.IgnoreInvitationParams(invitation_type="companyFollow", company_url=COMPANY)
    ),
    "retrievePendingRequests": Use(items=6),
    "retrieveInvitations": Use(items=3),
    "retrieveConnections": Use(sdk.RetrieveConnectionsParams(limit=5), items=5),
    "removeConnection": Use(sdk.RemoveConnectionParams(person_url=PERSON)),
    "searchCompanies": Use(sdk.SearchCompaniesParams(term="freight", limit=3), items=3),
    "searchPeople": Use(
        sdk.SearchPeopleParams(limit=4, filter=sdk.SearchPeopleFilter(locations=["Norway"])),
        items=4,
    ),
    "searchJobs": Use(
        sdk.SearchJobsParams(term="planner", limit=4, filter=sdk.SearchJobsFilter(easy_apply=True)),
        items=4,
    ),
    "searchPosts": Use(sdk.SearchPostsParams(term="batteries", limit=4), items=4),
    "fetchCompany": Use(
        sdk.FetchCompanyParams(
            company_url=COMPANY,
            retrieve_employees=True,
            retrieve_dms=True,
            retrieve_posts=True,
            employees_retrieval_config=sdk.StCompanyEmployeesRetrievalConfig(limit=2),
            posts_retrieval_config=sdk.LimitSinceParams(limit=2),
        )
    ),
    "fetchPerson": Use(
        sdk.FetchPersonParams(
            person_url=PERSON,
            retrieve_experience=True,
            retrieve_education=True,
            retrieve_skills=True,
            retrieve_languages=True,
            retrieve_posts=True,
            retrieve_comments=True,
            retrieve_reactions=True,
            posts_retrieval_config=sdk.LimitSinceParams(limit=2),
        )
    ),
    "endorsePersonSkill": Use(
        sdk.EndorsePersonSkillParams(person_url=PERSON, skill_name="Logistics")
    ),
    "endorsePersonSkills": Use(
        sdk.EndorsePersonSkillsParams(person_url=PERSON, skill_name_patterns=["Logistics"]), items=1
    ),
    "fetchPost": Use(
        sdk.FetchPostParams(post_url=POST, retrieve_comments=True, retrieve_reactions=True)
    ),
    "fetchJob": Use(sdk.FetchJobParams(job_url=JOB)),
    "reactToPost": Use(sdk.ReactToPostParams(post_url=POST, type="insightful")),
    "commentOnPost": Use(sdk.CommentOnPostParams(post_url=POST, text="Congratulations")),
    "reactToComment": Use(sdk.ReactToCommentParams(comment_url=COMMENT)),
    "replyToComment": Use(sdk.ReplyToCommentParams(comment_url=COMMENT, text="Thank you")),
    "createPost": Use(sdk.CreatePostParams(text="We are hiring")),
    "createRepost": Use(sdk.CreateRepostParams(post_url=POST, text="Worth reading")),
    "retrieveFeed": Use(sdk.RetrieveFeedParams(limit=3), items=3),
    "retrieveSSI": Use(),
    "retrievePerformance": Use(),
    "retrieveProfileViewers": Use(sdk.RetrieveProfileViewersParams(limit=8), items=8),
    "nvSendMessage": Use(
        sdk.NvSendMessageParams(person_url=PERSON, text="Hello", subject="Freight")
    ),
    "nvSyncConversation": Use(sdk.NvSyncConversationParams(person_url=PERSON)),
    "nvSyncInbox": Use(sdk.NvSyncInboxParams()),
    "nvManageConversation": Use(
        sdk.NvManageConversationParams(thread_id=THREAD, operation="archive")
    ),
    "nvSearchCompanies": Use(sdk.NvSearchCompaniesParams(limit=3), items=3),
    "nvSearchPeople": Use(sdk.NvSearchPeopleParams(limit=3), items=3),
    "nvFetchCompany": Use(
        sdk.NvFetchCompanyParams(
            company_hashed_url=COMPANY, retrieve_employees=True, retrieve_dms=True
        )
    ),
    "nvFetchPerson": Use(sdk.NvOpenPersonPageParams(person_hashed_url=HASHED_PERSON)),
}


@pytest.fixture
def account(live_server):
    return create_account("demo")


@pytest.fixture
def linked_api(account, live_server):
    return LinkedApi(
        LinkedApiConfig(
            linked_api_token=account.linked_api_token,
            identification_token=account.identification_token,
            base_url=f"{live_server.url}/sandbox",
        )
    )


@pytest.fixture
def admin(account, live_server):
    config = sdk_admin.AdminConfig(linked_api_token=account.linked_api_token)
    return LinkedApiAdmin(AdminHttpClient(config, base_url=f"{live_server.url}/sandbox"))


def outcome(operation: Any, params: Any = None) -> Any:
    return operation.result(operation.execute(params).workflow_id, poll_interval=0)


def test_every_operation_gives_what_its_models_can_read(linked_api):
    operations = {operation.operation_name: operation for operation in linked_api.operations}
    assert set(operations) == set(USES)

    for name, use in USES.items():
        answer = outcome(operations[name], use.params)
        assert answer.errors == [], name
        if use.items is not None:
            assert len(answer.data) == use.items, name


def test_what_was_fetched_is_complete(linked_api):
    person = outcome(linked_api.fetch_person, USES["fetchPerson"].params).data
    company = outcome(linked_api.fetch_company, USES["fetchCompany"].params).data
    post = outcome(linked_api.fetch_post, USES["fetchPost"].params).data

    assert person.name == "Rui Falcao"
    assert person.public_url == PERSON
    lists = ("experiences", "education", "skills", "languages", "posts", "comments", "reactions")
    assert all(getattr(person, name) for name in lists)
    assert (company.name, len(company.employees), len(company.posts)) == ("Nordlys Batteri", 2, 2)
    assert company.dms
    assert post.comments
    assert post.reactions


def test_action_errors_come_as_errors_and_not_as_exceptions(linked_api):
    params = sdk.CheckConnectionStatusParams(
        person_url="https://www.linkedin.com/in/trellis-error-personNotFound"
    )
    answer = outcome(linked_api.check_connection_status, params)

    assert answer.data is None
    assert [error.type for error in answer.errors] == ["personNotFound"]


def test_every_action_error_that_the_sdk_knows_is_in_the_catalogue():
    assert set(LINKED_API_ACTION_ERROR_TYPES) <= set(KNOWN.error_types)


def test_a_wrong_workflow_is_refused_with_the_reason(linked_api):
    with pytest.raises(LinkedApiError) as refused:
        linked_api.custom_workflow.execute({"actionType": "st.checkConnectionStatus"})

    assert refused.value.type == "invalidWorkflow"
    assert "personUrl" in refused.value.message


def test_status_and_cancel_of_a_waiting_workflow(linked_api, account):
    account.dials = {"delay": 3600}
    account.save()
    started = linked_api.retrieve_ssi.execute()

    waiting = linked_api.retrieve_ssi.status(started.workflow_id)
    assert (started.workflow_status, started.pending_reason) == ("pending", "queued")
    assert (waiting.workflow_status, waiting.pending_reason) == ("pending", "queued")
    assert linked_api.retrieve_ssi.cancel(started.workflow_id) is True
    assert linked_api.retrieve_ssi.cancel(started.workflow_id) is False


def test_account_and_statistics(linked_api):
    outcome(linked_api.retrieve_ssi)
    usage = linked_api.get_api_usage(
        sdk.ApiUsageParams(start="2026-01-01T00:00:00Z", end="2026-01-20T00:00:00Z")
    )

    assert linked_api.get_account_info().data.name == "demo"
    assert usage.data == []


def test_messages_and_the_network_can_be_polled(linked_api):
    asked = [sdk.ConversationPollRequest(person_url=PERSON, type="st")]
    not_synced = linked_api.poll_conversations(asked)
    assert [error.type for error in not_synced.errors] == ["conversationsNotSynced"]

    for name in (
        "syncConversation",
        "syncInbox",
        "syncNetwork",
        "sendMessage",
        "sendConnectionRequest",
    ):
        operation = next(o for o in linked_api.operations if o.operation_name == name)
        outcome(operation, USES[name].params)

    (conversation,) = linked_api.poll_conversations(asked).data
    assert conversation.person_url == PERSON
    assert [m.text for m in conversation.messages if m.sender == "us"][-1] == "Hello"
    assert linked_api.poll_inbox().data[-1].text == "Hello"
    whole = linked_api.poll_inbox(sdk.InboxPersonPollRequest(person_url=PERSON)).data
    assert len(whole.messages) > len(linked_api.poll_inbox().data)
    assert [thread.type for thread in whole.threads] == ["st"]
    assert linked_api.poll_network().data[0].type


def test_every_admin_call(admin, account):
    status, seats = admin.subscription.get_status(), admin.subscription.get_seats()
    assert (status.status, seats.seats[0].seat_type) == ("active", "plus")
    params = sdk_admin.SetSeatsParams(quantity=3, seat_type="plus", billing_period="year")
    assert admin.subscription.set_seats(params).status == "complete"

    (shown,) = admin.accounts.get_all().accounts
    assert (shown.name, shown.id) == ("demo", account.public_id)
    assert admin.accounts.reparse_account_info(
        sdk_admin.ReparseAccountInfoParams(account_id=shown.id)
    ).workflow_id
    connecting = admin.accounts.create_connection_session()
    session_id = connecting.session_id
    assert connecting.connection_link.endswith(session_id)
    got = admin.accounts.get_connection_session(
        sdk_admin.GetConnectionSessionParams(session_id=session_id)
    )
    assert (got.session.status, got.session.type) == ("pending", "connection")
    admin.accounts.cancel_connection_session(
        sdk_admin.CancelConnectionSessionParams(session_id=session_id)
    )
    again = admin.accounts.create_reconnection_session(
        sdk_admin.CreateReconnectionSessionParams(account_id=shown.id)
    )
    assert again.reconnection_link
    token = admin.accounts.regenerate_identification_token(
        sdk_admin.RegenerateTokenParams(account_id=shown.id)
    ).token
    assert token not in (None, account.identification_token)

    assert {limit.is_enabled for limit in admin.limits.get_defaults().limits} == {False}
    daily = {"category": "stMessages", "period": "daily"}
    entry = sdk_admin.SetLimitEntry(**daily, max_value=5)
    admin.limits.set(sdk_admin.SetLimitsParams(account_id=shown.id, limits=[entry]))
    usage = admin.limits.get_usage(sdk_admin.GetLimitsUsageParams(account_id=shown.id)).usage
    assert [u.max_value for u in usage if (u.category, u.period) == ("stMessages", "daily")] == [5]
    admin.limits.delete(
        sdk_admin.DeleteLimitsParams(
            account_id=shown.id, limits=[sdk_admin.DeleteLimitEntry(**daily)]
        )
    )
    admin.limits.reset_to_defaults(sdk_admin.ResetLimitsParams(account_id=shown.id))
    limits = admin.limits.get(sdk_admin.GetLimitsParams(account_id=shown.id)).limits
    assert limits == admin.limits.get_defaults().limits

    admin.accounts.disconnect(sdk_admin.DisconnectParams(account_id=shown.id))
    assert admin.accounts.get_all().accounts == []


def test_every_webhook_call(admin):
    params = hooks.SetWebhookParams(
        url="http://127.0.0.1:9/hook",
        signing_enabled=True,
        headers={"X-Team": "a"},
        events=["workflow.*"],
    )
    made = admin.webhooks.set(params)
    assert (made.secret is not None, made.header_names, made.events) == (
        True,
        ["X-Team"],
        ["workflow.*"],
    )
    mine = {"id": made.id}

    assert [hook.id for hook in admin.webhooks.get()] == [made.id]
    thin = hooks.SetWebhookPayloadModeParams(**mine, payload_mode="thin")
    assert admin.webhooks.set_payload_mode(thin).payload_mode == "thin"
    off = hooks.SetWebhookSigningParams(**mine, signing_enabled=False)
    assert admin.webhooks.set_signing(off).secret is None
    on = hooks.SetWebhookSigningParams(**mine, signing_enabled=True)
    assert admin.webhooks.set_signing(on).secret == made.secret
    header = hooks.SetWebhookHeaderParams(**mine, name="x-team", value="b")
    assert admin.webhooks.set_header(header).header_names == ["x-team"]
    gone = hooks.DeleteWebhookHeaderParams(**mine, name="X-TEAM")
    assert admin.webhooks.delete_header(gone).header_names == []
    none = hooks.SetWebhookHeadersParams(**mine, headers=None)
    assert admin.webhooks.set_headers(none).header_names == []
    assert (
        admin.webhooks.reveal_secret(hooks.RevealWebhookSecretParams(**mine)).secret == made.secret
    )
    assert (
        admin.webhooks.rotate_secret(hooks.RotateWebhookSecretParams(**mine)).secret != made.secret
    )
    every = hooks.SetWebhookEventsParams(**mine, events=None)
    assert admin.webhooks.set_events(every).events is None
    assert "workflow.completed" in admin.webhooks.event_types()

    admin.webhooks.send_test()
    (delivery,) = admin.webhooks.deliveries()
    assert (delivery.event_type, delivery.status) == ("webhook.test", "pending")
    admin.webhooks.replay_delivery(hooks.ReplayWebhookDeliveryParams(delivery_id=delivery.id))
    admin.webhooks.delete(hooks.DeleteWebhookParams(**mine))
    assert admin.webhooks.get() == []
    assert [kept.status for kept in admin.webhooks.deliveries()] == ["failed"]
