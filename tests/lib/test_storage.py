"""What browsers get: every file under a hashed name, every import pointing at one."""

import re

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

HASHED = re.compile(r"\.[0-9a-f]{12}\.(js|css|svg)$")
IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}/[^"']+)["']""")


@pytest.fixture
def collected(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "editor.lib.storage.HashedStaticFiles"}
    }
    staticfiles_storage._setup()
    call_command("collectstatic", interactive=False, verbosity=0)
    yield tmp_path
    staticfiles_storage._setup()


def test_every_import_of_a_served_module_is_a_hashed_file_that_exists(collected):
    modules = [path for path in (collected / "js").rglob("*.js") if HASHED.search(path.name)]
    assert len(modules) > 10

    imports = [
        (path, (path.parent / target).resolve())
        for path in modules
        for target in IMPORT.findall(path.read_text())
    ]
    assert len(imports) > 10
    assert [
        f"{path.relative_to(collected)} imports {target.name}"
        for path, target in imports
        if not HASHED.search(target.name) or not target.exists()
    ] == []


def test_files_are_compressed_once_not_at_each_request(collected):
    assert list((collected / "css").glob("*.css.gz"))


@pytest.mark.django_db  # the end of a request closes connections that are too old
def test_a_file_says_no_more_about_itself_than_it_has_to(collected, client):
    """A cold page of the editor asks for dozens: every header counts as often."""
    answer = client.get("/static/css/tokens.css")
    answer.close()

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers.keys().isdisjoint(
        {"Access-Control-Allow-Origin", "Cross-Origin-Opener-Policy", "Referrer-Policy"}
    )
