"""The keys that an installation makes for itself."""

import stat
from concurrent.futures import ThreadPoolExecutor

from editor.lib.keys import new_secret, read_or_make


def test_a_key_is_made_once_and_is_for_its_owner_only(tmp_path):
    path = tmp_path / "data" / "secret.key"

    first = read_or_make(path, new_secret)

    assert read_or_make(path, new_secret) == first
    assert len(first) > 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret.key"]


def test_starters_at_the_same_moment_agree(tmp_path):
    path = tmp_path / "secret.key"
    with ThreadPoolExecutor(8) as starters:
        keys = set(starters.map(lambda _: read_or_make(path, new_secret), range(32)))
    assert len(keys) == 1
