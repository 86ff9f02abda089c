"""A list of live objects that many look into."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from litellm_resources.listing import Listing


@dataclass(frozen=True)
class Row:
    owner: str


def owner_of(row: Row) -> str:
    return row.owner


IDS, OWNERS = st.sampled_from("abcde"), st.sampled_from("xyz")
CHANGES = st.lists(st.tuples(IDS, st.none() | OWNERS))


@given(st.dictionaries(IDS, OWNERS), CHANGES)
def test_what_has_a_trait_is_what_going_through_all_would_find_after_any_changes(
    first: dict[str, str], changes: list[tuple[str, str | None]]
) -> None:
    plain = {row_id: Row(owner) for row_id, owner in first.items()}
    listing = Listing(plain)
    for row_id, owner in changes:
        for wanted in "xyz":
            assert listing.having(owner_of, wanted) == [row for row in plain.values() if row.owner == wanted]
        plain.pop(row_id, None)
        listing.drop(row_id)
        if owner is not None:
            plain[row_id] = Row(owner)
            listing.put(row_id, Row(owner))
    assert dict(listing) == plain
    for wanted in "xyz":
        assert sorted(map(id, listing.having(owner_of, wanted))) == sorted(
            map(id, (row for row in listing.values() if row.owner == wanted))
        )


def test_what_is_gone_through_may_be_changed_meanwhile() -> None:
    listing = Listing({"a": Row("x"), "b": Row("x")})
    for row in listing.having(owner_of, "x"):
        listing.put(row.owner, Row("y"))
    for row_id in listing:
        listing.drop(row_id)
    assert list(listing.values()) == []
