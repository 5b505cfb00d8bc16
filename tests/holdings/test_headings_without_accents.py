"""Headings as systems write them that have no letter beyond ASCII, and as R and UBS do."""

import pytest

from impact.holdings import read_holdings


@pytest.mark.parametrize(
    "header",
    [
        "ISIN;Bezeichnung;Stueck;Kurswert;Waehrung",
        "ISIN;Bezeichnung;Stueckzahl;Kurswert;Waehrung",
        "ISIN;Vaerdipapir;Antal;Markedsvaerdi;Valuta",
        "ISIN;Bezeichnung;Anzahl / Betrag;Marktwert;Währung",
        "isin;name;n.shares;market.value;currency",
        "ISIN;Ações;Qtd;Valor;Moeda",
        "ISIN;Nome;Ações;Valor;Moeda",
    ],
)
def test_a_heading_without_accents_is_the_same_heading(tmp_path, header):
    path = tmp_path / "book.csv"
    path.write_text(f"{header}\nKYG9830T1067;Xiaomi;1.000,00;3.100,00;EUR\nDE0007164600;SAP;50,00;5.200,00;EUR\n", encoding="utf-8")
    rows = read_holdings(path).rows
    assert rows[["name", "quantity", "market_value", "currency"]].values.tolist() == [
        ["Xiaomi", 1000.0, 3100.0, "EUR"],
        ["SAP", 50.0, 5200.0, "EUR"],
    ]
