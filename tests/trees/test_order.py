"""What moved between two orders, and what did not for certain."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from editor.trees import order


def test_of_two_that_changed_places_neither_stayed_for_certain():
    assert order.stayed("abcd", "acbd") == set("ad")
    assert order.stayed("abcd", "dabc") == set("abc")
    assert order.stayed("abc", "xacy") == set("ac")


@given(st.permutations("abcdef"))
def test_what_stayed_for_certain_moved_in_none_of_the_shortest_ways(after):
    before = "abcdef"
    rising = [
        set(chosen)
        for count in range(len(after) + 1)
        for chosen in combinations(after, count)
        if list(chosen) == sorted(chosen)
    ]
    longest = max(map(len, rising))
    assert len(order.moved(before, after)) == len(before) - longest
    in_all = set.intersection(*(each for each in rising if len(each) == longest))
    assert order.stayed(before, after) == in_all
