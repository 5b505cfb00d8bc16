"""Days of price files as vendors write them: months by name, short years, years of Taiwan, times of day, serial numbers."""

from __future__ import annotations

import pandas as pd
import pytest

from impact.errors import InputError
from impact.market import load_panel
from impact.market.written_days import read_dates

FRIDAY, TUESDAY = pd.Timestamp("2018-01-05"), pd.Timestamp("2018-01-16")


@pytest.fixture
def sessions(tmp_path):
    def read(*days, **stated):
        path = tmp_path / "X.csv"
        path.write_text("Date;Close\n" + "".join(f'"{day}";{n + 10}\n' for n, day in enumerate(days)), encoding="utf-8")
        panel = load_panel(path, **stated)
        return panel.sessions.tolist(), panel.read_as

    return read


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("05-Jan-18", "16-Jan-18"), ("5-Jan-2018", "16-Jan-2018"), ("05 Jan '18", "16 Jan '18"), ("5-January-2018", "16-January-2018"),
        ("Fri, 05 Jan 2018", "Tue, 16 Jan 2018"), ("Friday January 5 2018", "Tuesday January 16 2018"), ("5 janv. 2018", "16 janv. 2018"),
        ("05. Jan 2018", "16. Jan 2018"), ("05/ene/2018", "16/ene/2018"), ("Jan 5, 2018", "Jan 16, 2018"),
        ("01/05/18", "01/16/18"), ("05/01/18", "16/01/18"), ("05.01.18", "16.01.18"), ("05-01-2018", "16-01-2018"), ("01-05-2018", "01-16-2018"),
        ("2018- 01- 05", "2018- 01- 16"), ("2018. 1. 5.", "2018. 1. 16."), ("1515110400", "1516060800"), ("1515110400000", "1516060800000"), ("1515110400000000000", "1516060800000000000"), ("20180105.0", "20180116.0"),
    ],
)  # fmt: skip
def test_a_day_that_can_mean_one_only_is_read(sessions, first, second):
    assert sessions(first, second) == ([FRIDAY, TUESDAY], ())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2018-01-05 16:00:00", "2018-01-16 13:00:00"),
        ("1/5/2018 16:00:00", "1/16/2018 16:00:00"),
        ("05.01.2018, 17:35", "16.01.2018, 17:35"),
        ("1/5/2018 4:00 PM", "1/16/2018 4:00 PM"),
    ],
)
def test_a_time_of_day_is_left_out_and_that_is_said(sessions, first, second):
    assert sessions(first, second) == ([FRIDAY, TUESDAY], (f"X.csv: its days bear times of day (first {first!r}), which are left out.",))


def test_a_time_of_day_that_a_stated_format_reads_is_left_out_too(sessions):
    assert sessions("05/01/2018 17:35", "16/01/2018 17:35", date_format="%d/%m/%Y %H:%M")[0] == [FRIDAY, TUESDAY]
    with pytest.raises(InputError, match="date_format='%Y-%m-%dT%H:%M%z' reads a zone, in which the days may be others"):
        sessions("2018-01-05T05:00+0800", "2018-01-06T05:00+0800", date_format="%Y-%m-%dT%H:%M%z")
    with pytest.raises(InputError, match="1 of those of 'X' fall on a week-end"):
        sessions("05/01/2018 05:00", "06/01/2018 05:00", date_format="%d/%m/%Y %H:%M")


NEW_YORK_IN_HONG_KONG, HONG_KONG_IN_LONDON, MONDAY_TO_FRIDAY, ALL_WEEK = (1, 2, 3, 4, 5), (6, 0, 1, 2, 3), (0, 1, 2, 3, 4), range(7)


