"""A list that the caller gives: nothing that it names is clear without a word."""

import pandas as pd
import pytest

from impact.errors import ImpactError, SourceUnusable
from impact.facts.official_lists import read_official_list
from impact.holdings import check_portfolio

BOOK = pd.DataFrame(
    {
        "name": ["Xiaomi Corp B", "SAP SE", "Siemens AG", "Tencent", "China Mobile"],
        "isin": ["KYG9830T1067", "DE0007164600", "DE0007236101", "KYG875721634", "HK0941009539"],
        "quantity": 100.0,
        "market_value": 1000.0,
        "currency": "USD",
    }
)


@pytest.fixture
def checked(tmp_path):
    def of(text, as_of, name="given.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return check_portfolio(BOOK, as_of=as_of, lists=read_official_list(path)).positions.set_index("name")

    return of


def test_a_name_that_the_record_has_off_every_list_and_the_list_given_has_on_one_is_unknown(checked):
    positions = checked("Name,Program,ISIN\nXiaomi Corp.,1260H,\n", "2024-03-01T12:00-05:00")
    assert positions.at["Xiaomi Corp B", "status"] == "unknown"
    assert (
        positions.at["Xiaomi Corp B", "rule"]
        == "given.csv names Xiaomi Corp. (1260H): what that programme prohibits is not on record for it."
    )
    assert positions.at["Xiaomi Corp B", "programme"] == "" and positions.at["SAP SE", "status"] == "clear"


def test_an_entry_with_a_code_says_who_it_is_and_one_without_that_a_name_resembles_it(checked):
    positions = checked("Name,Program,ISIN\nSAP SE,NS-CMIC,DE0007164600\nSiemens AG,NS-CMIC,\n", "2024-03-01T12:00-05:00")
    assert positions.loc[["SAP SE", "Siemens AG"], "status"].tolist() == ["unknown", "unknown"]
    assert positions.at["SAP SE", "rule"].startswith("given.csv names SAP SE (NS-CMIC): ")
    assert positions.at["Siemens AG", "rule"].startswith("given.csv names Siemens AG (NS-CMIC), a name that this one resembles: ")


def test_a_list_that_says_what_the_record_says_changes_no_answer(checked):
    positions = checked(
        "Name,Program,ISIN\nTencent Holdings Limited,1260H,\nChina Mobile Limited,CMIC-EO13959,\n", "2025-02-03T12:00-05:00"
    )
    assert positions.loc[["Tencent", "China Mobile"], "status"].tolist() == ["clear", "barred"]
    assert positions.loc[["Tencent", "China Mobile"], "evidence"].str.contains("given.csv names").all()


def test_the_same_name_under_a_programme_that_the_record_lacks_is_not_clear(checked):
    positions = checked("Name,Program,ISIN\nTencent Holdings Limited,CMIC-EO13959,\n", "2025-02-03T12:00-05:00")
    assert positions.at["Tencent", "status"] == "unknown" and "CMIC-EO13959" in positions.at["Tencent", "rule"]


@pytest.mark.parametrize(
    ("row", "name"), [("Tencent Holdings Limited,SDN,", "ndaa-1260H-diff.csv"), ("Tencent Holdings Limited,,", "2021-1260H.csv")]
)
def test_the_name_of_the_file_tells_no_programme(checked, row, name):
    positions = checked(f"Name,Program,ISIN\n{row}\nSAP SE,MADE-UP,\n", "2025-02-03T12:00-05:00", name)
    assert positions.at["Tencent", "status"] == "unknown"


@pytest.mark.parametrize("programme", ["NDAA-1237", "SDN", ""])
def test_a_listing_that_has_ended_on_record_agrees_with_nothing(checked, programme):
    positions = checked(f"Name,Program,ISIN\nXiaomi Corporation,{programme},\nSAP SE,MADE-UP,\n", "2025-02-03T12:00-05:00", "dod-1237.csv")
    assert positions.at["Xiaomi Corp B", "status"] == "unknown"


ALIASES = "Name,Alias,Program,Removed\nAcme Holdings Limited,Zeta Works; Zetaworks Intl,1260H,\nBeta Industries Co. Ltd.,,1260H,{removed}\n"
FUND = (
    'iShares Test Fund\nFund Holdings as of,"Feb 26, 2021"\n\nTicker,Name,ISIN,Weight (%),Shares,Market Value,Market Currency\n'
    "ZTA,ZETA WORKS LTD,US0378331005,10.0,100,1000,USD\nOTH,OTHER INC,US02079K1079,90.0,100,9000,USD\n"
)


@pytest.mark.parametrize("removed", ["2020-01-31", "2022-01-31", ""])
def test_another_name_of_an_entry_is_asked_and_an_entry_removed_by_then_names_nobody(tmp_path, removed):
    path = tmp_path / "given.csv"
    path.write_text(ALIASES.format(removed=removed), encoding="utf-8")
    book = BOOK.head(4).assign(
        name=["Zeta Works Ltd", "Acme Holdings", "Beta Industries", "Gamma SE"],
        isin=["US0378331005", "US5949181045", "US67066G1040", "DE0007236101"],
    )
    told = check_portfolio(book, as_of="2021-03-01T12:00-05:00", lists=read_official_list(path)).positions
    assert told["status"].tolist() == ["unknown", "unknown", "clear" if removed == "2020-01-31" else "unknown", "clear"]


def test_what_a_fund_holds_is_matched_to_the_list_given(tmp_path):
    path, funds = tmp_path / "given.csv", tmp_path / "funds"
    path.write_text(ALIASES.format(removed=""), encoding="utf-8")
    funds.mkdir()
    (funds / "EEM.csv").write_text(FUND, encoding="utf-8")
    book = BOOK.head(2).assign(name=["EEM", "Gamma SE"], isin=["US4642872349", "DE0007236101"])
    report = check_portfolio(book, as_of="2021-03-01T12:00-05:00", funds=funds, lists=read_official_list(path))
    through = report.exposures.query("via == 'EEM'")
    assert through["entity"].tolist() == ["Acme Holdings Limited"] and through["status"].tolist() == ["unknown"]
    assert through["market_value_low"].iloc[0] < 100.0 < through["market_value_high"].iloc[0]  # 10 % of 1,000
    plain = check_portfolio(book, as_of="2021-03-01T12:00-05:00", funds=funds)
    assert plain.exposures.query("via == 'EEM'").empty


def test_a_column_that_no_reader_knows_is_named(tmp_path):
    path = tmp_path / "given.csv"
    for text, said in (
        ("Name,Alias,Foo\nA,B,C\n", r"column 'foo' is not known"),
        ("Name,Alias,AKA\nA,B,C\n", r"1 column\(s\) stand twice \(first 'aka'"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(SourceUnusable, match=said):
            read_official_list(path)


QORVEX = BOOK.head(1).assign(name="Qorvex Holdings", isin="KYG9999T1064")


@pytest.fixture
def asked(tmp_path):
    def of(text, as_of="2021-01-20T18:00-05:00", **held):
        path = tmp_path / "given.csv"
        path.write_text(text, encoding="utf-8")
        report = check_portfolio(QORVEX.assign(**held), as_of=as_of, lists=str(path))
        return report.positions["status"].item(), [note for note in report.assumptions if note.startswith("given.csv")]

    return of


@pytest.mark.parametrize(
    ("listed", "removed", "status"),
    [
        ("2020-11-12", "2019-01-01", "unknown"),  # removed once, and listed since
        ("2018-11-12", "2019-01-01", "clear"),
        ("2020-11-12", "2021-06-01", "unknown"),
        ("2021-11-12", "2021-06-01", "unknown"),  # on until a removal to come, whenever listed anew
        ("2021-11-12", "2019-01-01", "clear"),  # between two listings
        ("2021-11-12", "", "clear"),
    ],
)
def test_an_entry_names_somebody_from_its_listing_to_the_removal_after_it(asked, listed, removed, status):
    told, notes = asked(f"name,isin,listed_on,removed_on\nQorvex Holdings,KYG9999T1064,{listed},{removed}\n")
    assert told == status
    assert [("lies before the day of the listing" in note) for note in notes] == [True] * (removed != "" and removed < listed)


@pytest.mark.parametrize(
    ("days", "status", "said"),
    [
        ("05/06/2020", "unknown", "row 2, removed_on '05/06/2020': day and month may be exchanged; write 2020-06-05 or 05 Jun 2020"),
        ("25/06/2020", "clear", None),
        ("05/06/2020 25/06/2020", "clear", None),  # the column shows its order
        ("in summer", "unknown", "row 2, removed_on 'in summer': not a day; write 2020-06-05 or 05 Jun 2020"),
        ("n/a", "unknown", None),
        ("2020-06-05 (listed anew 2020-07-01)", "unknown", "not a day"),  # two days, and words that turn it
        ("2020-06-05T00:00:00Z", "clear", None),
    ],
)
def test_a_day_of_a_list_is_read_in_the_order_that_its_column_shows(asked, days, status, said):
    days = days.split(" ") if "/" in days else [days]
    rows = "".join(f"Qorvex Holdings,KYG9999T1064,{day}\n" for day in days)
    told, notes = asked(f"name,isin,removed_on\n{rows}", as_of="2020-07-20T18:00-05:00")
    assert told == status
    assert [said in note for note in notes] == [True] if said else notes == []


@pytest.mark.parametrize("heading", ["Delisted", "delisted on", "Listed", "Listing date", "date_listed"])
def test_the_day_of_a_venue_is_not_taken_for_that_of_a_list(asked, heading):
    with pytest.raises(SourceUnusable, match=r"may be the day of a trading venue; call it (listed|removed)_on"):
        asked(f"Name,ISIN,{heading}\nQorvex Holdings,KYG9999T1064,2019-01-01\n")


@pytest.mark.parametrize(
    "cell",
    ["Bar; Qorvex Holdings", "Bar | Qorvex Holdings", "Bar / Qorvex Holdings", '"Bar\nQorvex Holdings"', '"Bar Ltd, Qorvex Holdings"'],
)
def test_another_name_is_told_whatever_stands_between(asked, cell):
    assert asked(f"name,aka\nFoo Corp,{cell}\nOther,\n")[0] == "unknown"
    assert asked(f"name,aka\n{cell},\nOther,\n")[0] == "unknown"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Bar Ltd (f/k/a Qorvex Holdings)",
            "Bar f/k/a Qorvex Holdings",
            "Bar (formerly known as Qorvex Ltd)",
            "Bar/Qorvex",
            "Bar [Qorvex]",
        ),
        *(
            '"Bar, formerly: Qorvex AG"',
            "Bar aka Qorvex AG",
            "Qorvex Ltd and also Bar",
            '"Qorvex Holdings Ltd, including subsidiaries"',
            "Qorvex¹",
        ),
        *("Bar (fmr. Qorvex)", '"Bar, now Qorvex"', '"Bar, anciennement Qorvex"', "Bar ex Qorvex", "Bar già Qorvex", "Bar antes Qorvex"),
        *("Bar (alias: Qorvex)", "Bar «Qorvex»", "Bar “Qorvex”", "Bar:Qorvex", "Bar renamed Qorvex", "Bar = Qorvex", "Bar d/b/a Qorvex"),
        *("Bar dawniej Qorvex", "Bar tidigare Qorvex", "Bar voorheen Qorvex", "Bar früher Qorvex", "Бар ранее Qorvex"),
    ],
)
def test_another_name_within_a_name_is_asked_too(asked, name):
    assert asked(f"issuer,aka\nFoo Corp,{name}\nOther,\n")[0] == "unknown"


