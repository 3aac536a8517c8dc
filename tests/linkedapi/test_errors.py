"""Did it arrive? Every way in which a call can break has an answer to that."""

import asyncio
import inspect
from dataclasses import dataclass

import httpx
import pytest

from editor.linkedapi import AnswerTooLarge, Client, NotSent, OutcomeUnknown, Refused, errors
from tests.linkedapi import faults

NEVER_RAISED_HERE = {
    httpx.HTTPStatusError,  # only by raise_for_status, which we do not call
}


@dataclass
class Who:
    base_url: str
    linked_api_token: str = "linked_secret_token"
    identification_token: str = "id_secret_token"


def leaves(kind):
    below = kind.__subclasses__()
    return {leaf for sub in below for leaf in leaves(sub)} if below else {kind}


def test_every_exception_of_httpx_is_mapped():
    known = set(errors.NOT_SENT) | set(errors.UNKNOWN)
    assert leaves(httpx.HTTPError) | {httpx.InvalidURL} == known | NEVER_RAISED_HERE
    assert not set(errors.NOT_SENT) & set(errors.UNKNOWN)
    public = {kind for _, kind in inspect.getmembers(httpx, inspect.isclass)}
    assert known <= public


@pytest.mark.parametrize("kind", sorted(errors.NOT_SENT | errors.UNKNOWN, key=lambda k: k.__name__))
def test_an_httpx_error_becomes_ours_without_its_text(kind):
    ours = errors.from_httpx(kind("Illegal header value b'linked_secret_token'"))
    assert isinstance(ours, NotSent if kind in errors.NOT_SENT else OutcomeUnknown)
    assert "secret" not in str(ours)


def start(who, **limits):
    async def go():
        async with Client(**limits) as client:
            return await client.start(who, b'{"actionType": "st.retrieveSSI"}')

    return asyncio.run(go())


def error_of(who, **limits):
    with pytest.raises(errors.LinkedApiError) as caught:
        start(who, **limits)
    text = f"{caught.value!r} {caught.value}"
    assert "secret" not in text, "a token shows"
    return caught.value


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(faults.closes, id="closes without an answer"),
        pytest.param(faults.resets, id="breaks the connection"),
        pytest.param(faults.says(b"HTTP/1.1 200 OK\r\ncontent-le"), id="half a head"),
        pytest.param(
            faults.says(b'HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{"success": tr'),
            id="half a body",
        ),
        pytest.param(faults.says(b"220 mail.example ESMTP\r\n"), id="another protocol"),
        pytest.param(faults.answer(b"<html>502</html>", "502 Bad Gateway"), id="a proxy's 502"),
        pytest.param(
            faults.answer(b"garbage", headers="content-encoding: gzip\r\n"), id="not gzip"
        ),
        pytest.param(faults.answer(b'{"success": true}'), id="no workflow id"),
        pytest.param(faults.answer(b"", "302 Found", "location: /elsewhere\r\n"), id="a redirect"),
    ],
)
def test_a_start_that_left_and_got_no_clear_answer_is_unknown(script):
    with faults.faulty_server(script) as server:
        assert type(error_of(Who(server.url))) is OutcomeUnknown
    assert len(server.requests) == 1, "sent once, and not again"


def test_silence_is_unknown():
    with faults.faulty_server(faults.is_silent) as server:
        assert type(error_of(Who(server.url), silence=0.05)) is OutcomeUnknown
    assert len(server.requests) == 1


def test_an_answer_that_drips_is_ended():
    with faults.faulty_server(faults.drips) as server:
        error = error_of(Who(server.url), total=0.2)
    assert isinstance(error, OutcomeUnknown)


def test_an_answer_without_end_is_not_read_to_the_end():
    big = b"HTTP/1.1 200 OK\r\n\r\n" + b" " * (3 * 1024 * 1024)
    with faults.faulty_server(faults.says(big)) as server:
        assert type(error_of(Who(server.url))) is AnswerTooLarge


def test_nobody_there_means_not_sent():
    with faults.faulty_server(faults.closes) as server:
        gone = server.url
    assert type(error_of(Who(gone))) is NotSent


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "127.0.0.1:80", "http://[::", "http://"])
def test_an_address_that_is_none_means_not_sent(url):
    assert type(error_of(Who(url))) is NotSent


@pytest.mark.parametrize("token", ["secret\r\nx: y", "secret\x00", "secrét", "secret\n"])
def test_a_token_that_cannot_be_one_means_not_sent(token):
    with faults.faulty_server(faults.closes) as server:
        assert type(error_of(Who(server.url, token))) is NotSent
    assert server.requests == []


def test_a_refusal_that_quotes_a_token_does_not_show_it():
    body = b'{"success": false, "error": {"type": "invalidLinkedApiToken", "message": "linked_secret_token?"}}'
    with faults.faulty_server(faults.answer(body, "401 Unauthorized")) as server:
        error = error_of(Who(server.url))
    assert (type(error), error.message) == (Refused, "[token]?")


def test_the_request_carries_both_tokens_and_exactly_the_given_bytes():
    with faults.faulty_server(
        faults.answer(b'{"success":true,"result":{"workflowId":"wf-1"}}')
    ) as server:
        assert start(Who(server.url)).workflow_id == "wf-1"
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    assert lines[0] == b"post /workflows http/1.1"
    assert {
        b"linked-api-token: linked_secret_token",
        b"identification-token: id_secret_token",
        b"content-type: application/json",
    } <= set(lines)
    assert body == b'{"actionType": "st.retrieveSSI"}'


def test_a_cookie_of_one_call_does_not_go_out_with_the_next():
    body = b'{"success":true,"result":{"workflowId":"wf-1"}}'
    cookie = "set-cookie: session=of-another-account\r\n"

    async def twice(who):
        async with Client() as client:
            for _ in range(2):
                await client.start(who, b"[]")

    with faults.faulty_server(faults.answer(body, headers=cookie)) as server:
        asyncio.run(twice(Who(server.url)))
    assert len(server.requests) == 2
    assert b"of-another-account" not in server.requests[1]
