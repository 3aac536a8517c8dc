"""Pages go compressed; the sandbox's answers as they are."""

import gzip

GZIP = {"HTTP_ACCEPT_ENCODING": "gzip"}


def test_a_page_goes_compressed(bob):
    plain = bob.get("/actions")
    packed = bob.get("/actions", **GZIP)
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 4
    assert b"Open person page" in gzip.decompress(packed.content)


def test_two_answers_differ_in_length_by_chance(bob):
    assert len({len(bob.get("/actions", **GZIP).content) for _ in range(20)}) > 5


def test_the_sandbox_answers_byte_for_byte(client, db):
    assert "Content-Encoding" not in client.get("/sandbox/", **GZIP)


def test_what_may_stand_where_is_not_sent_twice(bob):
    address = f"/t/{bob.team.slug}/workflows/table.json"
    first = bob.get(address, **GZIP)
    again = bob.get(address, **GZIP, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (first.status_code, again.status_code) == (200, 304)
