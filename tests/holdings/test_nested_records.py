"""Records that hold lists of records: accounts around positions are no positions, and positions around lots are."""

from __future__ import annotations

import json

import pytest

from impact.errors import InputError
from impact.holdings import check_portfolio, read_holdings

XIAOMI, APPLE = "KYG9830T1067", "US0378331005"
HELD = [{"isin": XIAOMI, "name": "Xiaomi", "quantity": 1000, "marketValue": 3400}]
LOTS = [{"quantity": 4, "acquired": "2020-01-02"}, {"quantity": 6, "acquired": "2020-02-02"}]


@pytest.mark.parametrize(
    ("account", "called"),
    [
        ({"name": "Growth Fund", "currency": "USD", "marketValue": 7000, "positions": HELD}, "Growth Fund"),
        ({"accountId": "A1", "custodian": {"name": "A Bank"}, "book": {"positions": HELD}}, "A1"),
        ({"id": 7, "type": "margin", "positions": HELD}, "7"),
        ({"securitiesAccount": {"accountNumber": "555", "positions": HELD, "balances": {"cash": 20.5}}}, "555"),
        ({"client": {"portfolios": [{"id": "P2", "positions": HELD}]}}, "P2"),
        ({"positions": HELD}, ""),
    ],
)
def test_positions_in_accounts_are_read_with_their_account(tmp_path, account, called):
    path = tmp_path / "book.json"
    others = [{"isin": APPLE, "name": "Apple", "quantity": 5, "marketValue": 900, "account": "own"}]
    path.write_text(json.dumps({"accounts": [account, {"positions": others}]}), encoding="utf-8")
    for file in (read_holdings(path), read_holdings([account, {"positions": others}])):
        held = [[XIAOMI, 1000.0, 3400.0, called], [APPLE, 5.0, 900.0, "own"]]
        assert sorted(file.rows[["isin", "quantity", "market_value", "account"]].values.tolist(), reverse=True) == sorted(
            held, reverse=True
        )
        assert len(file.rows) + len(file.dropped) == file.n_rows and file.dropped["reason"].str.contains("and is no position itself").all()


def test_a_fund_with_a_weight_around_what_it_holds_is_not_opened(tmp_path):
    path = tmp_path / "book.json"
    path.write_text(json.dumps([{"name": "Growth Fund", "weight": 0.4, "holdings": HELD}]), encoding="utf-8")
    assert read_holdings(path).rows["name"].tolist() == ["Growth Fund"]


def test_accounts_without_positions_are_refused():
    with pytest.raises(InputError, match=r"each record holds a list of further ones \(contacts\)"):
        read_holdings([{"account": "A1", "contacts": [{"phone": 1, "city": "Bern"}]}])


def test_accounts_beside_a_list_of_positions_are_read(tmp_path):
    path = tmp_path / "book.json"
    funds = [{"name": "Growth Fund", "marketValue": 7000, "positions": HELD}]
    path.write_text(json.dumps({"funds": funds, "direct": [{"isin": APPLE, "quantity": 4, "marketValue": 500}]}), encoding="utf-8")
    report = check_portfolio(path, as_of="2021-01-20T18:00-05:00")
    assert sorted(report.positions["isin"]) == sorted([APPLE, XIAOMI])
    assert "rows that could not be read" not in report.unknown["reason"].tolist()


def test_records_that_describe_a_composition_are_read(tmp_path):
    path = tmp_path / "fund.json"
    lines = [{"compositionCharacteristics": {"isin": XIAOMI, "name": "XIAOMI", "quantity": 40.0}, "weight": 0.4}]
    path.write_text(json.dumps({"products": [{"productId": "F", "composition": {"compositionData": lines}}]}), encoding="utf-8")
    assert read_holdings(path).rows[["isin", "name", "quantity"]].values.tolist() == [[XIAOMI, "XIAOMI", 40.0]]


@pytest.mark.parametrize("key", ["lots", "positions"])
def test_positions_around_their_lots_are_read(key):
    file = read_holdings([{"symbol": "AAPL", "quantity": 10, key: LOTS}, {"symbol": "XIACY", "quantity": 7, key: LOTS[:1]}])
    assert file.rows[["ticker", "quantity"]].values.tolist() == [["AAPL", 10], ["XIACY", 7]]


def test_a_figure_whose_element_names_its_currency_is_read_in_it(tmp_path):
    path = tmp_path / "book.xml"
    row = '<holding><isin>{}</isin><name>{}</name><qty>{}</qty><price currency="{}">{}</price><value currency="{}">{}</value></holding>'
    rows = [("KYG9830T1067", "Xiaomi", 1000, "HKD", 32.5, "USD", "4150.00"), ("GB00BH4HKS39", "Vodafone", 10, "GBX", 130, "USD", "17.50")]
    path.write_text(f"<report>{''.join(row.format(*line) for line in rows)}</report>", encoding="utf-8")
    read = read_holdings(path).rows
    assert read[["quantity", "market_value", "currency"]].values.tolist() == [[1000.0, 4150.0, "USD"], [10.0, 17.5, "USD"]]


def test_a_figure_whose_element_names_another_unit_is_not_read(tmp_path):
    path = tmp_path / "book.xml"
    row = '<holding><isin>{}</isin><name>{}</name><qty>{}</qty><value unit="thousand">{}</value></holding>'
    rows = [("KYG9830T1067", "Xiaomi", 1000, "4.15"), ("GB00BH4HKS39", "Vodafone", 10, "0.02")]
    path.write_text(f"<report>{''.join(row.format(*line) for line in rows)}</report>", encoding="utf-8")
    assert read_holdings(path).rows["market_value"].isna().all()


