"""Words by which sheets, lines and cells say that they are of all of a book, of several of its lines, of an account or of a fund."""

from __future__ import annotations

from impact.intake.headings import heading_key

__all__ = ["OF_ACCOUNTS", "OF_ALL", "OF_FUNDS", "OF_SEVERAL"]

OF_ALL = frozenset(
    heading_key(word)
    for word in (
        "total", "totals", "all", "summary", "overview", "consolidated", "combined", "aggregate", "aggregated", "gesamt", "alle", "alles",
        "übersicht", "zusammenfassung", "konsolidiert", "consolidé", "synthèse", "ensemble", "tous", "toutes", "totale", "riepilogo", "tutti",
        "tutte", "totaal", "resumen", "todos", "todas", "汇总", "彙總", "全部", "所有", "合計", "全体", "합계", "전체",
    )
)  # fmt: skip
"""Keys of words for the whole of a book, or of a position."""
OF_SEVERAL = OF_ALL | frozenset(
    heading_key(word)
    for word in (
        "various", "multiple", "multi", "mixed", "several", "verschiedene", "diverse", "mehrere", "divers", "plusieurs", "diversos", "varios",
        "varias", "vari", "più", "多个", "多筆", "複数",
    )
)  # fmt: skip
"""Keys of words that stand where the lots of a summary have a day or a number of their own."""
OF_ACCOUNTS = frozenset(
    heading_key(word)
    for word in (
        "account", "acct", "accounts", "depot", "konto", "wertpapierdepot", "compte", "cuenta", "conto", "rekening", "conta", "hesap", "depå",
        "rachunek", "účet", "számla", "счет", "счёт", "口座", "账户", "帳戶", "계좌",
    )
)  # fmt: skip
"""Keys of words for an account, with which no name of a security begins."""
OF_FUNDS = frozenset(
    heading_key(word)
    for word in (
        "fund",
        "funds",
        "portfolio",
        "portfolios",
        "mandate",
        "composite",
        "fonds",
        "portefeuille",
        "cartera",
        "fondo",
        "fundo",
        "fondet",
    )
)
"""Keys of words for a fund, or for what is managed as one."""
