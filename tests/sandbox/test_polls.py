"""Reading messages and changes of the network, which follow from what workflows did."""

import pytest

from tests.sandbox.conftest import error

RUI = "https://www.linkedin.com/in/example-rui-falcao"
INES = "https://www.linkedin.com/in/example-ines-quintal"


def sync(person=RUI, namespace="st", **more):
    return {"actionType": f"{namespace}.syncConversation", "personUrl": person, **more}


def send(text, person=RUI, namespace="st"):
    subject = {"subject": "Freight"} if namespace == "nv" else {}
    return {
        "actionType": f"{namespace}.sendMessage", "personUrl": person, "text": text, **subject
    }  # fmt: skip


def texts(messages):
    return [message["text"] for message in messages]


class TestConversations:
    def test_who_was_not_synced_fails_the_whole_call(self, caller):
        caller.run(sync(RUI))
        asked = [{"personUrl": RUI, "type": "st"}, {"personUrl": INES, "type": "st"}]
        answer = caller.ask("POST", "conversations/poll", asked)

        assert error(answer) == (400, "conversationsNotSynced")
        assert INES in answer.content.decode()
        assert RUI not in answer.content.decode()

    def test_the_other_inbox_is_another_conversation(self, caller):
        caller.run(sync(RUI, "nv"))

        assert error(caller.ask("POST", "conversations/poll", [{"personUrl": RUI, "type": "st"}]))
        assert caller.post("conversations/poll", [{"personUrl": RUI, "type": "nv"}])

    def test_history_comes_first_then_what_was_sent(self, caller):
        sent = caller.run([sync(RUI, days=10), send("Hello Rui"), send("Hello Ines", INES)])
        (conversation,) = caller.post("conversations/poll", [{"personUrl": RUI, "type": "st"}])

        assert conversation["syncUntil"] == sent[0]["data"]["syncUntil"]
        times = [message["time"] for message in conversation["messages"]]
        assert times == sorted(times)
        assert "Hello Rui" in texts(conversation["messages"])
        assert "Hello Ines" not in texts(conversation["messages"])
        assert {m["sender"] for m in conversation["messages"]} == {"us", "them"}

    def test_the_same_person_under_another_address_is_the_same_conversation(self, caller):
        page = {"actionType": "st.openPersonPage", "personUrl": RUI, "basicInfo": True}
        hashed = caller.run(page)["data"]["hashedUrl"]
        caller.run(page | {"then": {"actionType": "st.syncConversation"}})

        assert caller.post("conversations/poll", [{"personUrl": hashed, "type": "st"}])

    def test_since_leaves_out_what_is_older(self, caller):
        caller.run([sync(RUI), send("Hello")])
        (whole,) = caller.post("conversations/poll", [{"personUrl": RUI, "type": "st"}])
        since = whole["messages"][-1]["time"]
        (late,) = caller.post(
            "conversations/poll", [{"personUrl": RUI, "type": "st", "since": since}]
        )
        assert late["since"] == since
        assert texts(late["messages"]) == texts(whole["messages"][-1:])