@pytest.mark.parametrize(
    ("listed", "held", "status"),
    [
        ("Zel-Tar Group", "Zeltar Group", "unknown"),
        ("Zeltar Group", "ZEL TAR GRP", "unknown"),
        ("Zeltar Works", "ZELTARWORKS", "unknown"),
        ("ZelTar", "Zel-tar AG", "unknown"),
        ("Zeltar S.p.A.", "ZELTAR SPA RSP", "unknown"),
        ("Zeltar AG", "ZELTAR AG VORZUEGE", "unknown"),
        ("Zeltar AG", "Zeltar Pfd", "unknown"),
        ("Zeltar Works", "ZELTARWERKE", "clear"),
        ("Zeltar AG", "Permian RSP", "clear"),
    ],
)
def test_a_name_is_met_whatever_its_blanks_and_its_kind_of_share(asked, listed, held, status):
    assert asked(f"name\n{listed}\n", name=held)[0] == status


@pytest.mark.parametrize(
    ("listed", "held", "status"),
    [
        ("トヨタ自動車", "トヨタ自動車", "unknown"),
        ("ソニー", "ｿﾆｰ", "unknown"),
        ("トヨタ自動車", "トヨタ紡織", "clear"),
        ("Foo", "トヨタ自動車", "clear"),
        ("日本製鉄", "日本製鉄株式会社", "unknown"),
        ("日本製鉄株式会社", "日本製鐵㈱", "unknown"),
        ("日本製鉄", "日本製鉄 (Nippon Steel)", "unknown"),
        ("日本製鉄", "日本電産", "clear"),
        ("삼성전자", "삼성전자우", "unknown"),
        ("삼성전자", "삼성 전자 보통주", "unknown"),
        ("台積電", "台灣積體電路", "unknown"),
        ("台积电", "台灣積體電路製造股份有限公司", "unknown"),
        ("中国移动", "中國移動有限公司", "unknown"),
        ("中国移动", "中国电信", "clear"),
        ("ПАО Газпром", "Газпром ао", "unknown"),
    ],
)
def test_a_name_in_another_script_is_met_whatever_its_legal_form_and_its_kind_of_share(asked, listed, held, status):
    assert asked(f"name\n{listed}\n", name=held, isin="JP3999999992")[0] == status


