"""Events of a user: none trains before it happened, none twice, none in percent, and what is left out says why."""

import pandas as pd
import pytest

from impact.errors import InputError
from impact.pricing import announcement_shock, event_library
from impact.pricing.event_files import library_with_files
from impact.pricing.event_schema import EVENT_TABLES
from impact.pricing.library import EventLibrary


def with_own(rows: list[dict], library: EventLibrary | None = None, **numbers: str) -> EventLibrary:
    """The shipped library and first bars offshore, each with the cells given."""
    plain = {
        "list_id": "other", "action": "first_listing", "line_type": "offshore_hk", "bars_holding": "true", "first_for_issuer": "true",
        "first_bar": "true", "name_level": "self", "security": "0001.HK", "first_public_at": "2026-07-01", "status": "ok", "car_0_1": "-0.03",
        "se_0_1": "0.03",
    }  # fmt: skip
    own = pd.DataFrame([plain | numbers | {"event_id": f"own{place}"} | row for place, row in enumerate(rows)])
    return (library or event_library()).with_events(own, own)


def own_rows(library: EventLibrary) -> pd.DataFrame:
    rows = library.designations
    return rows[rows["event_id"].str.startswith("own")].set_index("event_id")


def test_an_event_without_a_session_is_not_known_before_it_happened():
    days = ("2026-07-01", "2026-08-03", "2026-09-01")
    library = with_own([{"security": f"{place}001.HK", "first_public_at": day} for place, day in enumerate(days, 1)])
    asked = {"sigma": 0.02, "library": library}
    early = announcement_shock("first_bar_offshore", as_of="2026-07-15T00:00Z", **asked)
    late = announcement_shock("first_bar_offshore", **asked)
    assert (early.n_events, early.n_dates) == (9, 4)  # eight that ship, on three dates, and that of July
    assert (late.n_events, late.n_dates) == (11, 6)


def test_sessions_come_from_the_calendar_of_the_venue():
    library = with_own([{"first_public_at": "2026-07-10"}, {"first_public_at": "2026-09-01"}])  # the first is a Friday
    rows = own_rows(library)
    assert list(rows["first_session"]) == [pd.Timestamp("2026-07-13"), pd.Timestamp("2026-09-02")]
    assert rows["primary_sample"].tolist() == [True, True]
    assert "2 events of the user without a first session take the first of their venue" in library.assumptions[-1]


def test_a_session_that_no_calendar_tells_is_asked_for():
    with pytest.raises(InputError, match="status ok has first_session"):
        with_own([{"security": "KIB.KW", "line_type": "other"}])
    assert own_rows(with_own([{"security": "KIB.KW", "line_type": "other", "first_session": "2026-07-02"}]))["primary_sample"].all()


def test_a_copy_of_an_event_trains_once_and_says_so():
    shipped = event_library()
    copy = {"security": "1810.HK", "first_public_at": "2021-01-14"}
    library = with_own(
        [copy, {"first_public_at": "2026-07-02", "name_level": "parent"}, {"status": "no_price", "car_0_1": "", "se_0_1": ""}]
    )
    assert len(library.announcement_sample()) == len(shipped.announcement_sample())
    assert own_rows(library)["reason"].tolist() == [
        "the sample holds this line on this session already", "its parent alone was named", "status no_price: no return",
    ]  # fmt: skip
    note = library.assumptions[-1]
    assert "3 events of the user stand beside the shipped ones; 0 train the forecast of listings" in note
    assert "1: the sample holds this line on this session already" in note
    both = own_rows(with_own([copy | {"security": "2382.HK"}, copy | {"security": "2382.HK"}]))
    assert both["primary_sample"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({"car_0_1": "-8.5"}, r"car_0_1 is a decimal return.*car_0_1='-8.5'"),
        ({"car_0_1": "0.99"}, "car_0_1 is a decimal return"),
        ({"car_0_0": "-3"}, "car_0_0 is a decimal return"),
        *(({"se_0_1": value}, "se_0_1 is a decimal above 0 and below 0.5") for value in ("0", "-0.02", "2")),
        ({"sigma": "2"}, "sigma is a decimal above 0 and below 0.5"),
        ({"security": ""}, "security is given"),
        ({"security": " "}, "security is given"),
        ({"first_public_at": ""}, "first_public_at is an ISO day"),
        ({"first_public_at": None}, "first_public_at is an ISO day"),
        ({"first_public_at": "2026-07-01T25:61-04:00"}, "first_public_at is an ISO day"),
        ({"security": "600000.SS"}, "line_type agrees with the ending"),
        ({"line_type": "a_share"}, "line_type agrees with the ending"),
        ({"line_type": "adr"}, "line_type agrees with the ending"),
        ({"security": "BABA"}, "line_type agrees with the ending"),
        ({"first_public_at": "1900-01-04"}, "first_public_at lies from 1995"),
        ({"first_public_at": "2099-01-05"}, "first_public_at lies from 1995"),
        ({"first_session": "2099-01-05"}, "first_session lies from 1995"),
        ({"first_session": "2026-06-01"}, "first_session is not before the first public day"),
        ({"first_public_at": "2026-07-01T12:00-04:00", "first_session": "2026-06-29"}, "first_session is not before the first public day"),
        ({"first_session": "2027-07-02"}, "within three weeks"),
        ({"first_session": "2026-07-04"}, "first_session is a session of the venue"),
    ],
)  # fmt: skip
def test_nonsense_trains_nothing(cells, rule):
    with pytest.raises(InputError, match=rule):
        with_own([cells])


