"""Anything with a ``map``: the results of tasks, in order, whoever computes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar

__all__ = ["Executor", "map_in_order"]


class Executor(Protocol):
    """Anything with a ``map``: a pool of :mod:`concurrent.futures`, or a client whose answers are futures."""

    def map(self, fn: Callable[..., Any], /, *iterables: Iterable[Any]) -> Iterable[Any]:
        """Apply `fn` to every task."""


Task = TypeVar("Task")
Answer = TypeVar("Answer")


def map_in_order(executor: Executor | None, function: Callable[[Task], Answer], tasks: Iterable[Task]) -> Iterator[Answer]:
    """Apply `function` to every task, one answer after the other in the order of the tasks.

    Parameters
    ----------
    executor : object with ``map``, or None
        None runs here. A ``concurrent.futures`` pool yields answers; a client that yields futures (``dask.distributed``)
        is asked for the result of each, in order, and its futures are let go one by one.
    function : callable
        At module level when the executor runs it in another process.
    tasks : iterable
    """
    if executor is None:
        yield from map(function, tasks)
        return
    for answer in executor.map(function, list(tasks)):
        yield answer.result() if hasattr(answer, "result") and callable(answer.result) else answer
