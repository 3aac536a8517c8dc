"""Documentation is part of done: every setting, package and vendored library stands in docs/."""

import ast
import re
import tomllib
from pathlib import Path

from editor import catalog

ROOT = Path(__file__).resolve().parent.parent.parent


def first_cells(page: str) -> set[str]:
    """What stands in backticks at the start of each table row of docs/<page>."""
    return set(re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs" / page).read_text(), re.MULTILINE))


def test_every_setting_is_explained_and_every_explained_one_is_read():
    tree = ast.parse((ROOT / "editor/settings.py").read_text())
    read = {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and call.args
    }
    assert len(read) > 15
    assert read == first_cells("configuration.md")


def reads_the_environment(path: Path) -> bool:
    """Whether the code, not a text in it, names os.environ or os.getenv."""
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in {("os", "environ"), ("os", "getenv")}
        for node in ast.walk(ast.parse(path.read_text()))
    )


def test_only_the_settings_file_reads_the_environment():
    readers = {
        str(path.relative_to(ROOT))
        for folder in ("editor", "accounts")
        for path in (ROOT / folder).rglob("*.py")
        if reads_the_environment(path)
    }
    assert readers == {"editor/wsgi.py"}  # which tells Django where the settings are


def test_every_direct_dependency_says_why():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = {re.match(r"[a-z0-9-]+", line).group() for line in wanted}

    assert names == {name for name in first_cells("dependencies.md") if not vendored().get(name)}


def vendored() -> dict[str, str]:
    """Name and version of each folder of vendored files."""
    folders = [*(ROOT / "static/vendor").iterdir(), *(ROOT / "tests/vendor").iterdir()]
    return dict(path.name.rsplit("-", 1) for path in folders if path.is_dir())


def test_every_vendored_library_is_named_with_its_version_and_licence():
    page = (ROOT / "docs/dependencies.md").read_text()
    assert vendored()
    for name, version in vendored().items():
        assert f"| `{name}` | {version} |" in page
        assert list(ROOT.glob(f"*/vendor/{name}-{version}/LICENSE*"))


def test_the_icons_are_of_the_version_in_the_docs():
    drawn_with = re.search(r"lucide-static@([\d.]+)", (ROOT / "tools/icons").read_text()).group(1)
    assert f"| Lucide | {drawn_with} |" in (ROOT / "docs/dependencies.md").read_text()


def test_every_icon_that_a_page_or_an_action_names_is_drawn():
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/icons.svg").read_text()))
    pages = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    named = set(re.findall(r'\{% icon "([^"]+)"', pages))
    assert len(named) > 50
    assert named - drawn == set()
    assert {action.icon for action in catalog.default().actions.values()} - drawn == set()


def test_every_icon_that_is_drawn_is_named_somewhere():
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/icons.svg").read_text()))
    named: set[str] = set()
    for folder in ("templates", "static/js", "editor", "accounts"):
        for path in (ROOT / folder).rglob("*.*"):
            if path.suffix in {".html", ".js", ".py", ".json"}:
                named |= set(re.findall(r"[a-z0-9-]+", path.read_text(encoding="utf-8")))
    assert drawn - named == set()


def test_locks_name_no_index_and_pin_every_package_with_hashes():
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text()
        assert "://" not in text
        assert "--index" not in text
        pins = re.findall(r"^([a-zA-Z0-9._-]+)==\S+(.*?)(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
        assert len(pins) > 20
        assert [name for name, rest in pins if "--hash=sha256:" not in rest] == []