@pytest.fixture
def timed(tmp_path):
    """Two months of days with a time of day and a close on some days of the week, a line each."""

    def read(*, layout="wide", **weeks):
        days = pd.date_range("2023-01-02", "2023-02-26")
        closes = pd.DataFrame({line: [10.0 + day.day if day.day_of_week in week else None for day in days] for line, week in weeks.items()})
        closes.insert(0, "Date", days.strftime("%Y-%m-%d 05:00"))
        if layout == "long":
            closes = closes.melt("Date", var_name="Symbol", value_name="Close").dropna()
        closes.to_csv(tmp_path / "X.csv", index=False)
        return load_panel(tmp_path / "X.csv")

    return read


@pytest.mark.parametrize("layout", ["wide", "long"])
@pytest.mark.parametrize(
    ("week", "first"), [(NEW_YORK_IN_HONG_KONG, "2023-01-07 05:00', a Saturday"), (HONG_KONG_IN_LONDON, "2023-01-08 05:00', a Sunday")]
)
def test_days_of_another_zone_are_refused_by_line(timed, layout, week, first):
    with pytest.raises(InputError, match=f"by which 8 of those of 'KO' fall on a week-end .first '{first}"):
        timed(layout=layout, BTC=ALL_WEEK, KO=week)
    with pytest.raises(InputError, match="fall on a week-end"):
        timed(layout=layout, KO=week)


@pytest.mark.parametrize("layout", ["wide", "long"])
def test_a_line_that_is_quoted_all_week_and_a_market_that_opens_on_sundays_are_read(timed, layout):
    panel = timed(layout=layout, BTC=ALL_WEEK, KO=MONDAY_TO_FRIDAY)
    assert panel.close.notna().sum().to_dict() == {"BTC": 56, "KO": 40}
    assert timed(layout=layout, **{"2222.SR": HONG_KONG_IN_LONDON}).close.notna().sum().tolist() == [40]


def test_months_are_named_in_the_language_of_the_file(sessions):
    for months in (
        ("Mär", "Mai", "Okt", "Dez"),
        ("mars", "maj", "okt", "dec"),
        ("mar", "may", "oct", "dic"),
        ("mars", "mai", "oct.", "déc."),
    ):
        days, _ = sessions(*(f"{5 + n} {month} 2018" for n, month in enumerate(months)))
        assert [day.month for day in days] == [3, 5, 10, 12]


def test_what_is_counted_from_elsewhere_is_read_and_said(sessions):
    assert sessions("107/01/05", "107/01/16") == (
        [FRIDAY, TUESDAY],
        ("X.csv: its years are those of the Republic of China: 107/01/05 is 2018-01-05.",),
    )
    assert sessions("43105", "43116.0") == (
        [FRIDAY, TUESDAY],
        ("X.csv: its dates are serial numbers of a spreadsheet from 1900: 43105 is 2018-01-05.",),
    )


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (["18/01/05", "18/01/16"], "day and year cannot be told apart .first '18/01/05'.; say which with date_format"),
        (["99/01/05", "99/01/06"], "day and year cannot be told apart"),
        (["05/01/18"], "day and month cannot be told apart"),
        (["16/01/18"], "day and year cannot be told apart"),
        (["16.01.18", "16.01.19"], "day and year cannot be told apart"),  # years apart whichever is the year
        (["41643", "41644", "41645"], r"'41643' as the serial number of a day from 1900 is Saturday 2014-01-04"),
        (
            ["2018-01-04 16:00:00", "2018-01-07 16:00:00"],
            "by which 1 of those of 'X' fall on a week-end",
        ),  # midnight in Hong Kong, written in UTC
        (["1515081600", "1515340800"], "is 2018-01-04 16:00 UTC, which may be another day"),
        (["2018-01-04T16:00:00Z", "2018-01-07T16:00:00Z"], "its days are instants of a zone"),
        (["05-Foo-18", "06-Foo-18"], "no date can be read"),
        (["Sat, 05 Jan 2018", "Tue, 16 Jan 2018"], r"'Sat, 05 Jan 2018' is a Friday \(1 such\)"),
    ],
)
def test_a_day_that_can_mean_several_is_refused(sessions, days, message):
    with pytest.raises(InputError, match=message):
        sessions(*days)