def test_an_instant_of_the_east_may_be_the_day_before_in_new_york():
    cells = {"security": "BABA", "line_type": "adr", "first_public_at": "2026-07-03T01:00+08:00", "first_session": "2026-07-02"}
    assert own_rows(with_own([cells]))["primary_sample"].all()


def test_returns_are_of_the_events_given():
    own = pd.DataFrame(
        [{"event_id": "a", "list_id": "other", "action": "removal", "security": "0001.HK", "line_type": "offshore_hk",
          "first_public_at": "2026-07-02", "bars_holding": "false", "first_for_issuer": "false", "first_bar": "false"}]
    )  # fmt: skip
    returns = pd.DataFrame({"event_id": ["a"], "security": ["0001.HK"], "status": ["ok"], "car_0_1": ["0.02"], "se_0_1": ["0.02"]})
    assert len(event_library().with_events(own, returns).designations) == 400
    with pytest.raises(InputError, match="returns hold 1 row of no event"):
        event_library().with_events(own, pd.concat([returns, returns.assign(event_id="b")]))
    with pytest.raises(InputError, match="the security of the returns is that of the event"):
        event_library().with_events(own, returns.assign(security="0002.HK"))


@pytest.mark.parametrize("cells", [{"first_public_at": ""}, {"security": ""}, {"first_public_at": "2026-13-01"}])
def test_a_file_is_checked_before_returns_are_computed(tmp_path, cells):
    row = {
        "event_id": "own", "list_id": "other", "action": "first_listing", "security": "1810.HK", "line_type": "offshore_hk",
        "first_public_at": "2021-02-01", "bars_holding": "true", "first_for_issuer": "true", "first_bar": "true",
    }  # fmt: skip
    path = tmp_path / "own.csv"
    pd.DataFrame([row | cells]).to_csv(path, index=False)
    with pytest.raises(InputError, match="is an ISO day|is given"):
        library_with_files(add=path, prices="bundled", market={"XHKG": "HSI"})


def test_a_benchmark_without_prices_is_not_ignored():
    with pytest.raises(InputError, match="market='HSI'.*prices"):
        library_with_files(market="HSI")


def test_the_source_of_the_user_is_said():
    shock = announcement_shock("first_bar_offshore", sigma=0.02, library=with_own([{"first_public_at": "2026-09-01"}]))
    assert [source.title for source in shock.sources] == [
        "event library of this project with events of the user: public date clusters, 2019-05-21 to 2026-09-01",
        "events of the user",
    ]
    assert "events of the user" not in str(announcement_shock(sigma=0.02, library=event_library().select(since="2019-01-01")).sources)


def test_the_figure_shows_the_events_of_the_table():
    library = with_own([{"action": "removal", "bars_holding": "false", "first_bar": "false", "first_public_at": "2021-01-15"}])
    for chosen in (event_library(), library, event_library().select(line="offshore")):
        table = chosen.classes().query("n_events > 0")
        expected = {f"{row.event_class.replace('_', ' ')} (N = {row.n_events}, {row.n_dates} dates)" for row in table.itertuples()}
        assert {label.get_text() for label in chosen.plot().get_yticklabels()} == expected
    assert "first bar offshore (N = 8, 3 dates)" in expected


def test_a_copy_of_a_relief_is_described_once():
    shipped = event_library()
    relief = shipped.designations.query("status == 'ok' and action == 'injunction' and security == '1810.HK'").iloc[0]
    plain = {"action": "injunction", "first_bar": "false", "bars_holding": "false"}
    copy = {"security": "1810.HK", "first_public_at": f"{relief['public_on']:%Y-%m-%d}"}
    library = with_own([plain | copy, plain])
    assert own_rows(library)["reason"].tolist() == ["the library holds this relief already", "relief is described apart"]
    events = [given.classes().set_index("event_class")["n_events"]["relief"] for given in (shipped, library)]
    trained = [announcement_shock("relief", line="offshore", sigma=0.02, library=given).n_events for given in (shipped, library)]
    assert events[1] == events[0] + 1 and trained[1] == trained[0] + 1


def test_a_court_loss_is_no_relief():
    library = with_own([{"action": "court_loss"}])
    counts = [given.classes().set_index("event_class")["n_events"]["relief"] for given in (library, event_library())]
    assert counts[0] == counts[1]


def test_a_figure_of_nothing_says_so():
    ax = event_library().select(security="1211.HK").plot()
    assert "no event with a return" in ax.texts[0].get_text() and not ax.get_yticklabels()


def test_a_filter_that_meets_no_event_leaves_the_library_as_it_is():
    shipped = event_library()
    none = pd.DataFrame({name: pd.Series(dtype="str") for name in EVENT_TABLES["designation_events"].required})
    library = shipped.with_events(none, none.assign(status="", car_0_1="", se_0_1=""))
    assert len(library.designations) == len(shipped.designations) and "0 events of the user" in library.assumptions[-1]


@pytest.mark.parametrize(("date", "told"), [("2021-01-14", ["Every date trains the forecast, that of the event included."]), (None, [])])
def test_what_is_said_of_training_is_what_trained(date, told):
    shock = announcement_shock("first_bar_offshore", training="all_dates", date=date, as_of="2021-06-01T00:00-04:00", sigma=0.02)
    assert shock.n_events == 8
    assert [text for text in shock.assumptions if "date" in text.lower()] == told
