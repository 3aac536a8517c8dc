"""The invented world: the same question always has the same answer, and the answers fit together."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor.sandbox import content, dice, world

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_the_same_address_is_always_the_same_person():
    url = "https://www.linkedin.com/in/example-ines-quintal"
    world.person.cache_clear()
    once = world.person_at(url)
    world.person.cache_clear()

    assert world.person_at(url) == once == world.person_at(url + "/?x=1")
    assert once["name"] == "Ines Quintal"


@pytest.mark.parametrize("slug", world.PEOPLE[::97])
def test_a_person_is_the_same_under_the_public_and_the_id_based_address(slug):
    person = world.person(slug)

    assert world.person_at(person["publicUrl"]) == person
    assert world.person_at(person["hashedUrl"]) == person
    assert person["companyName"] in person["headline"]
    assert world.company_at(person["companyHashedUrl"])["name"] == person["companyName"]


@pytest.mark.parametrize("slug", world.COMPANIES[::17])
def test_so_is_a_company_and_its_staff_works_there(slug):
    company = world.company(slug)

    assert world.company_at(company["publicUrl"]) == company
    assert world.company_at(company["hashedUrl"]) == company
    staff = world.employees(company, {}, 10)
    assert [world.person_at(who["publicUrl"]) for who in staff] == staff
    assert {who["companyName"] for who in staff} == {company["name"]}


def test_every_invented_name_and_number_is_somebody_elses():
    assert len({world.person(slug)["urn"] for slug in world.PEOPLE}) == len(world.PEOPLE)
    assert len({world.company(slug)["hashedUrl"] for slug in world.COMPANIES}) == len(
        world.COMPANIES
    )


@given(st.text(max_size=80))
def test_any_text_leads_to_somebody(text):
    for kind in ("in", "sales/people", "company", "sales/company"):
        url = f"https://www.linkedin.com/{kind}/{text}"
        assert world.person_at(url)["name"]
        assert world.company_at(url)["name"]
    assert content.post_at(text)["url"]
    assert content.job_at(text)["title"]
    assert content.person_in_thread(text)["name"]


def test_a_search_finds_the_same_people_each_time_and_others_for_other_words():
    def names(**criteria):
        return [who["name"] for who in world.people(criteria, 10)]

    assert names(term="freight") == names(term="freight")
    assert names(term="freight") != names(term="batteries")
    assert len(set(names(term="freight"))) == 10


def test_a_filter_is_honoured_where_somebody_fits():
    wanted = {"locations": ["Norway"], "position": "engineer", "connectionDegrees": ["2nd"]}
    found = world.people({"filter": wanted}, 5)

    assert found
    for who in found:
        assert "Norway" in who["location"]
        assert "Engineer" in who["position"]
        assert who["viewerState"]["connectionDegree"] == "2nd"


def test_a_wish_that_nobody_fulfils_is_dropped():
    wanted = {"locations": ["Norway"], "position": "Lighthouse keeper"}

    assert all("Norway" in who["location"] for who in world.people({"filter": wanted}, 5))


def test_companies_are_filtered_by_size_place_and_industry():
    wanted = {"sizes": ["11-50"], "industries": ["Maritime Transportation"]}
    for company in world.companies({"filter": wanted}, 3):
        assert 11 <= company["employeesCount"] <= 50
        assert company["industry"] == "Maritime Transportation"


def test_a_post_is_the_same_wherever_it_turns_up():
    author = world.person("example-rui-falcao")
    for post in content.posts_of(author, NOW, 20):
        assert content.post_at(post["url"]) == content.post_at(post["activityUrn"]) == post
        assert author["name"] in ((post["reposter"] or post["author"])["name"],)


def test_posts_are_newest_first_and_stay_all_day():
    author = world.company("example-brisa-cargo")
    posts = content.posts_of(author, NOW, 5)
    times = [post["time"] for post in posts]

    assert times == sorted(times, reverse=True)
    assert content.posts_of(author, NOW + timedelta(hours=11), 5) == posts
    since = content.posts_of(author, NOW, 5, times[2])
    assert since == posts[:3]


def test_a_post_number_says_when_it_was_written():
    assert content.post(7000000000000000001)["time"].startswith("2022-11-20")


def test_a_post_has_no_more_comments_and_reactions_than_it_says():
    post = content.post(7000000000000000001)

    assert len(content.comments_on(post, 500, with_replies=True)) == post["commentsCount"]
    assert len(content.reactions_on(post, 1000)) == post["reactionsCount"]
    assert not any(c["isReply"] for c in content.comments_on(post, 500, with_replies=False))


def test_nothing_invented_leads_to_a_real_profile():
    for slug in (*world.PEOPLE, *world.COMPANIES):
        assert slug.startswith("example-")


@given(st.integers(1, 5000), st.text())
def test_a_roll_stays_within_its_sides(sides, about):
    assert 0 <= dice.roll(sides, about) < sides
    assert dice.roll(sides, about) == dice.roll(sides, about)


@given(st.lists(st.integers(), unique=True, min_size=1, max_size=200), st.text())
def test_a_shuffle_holds_everything_once(choices, about):
    assert sorted(dice.shuffled(choices, about)) == sorted(choices)