@pytest.mark.parametrize(
    "longer",
    [
        *("Blah AG (ex-Qorvex Corp)", "Blah AG doing business as Qorvex Corp", "Blah AG trading as Qorvex Corp", "Blah or Qorvex Corp"),
        *("Blah {Qorvex}", "Blah <Qorvex>", "Blah 'Qorvex'", "Blah ‘Qorvex’", "Blah—Qorvex", "Blah AG Qorvex Ltd", "Blah·Qorvex Ltd"),
    ],
)
def test_a_name_that_stands_in_a_longer_one_is_met_on_either_side(asked, longer):
    assert asked(f'name\n"{longer}"\n')[0] == "unknown"
    assert asked("name\nQorvex Corp\n", name=longer)[0] == "unknown"


@pytest.mark.parametrize(
    ("listed", "held", "status"),
    [
        ("Zeltar Works", "Custody receipt on Zeltar Works, Series 4", "unknown"),
        ("Zeltar Works AG", "Fund Zeltar Works 2030", "unknown"),
        ("Blah Zeltar Works AG", "Zeltar Works", "unknown"),
        ("Bank of China", "Blah AG (formerly Bank of China Ltd)", "unknown"),
        ("Bank of China", "Industrial & Commercial Bank of China", "clear"),  # common words of a longer name
        ("Apple", "Apple Hospitality REIT Inc", "clear"),  # the beginning of another
        ("Apple Hospitality REIT Inc", "Apple", "clear"),
        ("Gold Inc", "Barrick Gold", "clear"),  # a word of a trade
        ("Foo Ltd (Hong Kong)", "Sinotruk (Hong Kong) Ltd", "clear"),  # a place
        ("Foo AG, par value 1", "Bar AG, par value 1", "clear"),
        ("Qorvex AG", "Q O R V E X Pfd", "unknown"),
        ("Qor vex Pharma", "Qorvex Pharma Units", "unknown"),
        ("Qorvex Holdings Ltd", "QORVEX HLDGS 5.5% CUM PREF", "unknown"),
        ("Qorvex Holdings Ltd", "Qorvex 2030 notes", "unknown"),
        ("Qorvex Holdings Ltd", "Qorvex Anleihe", "unknown"),
        ("QVX", "QVX PFD", "unknown"),
        ("QVX", "Q V X", "unknown"),
        ("Ørsted", "Orsted A/S", "unknown"),
        ("Société Foß", "Societe Foss SA", "unknown"),
    ],
)
def test_what_tells_a_name_is_met_in_another_and_words_that_many_names_have_are_not(asked, listed, held, status):
    assert asked(f'name\n"{listed}"\n', name=held)[0] == status


