"""An answer as of an instant cites each fact with the day on which it was public: the document that tells of it may be later."""

from __future__ import annotations

from impact.cases.supply import supply_of_case


def test_a_document_later_than_the_instant_is_cited_with_the_day_of_its_fact():
    sources = [str(source) for source in supply_of_case("rusal", "2018-04-10T12:00-04:00").sources]
    assert sources[0].startswith("Cleary 2018-04-23") and sources[0].endswith(", of a fact public on 2018-04-06")
    assert not any("of a fact public" in str(source) for source in supply_of_case("rusal").sources)


def test_no_fact_that_is_cited_was_public_after_the_instant():
    for name, as_of in (("hesai", "2024-02-02T18:00-05:00"), ("sensetime", "2021-12-14T18:00-05:00"), ("cnooc", "2021-02-01T12:00-05:00")):
        days = [source.known_on for source in supply_of_case(name, as_of).sources if source.known_on]
        assert days and max(days) <= as_of[:10]