@pytest.mark.parametrize(
    ("leaf", "column", "right"),
    [
        ('<name lang="ALL">Qorvex</name>', "name", "Qorvex"),
        ('<name currency="USD">Apple</name>', "name", "Apple"),
        ('<securityName currency="USD">3M Company</securityName>', "name", "3M Company"),
        ('<name xml:lang="en">Apple</name>', "name", "Apple"),
        ('<name language="de-CH">Nestle 1 AG</name>', "name", "Nestle 1 AG"),
        ('<symbol currency="HKD">1810</symbol>', "ticker", "1810"),
        ('<cusip currency="USD">037833100</cusip>', "cusip", "037833100"),
        ('<isin venue="MOP">KYG9830T1067</isin>', "isin", "KYG9830T1067"),
    ],
)
def test_a_currency_beside_a_name_or_a_code_is_no_part_of_it(tmp_path, leaf, column, right):
    path = tmp_path / "book.xml"
    path.write_text(f'<r><h>{leaf}<qty>1</qty><value currency="USD">7.5</value></h></r>', encoding="utf-8")
    read = read_holdings(path).rows
    assert read[[column, "market_value", "currency"]].values.tolist() == [[right, 7.5, "USD"]]


def test_a_listed_name_in_an_element_of_a_language_is_met(tmp_path):
    book, listed = tmp_path / "book.xml", tmp_path / "list.csv"
    book.write_text('<r><h><name lang="ALL">Qorvex Holdings</name><isin>KYG9999T1064</isin><qty>1</qty></h></r>', encoding="utf-8")
    listed.write_text("name\nQorvex Holdings\n", encoding="utf-8")
    positions = check_portfolio(book, lists=listed, as_of="2021-01-20T18:00-05:00").positions
    assert positions[["name", "entity"]].values.tolist() == [["Qorvex Holdings", "Qorvex Holdings"]]


def _of_record(record, **more):
    return [{record: {"symbol": symbol, **more}, "position": 100, "marketValue": 300.0} for symbol in ("XIACY", "AAPL")]


def test_the_contract_of_a_position_is_its_security(tmp_path):
    path = tmp_path / "book.json"
    path.write_text(
        json.dumps(_of_record("contract", conId=1, localSymbol="X", secType="STK", currency="USD", exchange="PINK")), encoding="utf-8"
    )
    file = read_holdings(path)
    assert file.rows[["ticker", "quantity", "market_value", "currency"]].values.tolist() == [
        ["XIACY", 100.0, 300.0, "USD"],
        ["AAPL", 100.0, 300.0, "USD"],
    ]
    said = file.issues.set_index("value").loc["contract.symbol"]
    assert said["action"] == "read as ticker" and "the whole heading is not known" in said["problem"]
    options = _of_record("contract", secType="OPT", right="C", strike=5.0, currency="USD")
    path.write_text(json.dumps(options), encoding="utf-8")
    assert read_holdings(path).rows["instrument"].tolist() == ["option", "option"]


@pytest.mark.parametrize(
    "record",
    ["parent", "parentCompany", "benchmark", "underlying", "underlyingContract", "fund", "custodian", "sector", "collateral", "issuer", "index", "lender",
     "peer", "hedge", "replacement", "deliverable", "ultimateParent", "sectorEtf", "loan.borrower"],
)  # fmt: skip
def test_a_record_of_another_names_no_position(tmp_path, record):
    path = tmp_path / "book.json"
    path.write_text(json.dumps(_of_record(record)), encoding="utf-8")
    with pytest.raises(InputError, match="nothing names the security"):
        read_holdings(path)


def test_a_record_that_is_not_known_beside_that_of_the_security_is_named_as_unread(tmp_path):
    path = tmp_path / "book.json"
    path.write_text(json.dumps([{**one, "lot": {"symbol": "TSLA"}} for one in _of_record("contract")]), encoding="utf-8")
    file = read_holdings(path)
    assert file.rows["ticker"].tolist() == ["XIACY", "AAPL"]
    assert "lot.symbol" in set(file.columns.loc[file.columns["field"] == "", "heading"])


def test_fields_of_one_name_that_differ_do_not_take_each_others_place(tmp_path):
    """Of two names, or two values, of one record the last was read, and nothing said."""
    path = tmp_path / "book.xml"
    row = '<p><name xml:lang="en">{}</name><name xml:lang="zh">{}</name><isin>{}</isin><qty>{}</qty><qty>{}</qty><value>{}</value><value>{}</value></p>'
    rows = [("Xiaomi", "小米", XIAOMI, 5, 5, 780, 100), ("Apple", "苹果", APPLE, 7, 7, 9, 5)]
    path.write_text(f"<r>{''.join(row.format(*line) for line in rows)}</r>", encoding="utf-8")
    file = read_holdings(path)
    assert file.rows[["name", "quantity", "market_value"]].values.tolist() == [["Xiaomi", 5.0, 780.0], ["Apple", 7.0, 9.0]]
    assert file.issues[["column", "problem"]].values.tolist() == [
        ["market_value", "2 columns bear this heading, and nothing tells them apart"]
    ]


def test_what_is_held_short_stands_beside_what_is_held_long_in_records_too(tmp_path):
    """A short position of ten under longQuantity and shortQuantity was read as none."""
    path = tmp_path / "book.json"
    rows = [("AAPL", 100, 0, 350), ("XIACY", 0, 10, -35)]
    held = [
        {"longQuantity": long, "shortQuantity": short, "marketValue": value, "instrument": {"symbol": symbol}}
        for symbol, long, short, value in rows
    ]
    path.write_text(json.dumps({"securitiesAccount": {"positions": held}}), encoding="utf-8")
    assert read_holdings(path).rows["quantity"].tolist() == [100.0, -10.0]
