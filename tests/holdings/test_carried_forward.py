"""The lines with which a page of a statement closes and the next one opens are totals, and are never counted."""

from __future__ import annotations

import pytest

from impact.holdings import read_holdings

XIAOMI, MOBILE, CNOOC = "KYG9830T1067", "HK0941009539", "HK0883013259"
PAIRS = [
    ("Carried forward", "Brought forward"),
    ("Balance c/f", "Balance b/f"),
    ("Übertrag", "Vortrag"),
    ("Report à nouveau", "Report"),
    ("A riportare", "Riporto"),
    ("Suma y sigue", "Suma anterior"),
    ("A transportar", "Transporte"),
    ("次頁へ", "前頁より"),
    ("过次页", "承前页"),
    ("結轉下頁", "承前"),
]


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("end", ["Total,,,49000", ""])
def test_what_a_page_carries_forward_is_no_position(tmp_path, pair, end):
    path = tmp_path / "book.csv"
    lines = ["Name,ISIN,Quantity,Value USD", f"Xiaomi,{XIAOMI},10000,42000", f"China Mobile,{MOBILE},1000,6000"]
    lines += [f"{label},,,48000" for label in pair] + [f"CNOOC,{CNOOC},1000,1000", end]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    file = read_holdings(path)
    assert file.rows["market_value"].tolist() == [42000, 6000, 1000] and file.issues.empty


@pytest.mark.parametrize("firm", ["Transport", "Report", "Vortrag", "Riporto", "Transporte", "CF"])
@pytest.mark.parametrize("cells", ["US0378331005,100,3720", ",100,3720"])
def test_a_firm_that_is_called_so_is_held(tmp_path, firm, cells):
    path = tmp_path / "book.csv"
    lines = ["Name,ISIN,Quantity,Value USD", f"Xiaomi,{XIAOMI},10000,42000", f"{firm},{cells}", f"CNOOC,{CNOOC},1000,1000"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert read_holdings(path).rows["market_value"].tolist() == [42000, 3720, 1000]
    path.write_text(f"Name,Weight\nXiaomi,50%\n{firm},30%\nCNOOC,20%\n", encoding="utf-8")
    assert read_holdings(path).rows["weight"].tolist() == [0.5, 0.3, 0.2]


@pytest.mark.parametrize("line", ["CF INDUSTRIES,CF,,12,900", ",CF,,12,900", "BROWN FORMAN,BF,,12,900"])
def test_a_symbol_that_spells_what_is_carried_forward_is_a_share(tmp_path, line):
    path = tmp_path / "book.csv"
    path.write_text(f"Name,Ticker,ISIN,Quantity,Value\nXiaomi,XIACY,{XIAOMI},10,500\n{line}\nCNOOC,CEO,{CNOOC},10,400\n", encoding="utf-8")
    assert read_holdings(path).rows["market_value"].tolist() == [500, 900, 400]