def test_days_before_months_are_refused_where_no_day_tells_that_months_stand_first(sessions):
    with pytest.raises(InputError, match="'2018-16-01' has no month of that number, so its days may stand before its months"):
        sessions("2018-05-01", "2018-16-01")
    assert sessions("2018-05-01", "2018-16-01", date_format="%Y-%d-%m")[0] == [FRIDAY, TUESDAY]
    assert sessions("2018-01-05", "2018-01-16", "2018-17-01")[0] == [FRIDAY, TUESDAY]  # one slip among days that tell


def test_a_stated_format_settles_a_short_year(sessions):
    assert sessions("18/01/05", "18/01/16", date_format="%y/%m/%d") == ([FRIDAY, TUESDAY], ())
    assert sessions("05/01/18", "12/01/18", date_format="%d/%m/%y")[0] == [FRIDAY, pd.Timestamp("2018-01-12")]


def test_bare_numbers_and_times_of_day_are_no_days_of_events():
    for cell in ("43105", "1515110400", "2018-01-05 16:00"):
        with pytest.raises(InputError, match="no date can be read"):
            read_dates(pd.Series([cell], dtype=object), "events")
    assert read_dates(pd.Series(["05-Jan-18"], dtype=object), "events").tolist() == [FRIDAY]


METASTOCK = (
    "<TICKER>,<PER>,<DTYYYYMMDD>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n"
    "GAZP,D,20180105,000000,131.5,133.1,131.2,132.8,28371000,0\nGAZP,D,20180116,000000,132.9,134.0,132.5,133.55,19371000,0\n"
)


@pytest.mark.parametrize(
    "text",
    [
        METASTOCK,
        METASTOCK.replace("DTYYYYMMDD", "DATE"),
        METASTOCK.replace(",", ";").replace(".", ","),
    ],
)
def test_headings_in_angle_brackets_are_headings(tmp_path, text):
    (tmp_path / "export.txt").write_text(text)
    panel = load_panel(tmp_path / "export.txt")
    assert panel.sessions.tolist() == [FRIDAY, TUESDAY]
    assert panel.close["GAZP"].tolist() == [132.8, 133.55] and panel.volume["GAZP"].tolist() == [28371000, 19371000]


def test_rates_and_counts_tell_the_decimal_sign_where_prices_leave_it_open(tmp_path):
    path = tmp_path / "X.csv"
    path.write_text('Date,Price,Open,Vol.,Change %\n2018-01-05,"49,900","49,000",950.25K,0.11%\n2018-01-16,"50,000","49,000",1.30M,0.73%\n')
    panel = load_panel(path)
    assert panel.close["X"].tolist() == [49900, 50000] and panel.volume["X"].tolist() == [950250, 1300000]
    path.write_text("Date;Zuletzt;Vol.;+/- %\n2018-01-05;9,125;950,25K;0,11%\n2018-01-16;9,250;1,30M;0,73%\n")
    assert load_panel(path).close["X"].tolist() == [9.125, 9.25]
    path.write_text('Tanggal,Terakhir,Vol.,Perubahan%\n05/01/2018,1.670,"33,46M","0,50%"\n16/01/2018,1.695,"53,46M","0,30%"\n')
    panel = load_panel(path)
    assert panel.close["X"].tolist() == [1670, 1695] and panel.volume["X"].tolist() == [33_460_000, 53_460_000]
    path.write_text("Date,Price,Vol.\n05/01/2018,1.234,33.46M\n16/01/2018,1.235,53.46M\n")
    assert load_panel(path).close["X"].tolist() == [1.234, 1.235]
    path.write_text('Date,Close,Vol.\n05/01/2018,1.5,"33,46M"\n16/01/2018,1.6,"53,46M"\n')  # prices tell their sign themselves
    assert load_panel(path).close["X"].tolist() == [1.5, 1.6]


def _with_times(tmp_path, name, days, heading="Close", clock="15:30:00"):
    pd.DataFrame({"Date": days.strftime(f"%m/%d/%Y {clock}"), heading: [10.0 + day.day for day in days]}).to_csv(
        tmp_path / name, index=False
    )
    return tmp_path / name