def test_a_name_of_one_part_has_no_other(tmp_path):
    path = tmp_path / "given.csv"
    path.write_text("name,aka\nBank of China,Foo A/S\n", encoding="utf-8")
    assert read_official_list(path).names["name"].tolist() == ["Bank of China", "Foo A/S", "Foo A"]


@pytest.mark.parametrize(
    "text", ["isin\nKYG9999T1064\n", "Restricted list\n\nissued by,isin\nFoo,\n", "Enw;ISIN\nFoo;KYG9999T1064\n", "称呼,ISIN\n科沃,K\n"]
)
def test_a_table_without_names_is_told_how_to_head_them(asked, text):
    with pytest.raises(SourceUnusable, match=r"given.csv .* heads a list with a column of names; .*: name, program"):
        asked(text)


@pytest.mark.parametrize("mark", ["; ", " | ", " / ", ", ", "|", "\n"])
def test_codes_are_told_apart_whatever_stands_between(asked, mark):
    told, notes = asked(f'name,isin\nFoo Corp,"HK0000000007{mark}KYG9999T1064"\n')
    assert told == "unknown" and notes == []


def test_a_row_of_a_list_that_is_not_read_is_said(asked):
    told, notes = asked("name,isin\nFoo Corp, Ltd.,HK0000000007\nQorvex Holdings,KYG9999T1064\n")
    assert told == "unknown"
    assert notes == ["given.csv: 1 row(s) of the list are not read (first row 2: has 3 columns, not 2); whom they name is not asked about."]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Liste d'exclusion\n\nName;ISIN;Alias\nFoo & Fils;HK0000000007;Qörvex Holdings\n", "cp1252"),
        ("Name\tISIN\tAlias\nFoo\tKYG9999T1064\tFoö\n", "utf-16"),
        ("<table><tr><td>Name</td><td>ISIN</td></tr><tr><td>Foo</td><td>KYG9999T1064</td></tr></table>", "utf-8"),
    ],
)
def test_whom_a_list_of_any_kind_names_is_not_clear(tmp_path, text, encoding):
    path = tmp_path / "given.xls"
    path.write_bytes(text.encode(encoding))
    report = check_portfolio(QORVEX, as_of="2021-01-20T18:00-05:00", lists=[path])
    assert report.positions["status"].item() == "unknown"


