"""Which connection a call goes out on."""

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest

from editor.linkedapi import Client, NotSent
from tests.linkedapi import faults

STARTED = b'{"success": true, "result": {"workflowId": "wf-1"}}'


@dataclass
class Who:
    base_url: str
    linked_api_token: str = "linked"
    identification_token: str = "id"


class Service:
    """Answers every start, and counts its connections."""

    def __init__(self):
        self.writers, self.calls = [], 0
        self.free = asyncio.Event()
        self.free.set()

    async def serve(self, reader, writer):
        self.writers.append(writer)
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n[]")
                self.calls += 1
                await self.free.wait()
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(STARTED))
                writer.write(STARTED)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


@asynccontextmanager
async def calling():
    service = Service()
    server = await asyncio.start_server(service.serve, "127.0.0.1")
    who = Who(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        async with Client() as client:
            yield service, lambda: client.start(who, b"[]")
    finally:
        server.close()
        for writer in service.writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


def story(act):
    async def go():
        async with calling() as (service, start):
            await act(service, start)

    asyncio.run(go())


def test_calls_one_after_another_share_a_connection():
    async def act(service, start):
        for _ in range(3):
            await start()
        assert (service.calls, len(service.writers)) == (3, 1)

    story(act)


def test_calls_at_the_same_time_have_one_each_and_leave_them_to_the_next():
    async def act(service, start):
        service.free.clear()
        calls = [asyncio.create_task(start()) for _ in range(5)]
        while service.calls < 5:
            await asyncio.sleep(0)
        service.free.set()
        await asyncio.gather(*calls)
        await asyncio.gather(*(start() for _ in range(5)))
        assert (service.calls, len(service.writers)) == (10, 5)

    story(act)


def test_a_connection_that_the_service_closed_meanwhile_is_not_used():
    async def act(service, start):
        await start()
        service.writers[0].close()
        await service.writers[0].wait_closed()
        await start()
        assert (service.calls, len(service.writers)) == (2, 2)

    story(act)


def test_a_call_that_is_given_up_takes_its_connection_with_it():
    async def act(service, start):
        service.free.clear()
        given_up = asyncio.create_task(start())
        while not service.calls:
            await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        service.free.set()
        assert (await start()).workflow_id == "wf-1"
        assert len(service.writers) == 2

    story(act)


@pytest.fixture
def proxy(monkeypatch):
    with faults.faulty_server(faults.answer(STARTED)) as server:
        monkeypatch.setenv("http_proxy", server.url)
        monkeypatch.delenv("no_proxy", raising=False)
        yield server


def start(who):
    async def go():
        async with Client() as client:
            return await client.start(who, b"[]")

    return asyncio.run(go())


def test_a_proxy_of_the_environment_is_used(proxy):
    start(Who("http://api.example.test"))
    assert proxy.requests[0].startswith(b"POST http://api.example.test/workflows HTTP/1.1")


def test_but_not_for_the_sandbox_on_this_machine(proxy):
    with faults.faulty_server(faults.closes) as gone:
        pass
    with pytest.raises(NotSent):
        start(Who(gone.url))
    assert proxy.requests == []
