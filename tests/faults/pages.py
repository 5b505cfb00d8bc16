"""Text that would be a script, an element, an attribute or a link, brought in by every door of a page; nothing of it runs.

The pages are asked in two ways: their markup holds no element, attribute or address that a page of plain text does not hold, and a
browser (Chromium, headless) that opens them finds no mark that a script of theirs would leave: as written, and once more with their
content security policy taken out, so that it is the writing that holds and not the policy alone.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import re
import shutil
import subprocess
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import numpy as np
import pandas as pd

import impact
from impact.errors import ImpactWarning
from impact.report.exposure import exposure_page
from impact.report.page import write

__all__ = ["BROWSERS", "PAYLOADS", "inject", "pages_of", "wrong_markup"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
MARK = "pwned"
_RUN = f"document.documentElement.setAttribute('data-{MARK}','1')"
PAYLOADS = (
    f"<script>{_RUN}</script>", f"<img src=x onerror={_RUN}>", f'"><svg onload="{_RUN}">', f"'><svg/onload={_RUN}>", f"</script><script>{_RUN}</script>",
    f"</style><script>{_RUN}</script>", f"</title><script>{_RUN}</script>", f"</textarea><script>{_RUN}</script>", f"--><script>{_RUN}</script>",
    f"]]><script>{_RUN}</script>", f'" onmouseover="{_RUN}" autofocus onfocus="{_RUN}', f"' autofocus onfocus='{_RUN}", f"javascript:{_RUN}",
    f"<a href='javascript:{_RUN}'>x</a>", f"<iframe srcdoc='<script>parent.{_RUN}</script>'>", f"<details open ontoggle={_RUN}>", "<base href=//x.example/>",
    "<meta http-equiv=refresh content='0;url=//x.example'>", "<link rel=stylesheet href=//x.example/x.css>", "<form action=//x.example><button>", "<!--",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>", "{{7*7}}", "${7*7}", "&lt;script&gt;", "&#60;script&#62;", "\\x3cscript\\x3e",
    "\\u003cscript\\u003e", "＜script＞", "\u2028</script>", "<scr\x00ipt>", "<ſcript>", "`", "'", '"', "\\", "%3Cscript%3E", "</", "<", "&", "]]>",
)  # fmt: skip


def _texts(n: int, rng: random.Random) -> list[str]:
    """Payloads, whole, in other letters, one in another, cut."""
    made = list(PAYLOADS[:n])
    while len(made) < n:
        text = rng.choice(PAYLOADS) + rng.choice(("", " ", rng.choice(PAYLOADS)))
        made.append(rng.choice((text, text.swapcase(), text[rng.randrange(len(text)) :], "Xiaomi " + text, text.replace(" ", "/"))))
    return made


def _book_page(folder: Path, texts: list[str]) -> Path:
    rows = [{"Account": text, "Ticker": text, "Name": text, "Shares": 5, "Market Value": 10 + place} for place, text in enumerate(texts)]
    rows.append({"Account": "a", "Ticker": "1810.HK", "Name": "Xiaomi", "Shares": 5, "Market Value": 10})
    (folder / "book.json").write_text(json.dumps(rows), encoding="utf-8")
    return write(exposure_page(impact.check_portfolio(folder / "book.json", as_of="2021-11-30T12:00-05:00")), folder / "book.html")


def _study_page(folder: Path, texts: list[str]) -> Path:
    days = pd.bdate_range("2019-01-01", periods=400)
    names = [f"{text} {place}" for place, text in enumerate(texts[:40])]
    drawn = np.random.default_rng(3).normal(0, 0.01, (400, len(names) + 1))
    returns = pd.DataFrame(drawn, index=days, columns=[*names, "index"])
    events = pd.DataFrame({"event_id": [f"e{name}" for name in names], "security": names, "date": days[300], "group": names})
    missing = pd.DataFrame({"event_id": texts[:5], "security": "nowhere", "date": days[300], "group": texts[:5]})
    study = impact.event_study(returns, pd.concat([events, missing], ignore_index=True), market="index")
    study.to_html(folder / "study.html")
    return folder / "study.html"


def _case_page(folder: Path, texts: list[str]) -> Path:
    def quoted(place: int) -> str:
        return json.dumps(texts[place % len(texts)])

    events = [
        f"[[events]]\nlabel = {quoted(place)}\nkind = 'court'\nknown_at = {dt.datetime(2027, 1, 1 + place, tzinfo=dt.UTC).isoformat()}"
        for place in range(min(len(texts), 20))
    ]
    (folder / "case.toml").write_text(
        f"[designation]\nsecurity = '0700.HK'\nprogramme = 'ns-cmic'\npublic_at = 2026-11-28T16:05:00-05:00\nhypothetical = true\n"
        f"issuer = {quoted(0)}\ntitle = {quoted(1)}\nunknowns = [{', '.join(map(json.dumps, texts[:60]))}]\n[market]\nnote = {quoted(2)}\n"
        + "\n".join(events),
        encoding="utf-8",
    )
    return impact.case(folder / "case.toml").report(folder / "case.html")


def pages_of(folder: Path, texts: list[str]) -> list[Path]:
    """The page of a book, of a study and of a case, with each text at every place that takes one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImpactWarning)
        return [page(folder, texts) for page in (_book_page, _study_page, _case_page)]