@pytest.mark.parametrize("lists", [5, ["a", 5], {"name": ["Qorvex"]}])
def test_what_is_no_list_is_refused(lists):
    with pytest.raises(ImpactError, match="lists"):
        check_portfolio(QORVEX, as_of="2021-01-20T18:00-05:00", lists=lists)


HEADED = [
    "Unternehmen;Land;Ausschlussgrund\n{};China;Waffen\n",
    "Société;Pays;Motif d'exclusion\n{};Chine;armes\n",
    "Naam;Land;Reden uitsluiting\n{};China;wapens\n",
    "Empresa;País;Motivo de exclusión\n{};China;armas\n",
    "Società;Paese;Criterio\n{};Cina;armi\n",
    "Emitente;Motivo\n{};armas\n",
    "Bolag;Land;Orsak\n{};Kina;vapen\n",
    "企業名,国,除外理由\n{},中国,武器\n",
    "公司名称,列入日期,原因\n{},2020-06-05,武器\n",
    "회사명,국가,사유\n{},중국,무기\n",
    "Issuer Name,Country,Exclusion Reason,Date of exclusion\n{},China,weapons,2020-06-05\n",
]


@pytest.mark.parametrize("text", HEADED)
def test_a_list_headed_in_any_of_the_languages_of_books_is_read(asked, text):
    assert asked(text.format("Qorvex Holdings")) == ("unknown", [])
    assert asked(text.format("Another Company")) == ("clear", [])


@pytest.mark.parametrize("text", HEADED)
def test_what_such_a_list_says_of_its_entries_is_kept(tmp_path, text):
    path = tmp_path / "list.csv"
    path.write_text(text.format("Qorvex Holdings"), encoding="utf-8")
    official = read_official_list(path)
    headings, cells = (line.split(";" if ";" in line else ",") for line in text.splitlines())
    kept = "; ".join([*official.entries["remarks"], *official.dates["date"].astype(str)])
    assert all(cell in kept for cell in cells[1:]) and len(headings) == len(cells)


def test_a_day_of_a_removal_is_read_in_its_language(asked):
    for text in (
        "Firma;ISIN;entfernt am\nQorvex;KYG9999T1064;05.06.2020\n",
        "公司名称,isin代码,移除日期\nQorvex,KYG9999T1064,2020-06-05\n",
    ):
        status, notes = asked(text, name="Unrelated Ltd")
        assert (status, notes) == asked("name,isin,removed_on\nQorvex,KYG9999T1064,2020-06-05\n", name="Unrelated Ltd")
