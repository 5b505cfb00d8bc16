"""Identifiers: the check of a column equals python-stdnum one at a time; a normal form is its own normal form."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.identifiers import clean_identifiers, is_valid, normalise_ticker, valid_identifiers

ALNUM = string.digits + string.ascii_uppercase
CONSONANTS = "".join(sorted(set(string.ascii_uppercase) - set("AEIOU")))
FORMS = {
    "isin": st.builds(
        lambda country, body: country + body,
        st.sampled_from(["US", "HK", "CN", "KY", "ZZ", "1A"]),
        st.text(ALNUM, min_size=10, max_size=10),
    ),
    "cusip": st.text(ALNUM + "*@#", min_size=8, max_size=10),
    "sedol": st.text(string.digits + CONSONANTS + "A", min_size=7, max_size=7) | st.text(string.digits, min_size=6, max_size=8),
    "figi": st.builds(
        lambda head, body: head + "G" + body,
        st.sampled_from(["BB", "BS", "GB", "KK", "B1"]),
        st.text(string.digits + CONSONANTS, min_size=9, max_size=9),
    ),
    "lei": st.text(ALNUM, min_size=18, max_size=18).map(
        lambda body: body + f"{98 - int(''.join(str(ALNUM.index(c)) for c in body) + '00') % 97:02d}"
    )
    | st.text(ALNUM, min_size=20, max_size=20),
}


@pytest.mark.parametrize("kind", FORMS)
@settings(deadline=None, max_examples=60)
@given(source=st.data())
def test_a_column_is_checked_as_python_stdnum_checks_each(kind, source):
    texts = source.draw(st.lists(FORMS[kind], min_size=1, max_size=40))
    expected = [is_valid(text, kind) for text in clean_identifiers(texts)]
    assert valid_identifiers(texts, kind).tolist() == expected


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=30))
def test_any_text_is_checked_without_an_error(text):
    for kind in FORMS:
        assert valid_identifiers([text], kind).shape == (1,)
    assert normalise_ticker(text) is None or normalise_ticker(text).code


@settings(deadline=None, max_examples=200)
@given(st.integers(1, 99999), st.integers(0, 3), st.integers(1, 3), st.sampled_from(["", " Equity"]))
def test_padding_and_blanks_do_not_change_a_hong_kong_line(number, zeros, blanks, key):
    line = normalise_ticker("0" * zeros + str(number) + " " * blanks + "HK" + key)
    assert str(line) == f"{number} HK"
    assert normalise_ticker(line.yahoo) == line
    assert normalise_ticker(str(line)) == line


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from("023689"), st.text(string.digits, min_size=5, max_size=5), st.sampled_from([" CH", " CN", " C1", " C2 Equity", "CN"])
)
def test_mainland_spellings_agree_with_the_yahoo_symbol(first, rest, suffix):
    line = normalise_ticker(first + rest + suffix)
    assert line.code == first + rest
    assert normalise_ticker(line.yahoo) == line
