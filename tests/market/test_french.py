"""French's daily factor files: percent to decimals, preamble and footer, missing values, joins and refusals."""

from __future__ import annotations

import zipfile

import numpy as np
import pandas as pd
import pytest

from impact.errors import InputError, SourceUnusable
from impact.market import read_french

FIVE = (
    "This file was created by a program using a database.\nThe 1-month TBill return is from Ibbotson.\n\n"
    ",Mkt-RF,SMB,HML,RMW,CMA,RF\n20210114,   0.04,   1.81,   0.61,  -0.99,   0.10,   0.000\n"
    "20210115,  -0.88,  -99.99,  -0.27,   0.39,   0.05,   0.001\n\nCopyright 2024 Kenneth R. French\n"
)
MOMENTUM = "preamble\n\nMissing data are indicated by -99.99 or -999.\n\n,Mom   \n20210115,  -0.08\n20210119,   1.16\n\nCopyright\n"


@pytest.fixture
def write(tmp_path):
    def written(text, name="f.CSV"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return written


def test_percent_becomes_decimal_and_the_riskless_rate_stands_last(write):
    got = read_french(write(FIVE))
    assert list(got.columns) == ["mkt_rf", "smb", "hml", "rmw", "cma", "rf"] and got.index.dtype == "datetime64[ns]"
    np.testing.assert_allclose(got.iloc[0], [0.0004, 0.0181, 0.0061, -0.0099, 0.001, 0.0], atol=1e-16)
    assert np.isnan(got.loc["2021-01-15", "smb"]) and got.loc["2021-01-15", "rf"] == pytest.approx(1e-5)


def test_files_are_joined_on_the_days_they_share(write):
    got = read_french(write(FIVE), write(MOMENTUM, "m.CSV"))
    assert list(got.columns) == ["mkt_rf", "smb", "hml", "rmw", "cma", "mom", "rf"]
    assert got.index.tolist() == [pd.Timestamp("2021-01-15")] and got["mom"].iloc[0] == pytest.approx(-0.0008)


def test_a_zip_as_downloaded_is_read(write, tmp_path):
    with zipfile.ZipFile(tmp_path / "f.zip", "w") as archive:
        archive.writestr("f.CSV", FIVE)
    pd.testing.assert_frame_equal(read_french(tmp_path / "f.zip"), read_french(write(FIVE)))


def test_a_block_after_the_daily_one_is_not_read(write):
    got = read_french(write(FIVE.replace("\nCopyright", "\n Annual Factors\n,Mkt-RF\n2021,  9.99\n\nCopyright")))
    assert len(got) == 2


@pytest.mark.parametrize(("text", "message"), [
    (FIVE.replace("20210114", "202101").replace("20210115", "202102"), "f.CSV has monthly rows \\(first 202101\\).*daily file"),
    (FIVE.replace("20210114", "2020").replace("20210115", "2021"), "f.CSV has annual rows"),
    (FIVE.replace("20210115", "20210114"), "f.CSV repeats 1 days \\(first 2021-01-14\\)"),
    (FIVE.replace("SMB", "Lo PRIOR"), "f.CSV has a column 'Lo PRIOR' that is no factor"),
    (FIVE.replace("-0.99,", "", 1), "f.CSV has 5 figures on 20210114 where the header names 6"),
    (FIVE.replace("-0.99", "x"), "f.CSV has a cell that is no number"),
    (FIVE.replace("20210114", "20211314"), "f.CSV has a cell that is no number or no day"),
    ("date,close\n2021-01-14,3\n", "f.CSV has no header line starting with a comma"),
    (",Mkt-RF\n", "f.CSV has no rows under its header"),
])  # fmt: skip
def test_another_file_is_refused_in_one_line(write, text, message):
    with pytest.raises(InputError, match=message) as refusal:
        read_french(write(text))
    assert "\n" not in str(refusal.value)


def test_a_factor_from_two_files_or_no_shared_day_is_refused(write):
    with pytest.raises(InputError, match="g.CSV gives mom again"):
        read_french(write(MOMENTUM), write(MOMENTUM, "g.CSV"))
    with pytest.raises(InputError, match="the 2 factor files share no day"):
        read_french(write(FIVE), write(MOMENTUM.replace("2021", "2022"), "g.CSV"))


def test_a_file_that_cannot_be_opened_is_unavailable_data(tmp_path, write):
    with pytest.raises(SourceUnusable, match="absent.CSV cannot be read \\(No such file"):
        read_french(tmp_path / "absent.CSV")
    with pytest.raises(SourceUnusable, match="f.zip cannot be read"):
        read_french(write("no zip", "f.zip"))
