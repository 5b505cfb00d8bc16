"""A filing as EDGAR sends it whole: documents of XML or of HTML in one text."""

from __future__ import annotations

import pytest

from impact.errors import InputError
from impact.holdings import read_holdings

TABLE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<ns1:informationTable xmlns:ns1="http://www.sec.gov/edgar/document/thirteenf/informationtable">'
    "<ns1:infoTable><ns1:nameOfIssuer>CHINA MOBILE LIMITED</ns1:nameOfIssuer><ns1:titleOfClass>SPONSORED ADR</ns1:titleOfClass>"
    "<ns1:cusip>16941M109</ns1:cusip><ns1:value>28540</ns1:value><ns1:shrsOrPrnAmt><ns1:sshPrnamt>1000</ns1:sshPrnamt>"
    "<ns1:sshPrnamtType>SH</ns1:sshPrnamtType></ns1:shrsOrPrnAmt></ns1:infoTable></ns1:informationTable>"
)
COVER = '<?xml version="1.0"?>\n<edgarSubmission><formData><coverPage><reportType>13F</reportType></coverPage></formData></edgarSubmission>'


def written(tmp_path, text):
    path = tmp_path / "0000000000-20-000001.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_information_table_among_the_documents_of_a_submission(tmp_path):
    documents = "".join(
        f"<DOCUMENT>\n<TYPE>{n}\n<TEXT>\n<XML>\n{part}\n</XML>\n</TEXT>\n</DOCUMENT>\n" for n, part in enumerate((COVER, TABLE))
    )
    head = "<SEC-DOCUMENT>0.txt : 20201113\n<SEC-HEADER>0.hdr.sgml\n<ACCEPTANCE-DATETIME>20201113\nFILER:\tA & B\n</SEC-HEADER>\n"
    file = read_holdings(written(tmp_path, f"{head}{documents}</SEC-DOCUMENT>\n"))
    assert file.rows[["cusip", "quantity"]].to_numpy().tolist() == [["16941M109", 1000.0]]


def test_a_schedule_of_investments_in_html(tmp_path):
    page = (
        "<DOCUMENT>\n<TYPE>N-Q\n<SEQUENCE>1\n<TEXT>\n<HTML><BODY><P>Schedule of Investments</P><TABLE><TR><TD>Security</TD><TD>Shares</TD>"
        "<TD>Market Value</TD></TR><TR><TD>China Mobile Ltd ADR</TD><TD>1,000</TD><TD>28,540</TD></TR>"
        "<TR><TD>Apple Inc</TD><TD>10</TD><TD>1,200</TD></TR></TABLE></BODY></HTML>\n</TEXT>\n</DOCUMENT>\n"
    )
    file = read_holdings(written(tmp_path, page))
    assert file.rows["market_value"].tolist() == [28540.0, 1200.0]


def test_a_submission_without_a_table_is_refused(tmp_path):
    with pytest.raises(InputError):
        read_holdings(written(tmp_path, "<SEC-DOCUMENT>0.txt\n<DOCUMENT>\n<TYPE>CORRESP\n<TEXT>\nDear Sir\n</TEXT>\n</DOCUMENT>\n"))


def test_figures_that_a_page_spreads_over_several_columns(tmp_path):
    rows = (
        "<TR><TD></TD><TD>&nbsp;</TD><TD COLSPAN=2>Shares</TD><TD>&nbsp;</TD><TD COLSPAN=2>Value</TD><TD>&nbsp;</TD></TR>"
        "<TR><TD>COMMON STOCKS - 91.4%</TD></TR>"
        "<TR><TD>China Mobile Ltd ADR</TD><TD></TD><TD></TD><TD>1,000</TD><TD></TD><TD>$</TD><TD>28,540</TD><TD></TD></TR>"
        "<TR><TD>Apple Inc</TD><TD></TD><TD></TD><TD>10</TD><TD></TD><TD></TD><TD>1,200</TD><TD></TD></TR>"
        "<TR><TD>Written call</TD><TD></TD><TD></TD><TD>(2</TD><TD>)</TD><TD>$</TD><TD>(40</TD><TD>)</TD></TR>"
    )
    page = f"<DOCUMENT>\n<TYPE>N-Q\n<TEXT>\n<HTML><BODY><TABLE>{rows}</TABLE></BODY></HTML>\n</TEXT>\n</DOCUMENT>\n"
    file = read_holdings(written(tmp_path, page))
    assert file.rows["name"].tolist() == ["China Mobile Ltd ADR", "Apple Inc", "Written call"]
    assert file.rows[["quantity", "market_value"]].to_numpy().tolist() == [[1000.0, 28540.0], [10.0, 1200.0], [-2.0, -40.0]]


def test_the_tags_of_a_submission_may_be_in_small_letters(tmp_path):
    document = f"<DOCUMENT>\n<TYPE>13F-HR\n<TEXT>\n<xml>\n{TABLE}\n</xml>\n</TEXT>\n</DOCUMENT>\n"
    file = read_holdings(written(tmp_path, document))
    assert file.rows[["cusip", "quantity"]].to_numpy().tolist() == [["16941M109", 1000.0]]
