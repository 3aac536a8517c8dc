"""compose.yaml and the Dockerfile name what there is: settings, commands, files. No container is started here."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from editor.lib.keys import new_encryption_key
from tests.tables.test_docs import first_cells
from tests.wiring.test_settings import python

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = {name: one for name, one in COMPOSE["services"].items() if one["image"] == "trellis"}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
YOURS = {
    "PUBLIC_HOST": "trellis.example.com",
    "DATABASE_PASSWORD": "pass",
    "SECRET_KEY": "s" * 60 + "ecret",
    "ENCRYPTION_KEYS": new_encryption_key(),
}


def filled(text):
    """A value as compose fills it in from `.env`."""
    return re.sub(
        r"\$\{(\w+)(?::([?-])([^}]*))?\}",
        lambda found: YOURS.get(found[1], found[3] if found[2] == "-" else ""),
        text,
    )


def test_it_runs_web_and_workers_on_postgresql():
    assert set(OURS) == {"prepare", "web", "worker"}
    assert OURS["web"]["deploy"]["replicas"] > 1
    assert OURS["worker"]["deploy"]["replicas"] > 1


@pytest.mark.parametrize("name", OURS)
def test_every_setting_is_one_and_every_command_too(name):
    service = OURS[name]
    assert set(service["environment"]) <= first_cells("configuration.md")
    commands = re.findall(r"manage\.py[ ,]+(\w+)", " ".join(service["command"]))
    assert commands
    assert set(commands) <= set(get_commands())


def test_the_settings_go_together_and_django_finds_nothing_wrong():
    environment = {name: filled(value) for name, value in OURS["web"]["environment"].items()}
    answer = python("manage.py", "check", "--deploy", "--fail-level", "WARNING", **environment)
    assert answer.returncode == 0, answer.stderr


def test_who_depends_on_whom_is_there_and_tells_when_it_is_ready():
    for service in COMPOSE["services"].values():
        for other, when in service.get("depends_on", {}).items():
            told = COMPOSE["services"][other]
            if when["condition"] == "service_healthy":
                assert told["healthcheck"]["test"]
        for volume in service.get("volumes", []):
            name = volume.split(":")[0]
            assert name in COMPOSE["volumes"] or (name.startswith("./") and (ROOT / name).is_file())


def test_the_proxy_hands_on_to_the_web_servers_and_keeps_the_sandbox_inside():
    assert "./Caddyfile:/etc/caddy/Caddyfile:ro" in COMPOSE["services"]["proxy"]["volumes"]
    proxy = (ROOT / "Caddyfile").read_text()
    assert "{$PUBLIC_HOST} {" in proxy
    assert "dynamic a web 8000" in proxy
    assert "respond /sandbox/* 404" in proxy


def test_the_health_check_asks_for_a_page_that_is_there(live_server):
    for check in (
        OURS["web"]["healthcheck"]["test"][-1],
        re.search(r'"(from urllib.*?)"\]', DOCKERFILE)[1],
    ):
        assert "http://127.0.0.1:8000/healthz" in check
        check = check.replace("http://127.0.0.1:8000", live_server.url).replace(
            "timeout=2", "timeout=60"
        )
        subprocess.run([sys.executable, "-c", check], check=True)


def test_the_image_has_what_the_lock_pins_and_no_root():
    assert "--require-hashes -r requirements.lock" in DOCKERFILE
    assert DOCKERFILE.index("\nUSER trellis") > DOCKERFILE.rindex("\nRUN ")
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line[0] == "!"}
    for line in re.findall(r"^COPY (?!--)(.*)$", DOCKERFILE, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists()
            assert source in let_in
