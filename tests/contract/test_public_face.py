"""The names a user may rely on, and what every result offers."""

import dataclasses
import importlib
import inspect
import pkgutil

import pytest

import impact
from impact.results import Result

ROOMS = ["cases", "eventstudy", "facts", "holdings", "market", "pricing", "relief", "rules", "supply"]


def test_exported_names_are_sorted_and_all_resolve():
    assert impact.__all__ == sorted(impact.__all__)
    for name in impact.__all__:
        assert getattr(impact, name) is not None


def test_unknown_name_says_what_there_is():
    with pytest.raises(AttributeError, match="public names"):
        impact.no_such_name  # noqa: B018


@pytest.mark.parametrize("room", ["", *(f".{room}" for room in ROOMS)])
def test_a_module_of_the_same_name_does_not_hide_a_public_name(room):
    face = importlib.import_module(f"impact{room}")
    for home in pkgutil.iter_modules(face.__path__):
        importlib.import_module(f"{face.__name__}.{home.name}")
    assert [name for name in face.__all__ if inspect.ismodule(getattr(face, name))] == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_exports_what_it_lists(room):
    module = importlib.import_module(f"impact.{room}")
    assert len(set(module.__all__)) == len(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None


@pytest.mark.parametrize("room", ROOMS)
def test_every_result_is_frozen_and_has_its_own_summary_and_frame(room):
    module = importlib.import_module(f"impact.{room}")
    results = [getattr(module, name) for name in module.__all__]
    results = [item for item in results if inspect.isclass(item) and issubclass(item, Result)]
    for result in results:
        assert dataclasses.is_dataclass(result) and result.__dataclass_params__.frozen, result
        assert result.__repr__ is Result.__repr__, f"{result.__name__} prints whole arrays: declare it with repr=False"
        assert result.summary is not Result.summary and result.to_frame is not Result.to_frame, result
