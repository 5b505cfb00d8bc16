"""One small table written in every file format that intake reads, and what must come back."""

import gzip
import io
import json
import zipfile

import pandas as pd

HEADINGS = ["Name", "ISIN", "Shares", "Value"]
ROWS = [["Xiaomi", "KYG9830T1067", "1000", "4200.5"], ["Apple & Co", "US0378331005", "10", "1300"]]
TABLE = [HEADINGS, *ROWS]
FRAME = pd.DataFrame(
    {"Name": ["Xiaomi", "Apple & Co"], "ISIN": ["KYG9830T1067", "US0378331005"], "Shares": [1000, 10], "Value": [4200.5, 1300.0]}
)

SPREADSHEET_XML = """<?xml version="1.0"?>
<ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><ss:Worksheet ss:Name="Holdings"><ss:Table>
<ss:Row><ss:Cell><ss:Data ss:Type="String">Name</ss:Data></ss:Cell><ss:Cell><ss:Data ss:Type="String">ISIN</ss:Data></ss:Cell>
<ss:Cell><ss:Data ss:Type="String">Shares</ss:Data></ss:Cell><ss:Cell><ss:Data ss:Type="String">Value</ss:Data></ss:Cell></ss:Row>
<ss:Row><ss:Cell><ss:Data ss:Type="String">Xiaomi</ss:Data></ss:Cell><ss:Cell><ss:Data ss:Type="String">KYG9830T1067</ss:Data></ss:Cell>
<ss:Cell><ss:Data ss:Type="Number">1000</ss:Data></ss:Cell><ss:Cell><ss:Data ss:Type="Number">4200.5</ss:Data></ss:Cell></ss:Row>
<ss:Row><ss:Cell><ss:Data ss:Type="String">Apple & Co</ss:Data></ss:Cell><ss:Cell><ss:Data ss:Type="String">US0378331005</ss:Data></ss:Cell>
<ss:Cell><ss:Data ss:Type="Number">10</ss:Data></ss:Cell><ss:Cell><ss:Data ss:Type="Number">1300</ss:Data></ss:Cell></ss:Row>
</ss:Table></ss:Worksheet></ss:Workbook>"""

FLEX = """<FlexQueryResponse queryName="q" type="AF"><FlexStatements count="1"><FlexStatement accountId="U1" period="LastBusinessDay">
<OpenPositions><OpenPosition Name="Xiaomi" ISIN="KYG9830T1067" Shares="1000" Value="4200.5"/>
<OpenPosition Name="Apple &amp; Co" ISIN="US0378331005" Shares="10" Value="1300"/></OpenPositions></FlexStatement></FlexStatements>
</FlexQueryResponse>"""


def xlsx(*sheets):
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def typed(rows):
    return [[float(cell) if cell.replace(".", "").isdigit() else cell for cell in row] for row in rows]


def written(kind):
    text = "\n".join(",".join(row) for row in TABLE) + "\n"
    cells = "".join("<tr>" + "".join(f"<td>{cell.replace('&', '&amp;')}</td>" for cell in row) + "</tr>" for row in TABLE)
    stream = io.BytesIO()
    if kind == "parquet":
        FRAME.to_parquet(stream)
        return stream.getvalue()
    if kind == "arrow":
        FRAME.to_feather(stream, compression="uncompressed")
        return stream.getvalue()
    page = f"<html><body><table>{cells}</table></body></html>"
    records = [dict(zip(HEADINGS, row, strict=True)) for row in typed(ROWS)]
    return {
        "workbook": lambda: xlsx(("Holdings", [HEADINGS, *typed(ROWS)])),
        "spreadsheet xml": lambda: SPREADSHEET_XML.encode("utf-8-sig"),
        "html": page.encode,
        "mht": lambda: (
            b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n--x\nContent-Type: text/html; charset="utf-8"\n\n'
            + page.encode()
            + b"\n--x--\n"
        ),
        "xml": FLEX.encode,
        "json": lambda: json.dumps({"positions": records}).encode(),
        "text": text.encode,
    }[kind]()


def packed(content):
    return gzip.compress(content)


def zipped(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()
