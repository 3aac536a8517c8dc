"""What was read before is read the same again, by the catalogue of that moment, and never without a bound."""

import json

import pytest

from editor import catalog
from editor.sandbox import reading
from editor.sandbox.errors import ApiError

POST = {"actionType": "st.openPost", "postUrl": "https://www.linkedin.com/posts/example-1"}
BODY = json.dumps(POST).encode()


def refusal(body: bytes) -> str:
    with pytest.raises(ApiError) as caught:
        reading.read(body)
    return f"{caught.value.type}: {caught.value.message}"


def test_the_same_body_gives_the_same_workflow():
    first, marked = reading.read(BODY), reading.read(b"\xef\xbb\xbf" + BODY)
    assert [node.type for node in first.roots] == ["st.openPost"]
    assert reading.read(BODY) == first == marked == reading.tree_of(BODY)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff", b'{"actionType": "st.openPost"}', b'{"actionType": 1}']
)
def test_a_wrong_body_is_refused_every_time(body):
    assert refusal(body) == refusal(body)


def test_a_body_that_was_good_is_judged_anew_by_another_catalogue(tmp_path):
    body = json.dumps(
        {**POST, "then": {"actionType": "st.retrievePostComments", "limit": 9}}
    ).encode()
    stricter = tmp_path / "catalog.json"
    limit = {"name": "limit", "title": "Limit", "help": "", "kind": "integer", "maximum": 5}
    fewer = {"type": "st.retrievePostComments", "parameters": [limit]}
    stricter.write_text(json.dumps({"actions": [fewer]}))
    reading.read(body)
    try:
        catalog.configure(stricter)
        assert refusal(body).startswith("invalidWorkflow: /then/limit: ")
        assert len(reading.tree_of(body)) == 2, "it was good when it came: it runs"
    finally:
        catalog.configure(None)
    reading.read(body)


def test_long_bodies_are_not_kept():
    long = json.dumps({**POST, "label": "x" * reading.LONGEST_KEPT}).encode()
    kept = reading._tree.cache_info().currsize, reading._check.cache_info().currsize
    assert reading.read(long) == reading.read(long) == reading.tree_of(long)
    assert kept == (reading._tree.cache_info().currsize, reading._check.cache_info().currsize)
