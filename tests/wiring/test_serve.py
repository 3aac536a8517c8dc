"""`manage.py serve --demo`, as `make run` starts it: one real start, one sign-in, one clean end."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def environment(tmp_path):
    """A data folder of its own, a free port, and files straight from static/."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(tmp_path),
        "PORT": str(port),
        "DEBUG": "1",
        "SANDBOX_DELAY": "0",
    }


@pytest.fixture
def start(environment):
    """Starts `serve`; whatever is still running at the end is ended."""
    started = []

    def serve(*how):
        started.append(
            subprocess.Popen(
                [sys.executable, "manage.py", "serve", *how],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return started[-1]

    yield serve
    for process in started:
        process.terminate()
        process.communicate(timeout=60)


def lines_until_ready(process):
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Trellis is ready: "):
            return lines
    pytest.fail("serve ended before it was ready:\n" + "".join(lines))


def children_of(pid):
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(child) for child in found.stdout.split()]


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def read(environment, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{environment['PORT']}{path}") as answer:
        return answer.read().decode()


def test_starts_seeds_serves_and_ends_cleanly(start, environment):
    server = start("--demo")
    said = lines_until_ready(server)
    address = f"http://127.0.0.1:{environment['PORT']}/"
    assert said[-1] == f"Trellis is ready: {address}  (demo@example.com / trellis)\n"

    assert json.loads(read(environment, "/readyz"))["ready"] is True
    assert re.search(r"<h1>\s*Sign in", read(environment, "/accounts/login/"))

    children = children_of(server.pid)
    assert len(children) == 2
    server.send_signal(signal.SIGINT)
    assert server.wait(60) == 0
    assert [child for child in children if is_alive(child)] == []

    again = start("--demo")
    assert not any("Made the demo team" in line for line in lines_until_ready(again))


def test_without_anybody_it_says_where_the_first_account_is_made(start, environment):
    server = start()
    address = f"http://127.0.0.1:{environment['PORT']}"
    assert lines_until_ready(server)[-1] == f"Trellis is ready: {address}/\n"
    said = server.stdout.readline()
    assert said == f"Nobody has an account yet: sign up at {address}/accounts/signup/\n"
    assert re.search(r"<h1>\s*Sign up", read(environment, "/accounts/signup/"))


def test_a_child_that_ends_ends_the_rest(start):
    server = start("--demo")
    lines_until_ready(server)

    web, worker = children_of(server.pid)
    os.kill(worker, signal.SIGKILL)

    assert server.wait(60) == 1
    assert not is_alive(web)


def test_a_taken_port_says_how_to_pick_another(start, environment):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(environment["PORT"])))
        taken.listen()
        server = start("--demo")
        said, _ = server.communicate(timeout=60)

    assert server.returncode == 1
    assert f"PORT={int(environment['PORT']) + 1} make run" in said