def wrong_markup(page: Path) -> Iterator[str]:
    """Elements, attributes and addresses that no page of ours has."""
    tree = lxml.html.document_fromstring(page.read_bytes(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    for element in tree.iter(lxml.etree.Element):
        own_icon = element.tag == "link" and element.get("rel") == "icon" and (element.get("href") or "").startswith("data:")
        if (
            element.tag in ("iframe", "object", "embed", "base", "form", "link", "img", "math", "frame", "applet", "textarea")
            and not own_icon
        ):
            yield f"{page.name}: an element {element.tag}"
        for name, value in element.attrib.items():
            if (
                name.startswith("on")
                or name == "srcdoc"
                or (name in ("href", "src", "action") and not value.startswith(("#", "http", "data:")))
            ):
                yield f"{page.name}: an attribute {name}={value[:40]!r}"
    if any("refresh" in (element.get("http-equiv") or "").lower() for element in tree.iter("meta")):
        yield f"{page.name}: a page that leads away"
    if len([script for script in tree.iter("script") if script.get("type") != "application/json"]) > 1:
        yield f"{page.name}: a second script"
    if "Content-Security-Policy" not in page.read_text(encoding="utf-8"):
        yield f"{page.name}: no content security policy"


def _opened(page: Path, browser: str) -> str:
    words = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=2000", "--dump-dom", page.resolve().as_uri()]
    return subprocess.run([browser, *words], capture_output=True, text=True, timeout=120, check=True).stdout


def inject(folder: Path, n: int, seed: int, *, opened: bool = True) -> tuple[Counter[str], list[str]]:
    """`n` texts brought into the three pages, which are read as markup, and `opened` where there is a browser.

    Returns
    -------
    counts : Counter
        Texts brought in; pages read; pages opened by a browser, or that there was none.
    faults : list of str
    """
    texts = _texts(n, random.Random(f"pages {seed}"))
    pages = pages_of(folder, texts)
    faults = [fault for page in pages for fault in wrong_markup(page)]
    counts = Counter({"texts": n, "pages read": len(pages)})
    if not opened:
        return counts, faults
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        counts["pages not opened for want of a browser"] = len(pages)
        return counts, faults
    for page in pages:
        bare = page.with_name(f"bare_{page.name}")
        bare.write_text(re.sub(r"<meta http-equiv=.Content-Security-Policy.[^>]*>", "", page.read_text(encoding="utf-8")), encoding="utf-8")
        for one in (page, bare):
            counts["pages opened"] += 1
            dom = _opened(one, browser)
            if f"data-{MARK}=" in dom[:2000] or not dom.rstrip().endswith("</html>"):
                faults.append(f"{one.name}: a text ran as a script")
    return counts, faults
