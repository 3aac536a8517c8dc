"""Parameters per placement: the same action is another form at the root and below a parent."""

import pytest

from editor import catalog
from editor.catalog import schemas

CATALOG = catalog.default()
INES = "https://www.linkedin.com/in/example-ines-quintal"
POST = "https://www.linkedin.com/feed/update/urn:li:activity:7000000000000000001"


def fits(action_type, placement, params):
    return schemas.validator(CATALOG, action_type, placement).is_valid(params)


GOOD = [
    ("st.openPersonPage", "root", {"personUrl": INES, "basicInfo": True}),
    ("st.openPersonPage", "child", {"basicInfo": True}),
    ("st.openPersonPage", "root", {"personUrl": "https://pt.linkedin.com/in/rui?trk=x"}),
    ("st.openPersonPage", "root", {"personUrl": INES, "somethingNew": {"kept": True}}),
    ("st.openPost", "root", {"postUrn": "urn:li:activity:7000000000000000001"}),
    ("st.commentOnPost", "child", {"text": "Well said.", "postUrl": POST}),  # only inferred
    ("st.acceptInvitation", "root", {"invitationType": "connect", "personUrl": INES}),
    ("st.searchPosts", "root", {"term": "rail", "filter": {"fromMembers": ["Oda", {"name": "R"}]}}),
    ("st.searchJobs", "root", {"filter": {"datePosted": "pastWeek", "easyApply": True}}),
    ("nv.searchPeople", "root", {"filter": {"yearsOfExperience": ["oneToTwo"]}}),
    ("st.retrieveProfileViewers", "root", {"since": "2026-11-01"}),
    ("st.retrieveProfileViewers", "root", {"since": "2026-11-01T08:00:00.000+01:00"}),
]
BAD = [
    ("st.openPersonPage", "root", {}),
    ("st.openPersonPage", "child", {"personUrl": INES}),
    ("st.openPersonPage", "root", {"personUrl": "https://www.linkedin.com/company/x"}),
    ("st.openPersonPage", "root", {"personUrl": "javascript:alert(1)//linkedin.com/in/x"}),
    ("st.openPersonPage", "root", {"personUrl": INES, "basicInfo": "yes"}),
    ("st.openPost", "root", {"basicInfo": True}),
    ("st.openPost", "child", {"postUrl": POST}),
    ("st.searchPeople", "root", {"limit": 0}),
    ("st.searchPeople", "root", {"limit": 1001}),
    ("st.searchPeople", "root", {"limit": 2.5}),
    ("st.searchPeople", "root", {"filter": {"connectionDegrees": ["4th"]}}),
    ("st.searchPeople", "root", {"filter": {"locations": "Lisbon"}}),
    ("st.sendMessage", "root", {"personUrl": INES, "text": ""}),
    ("st.sendMessage", "root", {"personUrl": INES, "text": "x" * 1901}),
    ("st.sendConnectionRequest", "child", {"note": "x" * 301}),
    ("st.acceptInvitation", "root", {"invitationType": "companyFollow", "personUrl": INES}),
    ("st.acceptInvitation", "root", {"invitationType": "connect", "personUrl": INES,
                                     "companyUrl": "https://www.linkedin.com/company/x"}),
    ("st.retrieveConnections", "root", {"since": "2026-11-01", "filter": {"firstName": "Rui"}}),
    ("st.retrieveProfileViewers", "root", {"since": "last week"}),
    ("st.retrieveProfileViewers", "root", {"since": "2026-13-01"}),
    ("st.searchPosts", "root", {"limit": 5}),
    ("st.searchJobs", "root", {"filter": {}, "preferences": {}}),
    ("st.createPost", "root", {"text": "Hi @[a]", "mentions": [{"key": "a"}]}),
    ("st.createPost", "root", {"text": "Hi", "attachments": [
        {"url": "https://f.example/a.png", "type": "image"},
        {"url": "https://f.example/a.pdf", "type": "document", "name": "A"}]}),
    ("st.createPost", "root", {"text": "Hi", "attachments": [
        {"url": "https://f.example/a.pdf", "type": "document"}]}),
    ("st.createPost", "root", {"text": "Hi @[a]", "mentions": [
        {"key": "a", "name": "Oda", "urn": "urn:li:member:1",
         "personHashedUrl": "https://www.linkedin.com/in/ACoAA"}]}),
]  # fmt: skip


@pytest.mark.parametrize(("action_type", "placement", "params"), GOOD)
def test_what_the_sources_allow_passes(action_type, placement, params):
    assert fits(action_type, placement, params)


@pytest.mark.parametrize(("action_type", "placement", "params"), BAD)
def test_what_every_source_forbids_fails(action_type, placement, params):
    assert not fits(action_type, placement, params)


def test_nine_images_pass_and_a_second_video_does_not():
    def attach(kind, count):
        files = [{"url": f"https://f.example/{n}", "type": kind} for n in range(count)]
        return {"text": "Look", "attachments": files}

    assert fits("st.createPost", "root", attach("image", 9))
    assert not fits("st.createPost", "root", attach("image", 10))
    assert fits("st.createPost", "root", attach("video", 1))
    assert not fits("st.createPost", "root", attach("video", 2))