class TestInbox:
    def test_only_what_comes_after_the_sync_is_captured_newest_first(self, caller):
        caller.run(send("before"))
        caller.run({"actionType": "st.syncInbox"})
        caller.run([send("first"), send("second", INES), send("other inbox", namespace="nv")])
        messages = caller.post("inbox/poll", {})["messages"]

        ours = [m["text"] for m in messages if m["sender"] == "us"]
        assert set(ours) == {"first", "second"}
        times = [message["time"] for message in messages]
        assert times == sorted(times, reverse=True)
        assert {m["type"] for m in messages} == {"st"}

    def test_it_can_be_narrowed(self, caller):
        caller.run([{"actionType": "st.syncInbox"}, {"actionType": "nv.syncInbox"}])
        caller.run([send("one"), send("two", INES), send("three", namespace="nv")])
        messages = caller.post("inbox/poll", {})["messages"]
        thread = next(m["threadId"] for m in messages if m["text"] == "one")

        assert {m["type"] for m in caller.post("inbox/poll", {"type": "nv"})["messages"]} == {"nv"}
        narrowed = caller.post("inbox/poll", {"threadId": thread})["messages"]
        assert "one" in texts(narrowed)
        assert not {"two", "three"} & set(texts(narrowed))

    def test_a_reply_goes_into_the_thread_that_was_read(self, caller):
        caller.run({"actionType": "st.syncInbox"})
        caller.run(send("hello"))
        thread = caller.post("inbox/poll", {})["messages"][0]["threadId"]
        caller.run({"actionType": "st.sendMessage", "threadId": thread, "text": "and again"})

        assert "and again" in texts(caller.post("inbox/poll", {"threadId": thread})["messages"])

    def test_one_person_gives_history_and_inbox_together_each_message_once(self, caller):
        caller.run([{"actionType": "st.syncInbox"}, sync(RUI), send("hello")])
        found = caller.post("inbox/poll", {"personUrl": RUI})

        ids = [message["id"] for message in found["messages"]]
        assert len(ids) == len(set(ids))
        by_text = {message["text"]: message for message in found["messages"]}
        assert by_text["hello"]["inboxMessageId"] == by_text["hello"]["id"]
        assert found["messages"][-1]["inboxMessageId"] is None
        (thread,) = found["threads"]
        assert thread["historyFrom"] == found["messages"][-1]["time"]
        assert (thread["type"], thread["historyComplete"]) == ("st", True)

    def test_a_person_who_was_never_synced_is_no_error(self, caller):
        assert caller.post("inbox/poll", {"personUrl": RUI}) == {"messages": [], "threads": []}

    def test_without_a_sync_there_is_nothing(self, caller):
        caller.run(send("hello"))

        assert caller.post("inbox/poll") == {"messages": []}


class TestNetwork:
    def test_accepted_requests_turn_up_after_the_sync(self, caller):
        people = caller.run({"actionType": "st.searchPeople", "limit": 6})["data"]
        invite = [
            {"actionType": "st.sendConnectionRequest", "personUrl": who["publicUrl"]}
            for who in people
        ]
        caller.run(invite)
        assert caller.post("network/poll", {}) == {"events": []}

        caller.run([{"actionType": "st.syncNetwork"}, *invite])
        accept = {
            "actionType": "st.acceptInvitation",
            "invitationType": "connect",
            "personUrl": RUI,
        }
        caller.run(accept)
        found = caller.post("network/poll", {})["events"]

        asked = {who["publicUrl"] for who in people}
        accepted = {e["personUrl"] for e in found if e["type"] == "connectionAccepted"}
        assert accepted
        assert accepted < asked
        assert [e["personUrl"] for e in found if e["type"] == "connectionAdded"] == [RUI]
        only = caller.post("network/poll", {"type": "connectionRequestReceived"})["events"]
        assert [event["type"] for event in only] == ["connectionRequestReceived"]
        assert [e["detectedAt"] for e in found] == sorted(
            (e["detectedAt"] for e in found), reverse=True
        )


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("conversations/poll", {}),
        ("conversations/poll", [{}]),
        ("conversations/poll", [{"personUrl": RUI}]),
        ("conversations/poll", [{"personUrl": RUI, "type": "xx"}]),
        ("conversations/poll", [{"personUrl": RUI, "type": "st", "since": "soon"}]),
        ("conversations/poll", [{"personUrl": RUI, "type": "st"}] * 1001),
        ("inbox/poll", []),
        ("inbox/poll", {"type": "both"}),
        ("inbox/poll", {"threadId": 5}),
        ("network/poll", {"type": "everything"}),
        ("network/poll", {"since": "2026-99-01"}),
    ],
)
def test_a_wrong_question_is_refused(caller, path, body):
    assert error(caller.ask("POST", path, body)) == (400, "invalidRequestPayload")


def test_a_reply_comes_only_when_its_time_has_come(caller):
    """Thirty times as long as the workflow ran: not now, with a delay of an hour behind us."""
    caller.run({"actionType": "st.syncInbox"})
    workflow_id = caller.start([send("hello", RUI), send("hello", INES)])
    row = caller.account.workflows.get(remote_id=workflow_id)
    row.starts_at -= row.ends_at - row.starts_at
    row.starts_at = row.starts_at.replace(year=row.starts_at.year - 1)
    row.save()

    assert {m["sender"] for m in caller.post("inbox/poll")["messages"]} == {"us"}