@pytest.mark.parametrize("name", ["reliance.csv", "NSE_RELIANCE.csv", "RELIANCE.NS.csv"])
def test_one_session_on_a_saturday_is_read_and_said(tmp_path, name):
    days = pd.bdate_range("2024-12-02", "2025-02-05").union([pd.Timestamp("2025-02-01")])  # the day of the budget, on which Mumbai traded
    panel = load_panel(_with_times(tmp_path, name, days))
    assert panel.close.notna().sum().tolist() == [len(days)]
    said = "taken as sessions, rows on a week-end: 1 (first '02/01/2025 15:30:00', a Saturday"
    assert any(said in note for note in panel.read_as) or name == "RELIANCE.NS.csv"


def test_a_saturday_worked_for_a_bridge_is_read_and_summer_time_of_half_a_year_is_refused(tmp_path):
    closed = pd.DatetimeIndex(["2017-05-29", "2017-05-30"])  # the two days for which Taipei traded on Saturday, 2017-06-03
    worked = (
        pd.bdate_range("2017-01-02", "2017-12-29").difference(closed).union(pd.DatetimeIndex(["2017-02-18", "2017-06-03", "2017-09-30"]))
    )
    assert load_panel(_with_times(tmp_path, "Q_2330.csv", worked)).close.notna().sum().tolist() == [len(worked)]
    days = pd.bdate_range("2022-11-01", "2023-06-30")  # midnight in London: the day before from 2023-03-27 on
    utc = days.where(days < "2023-03-26", days - pd.Timedelta(days=1))
    with pytest.raises(InputError, match=r"14 of those of 'BP' fall on a week-end .first '03/26/2023 23:00:00', a Sunday"):
        load_panel(_with_times(tmp_path, "BP.csv", utc, clock="23:00:00"))


@pytest.mark.parametrize("name", ["TEVA.TA", "COMI.CA", "QNBK.QA", "EMAAR.AE", "TADAWUL_2222"])
def test_a_week_from_sunday_to_thursday_is_that_of_some_venues(tmp_path, name):
    days = pd.date_range("2021-06-01", "2021-08-31")
    days = days[~days.day_of_week.isin((4, 5))]
    assert load_panel(_with_times(tmp_path, f"{name}.csv", days)).close.notna().sum().tolist() == [len(days)]
    with pytest.raises(InputError, match="fall on a week-end .first '06/05/2021 15:30:00', a Saturday"):
        load_panel(_with_times(tmp_path, f"{name}.csv", days - pd.Timedelta(days=1)))
    later = days + pd.Timedelta(days=52 * 7)
    if name == "EMAAR.AE":  # Dubai trades from Monday to Friday from 2022 on
        with pytest.raises(InputError, match="name the security with the ending of its venue, such as 2222.SR"):
            load_panel(_with_times(tmp_path, f"{name}.csv", later))


@pytest.mark.parametrize("clock", [" 00:00:00 UTC", " 00:00 GMT", "T00:00:00UTC"])
def test_a_midnight_of_universal_time_is_the_day_it_names(tmp_path, clock):
    path = tmp_path / "btc.csv"
    path.write_text(f"snapped_at,price\n2024-01-02{clock},10\n2024-01-03{clock},11\n", encoding="utf-8")
    assert load_panel(path).close.index.strftime("%Y-%m-%d").tolist() == ["2024-01-02", "2024-01-03"]


@pytest.mark.parametrize("clock", ["T05:00:00Z", " 16:00:00 EST", "T16:00+08:00", " 05:00:00.000 UTC"])
def test_an_instant_of_a_zone_is_refused_as_one(tmp_path, clock):
    path = tmp_path / "0700.HK.csv"
    path.write_text(f"date,close\n2024-01-02{clock},10\n2024-01-03{clock},11\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"its days are instants of a zone .first '2024-01-02.*write the dates of the sessions there"):
        load_panel(path)
