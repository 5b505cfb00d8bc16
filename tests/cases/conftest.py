"""Cases of the tests: each shipped case is opened once in a process."""

from functools import cache

import pytest

import impact


@pytest.fixture(scope="session")
def opened():
    """Open a shipped case by its name, as known today; whoever asks again gets the same object."""
    return cache(impact.case)
