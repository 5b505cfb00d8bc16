"""What every test may ask for: the worked examples, sample files, material from outside, an invoker for the command line."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path

# One thread for each process: workers that share the cores would otherwise spin on each other's. Handed down to workers and commands.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import matplotlib
import pandas as pd
import pytest

matplotlib.use("Agg")

TESTS = Path(__file__).resolve().parent
WORKED = TESTS / "reference" / "worked"
OUTSIDE = Path(os.environ.get("IMPACT_SHARED", TESTS.parents[1] / "shared"))
FROM_OUTSIDE = {"outside", "market_dir"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Who asks for material that is not part of the project is marked so, and is not selected by default."""
    for item in items:
        if FROM_OUTSIDE & set(getattr(item, "fixturenames", ())):
            item.add_marker("outside")


@pytest.fixture(autouse=True)
def declared_columns():
    """No table is shown, and no result is made, with a column that its schema does not declare."""
    from impact.results import Result
    from impact.tables import Schema

    made, shown = Result.__post_init__, Schema.column

    def column(self, name):
        assert self.extra is not None or name in self, f"table {self.name!r} shows {name!r}, which its schema does not declare"
        return shown(self, name)

    def check_tables(self):
        made(self)
        for attribute, schema in self.schemas.items():
            frame = self.__dict__.get(attribute)
            if isinstance(frame, pd.DataFrame):
                names = [*(level for level in frame.index.names if level is not None), *frame.columns]
                undeclared = [str(name) for name in names if schema.extra is None and str(name) not in schema]
                assert not undeclared, f"{type(self).__name__}.{attribute} has undeclared {undeclared}"

    with pytest.MonkeyPatch.context() as patch:  # its own: who asks for `monkeypatch` alters something else
        patch.setattr(Schema, "column", column)
        patch.setattr(Result, "__post_init__", check_tables)
        yield


@pytest.fixture(scope="session")
def outside() -> Path:
    """The folder of material that is not part of the project: the sources of the bundled tables, files of third parties."""
    assert OUTSIDE.is_dir(), "the material from outside is absent; set IMPACT_SHARED to its folder"
    return OUTSIDE


@pytest.fixture(scope="session")
def market_dir(outside: Path) -> Path:
    """Real prices, holdings, lists and factors of third parties; they are never committed."""
    return outside / "market"


@pytest.fixture(scope="session")
def samples_dir() -> Path:
    """Made-up files, one of each input format."""
    return TESTS / "samples"


@pytest.fixture(scope="session")
def worked() -> dict:
    """The worked examples: ``worked['examples'][id]`` with formula, sources, inputs, expected, rtol; ``worked['panel6']``."""
    rows: dict = {}
    for path in sorted(WORKED.glob("*.json")):
        rows |= json.loads(path.read_text(encoding="utf-8"))
    table = pd.read_csv(WORKED / "panel6.csv", index_col="row")
    firms, factors = [f"F{i}" for i in range(1, 7)], ["MKT_RF", "SMB", "HML", "RMW", "CMA", "UMD"]
    panel = {"firms": firms, "factor_names": factors, "R": table[firms].to_numpy(), "factors": table[factors].to_numpy()}
    return {"examples": rows, "panel6": panel | {name: table[name].to_numpy() for name in ("market", "rf")}}


@pytest.fixture(scope="session")
def opened():
    """Open a shipped case by its name, as known today or at an instant; whoever asks again gets the same object."""
    from impact.cases import case

    once = cache(lambda name, as_of: case(name, as_of=as_of))
    return lambda name, as_of=None: once(name, as_of)


@pytest.fixture(scope="session")
def paged(opened):
    """The page of a shipped case by its name, put together and drawn once."""
    from impact.cases.pages.page import case_page

    return cache(lambda name: case_page(opened(name)))


@pytest.fixture
def run_cli(request, opened):
    """Call the command line in process: ``run_cli("case", "xiaomi")`` gives exit code, stdout, stderr.

    A shipped case is opened once for all tests that alter nothing: those that do not ask for `monkeypatch`.
    """
    import contextlib
    import io

    import impact
    from impact.cases import case_names
    from impact.cli import main

    alters, anew = "monkeypatch" in request.fixturenames, impact.case

    def case(name=None, source=None, as_of=None, *, offline=False, **stated):
        if name in case_names() and source is None and not offline and not stated:
            return opened(name, as_of)
        return anew(name, source, as_of, offline=offline, **stated)

    def run(*words: str):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.ExitStack() as around:
            around.enter_context(contextlib.redirect_stdout(out))
            around.enter_context(contextlib.redirect_stderr(err))
            if not alters:
                around.enter_context(pytest.MonkeyPatch.context()).setattr(impact, "case", case)
            stop = around.enter_context(pytest.raises(SystemExit))
            main(list(words))
        return stop.value.code, out.getvalue(), err.getvalue()

    return run


@pytest.fixture(autouse=True)
def close_figures():
    """No figure outlives its test."""
    yield
    from matplotlib import pyplot

    pyplot.close("all")
