"""The code read as a tree: what the rules of the house speak of (lengths, parameters, names, unused definitions)."""

from __future__ import annotations

import ast
import importlib
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef

CALLED_BY_FRAMEWORKS = {"list_commands", "get_command", "resolve_command", "format_commands", "_repr_html_"}
"""What click asks of a group, and a notebook of an object it shows."""


@cache
def trees(folder: str = "impact") -> dict[str, ast.Module]:
    """The parsed modules of a folder by their path from the root."""
    paths = sorted((ROOT / folder).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def functions(tree: ast.Module) -> Iterator[tuple[str, Function, bool]]:
    """Every function of a module as (qualified name, node, public): public when it and the class around it have public names."""

    def walk(nodes: list[ast.stmt], prefix: str, public: bool) -> Iterator[tuple[str, Function, bool]]:
        for node in nodes:
            if isinstance(node, ast.ClassDef):
                yield from walk(node.body, f"{prefix}{node.name}.", public and not node.name.startswith("_"))
            elif isinstance(node, Function):
                yield f"{prefix}{node.name}", node, public and (not node.name.startswith("_") or node.name == "__init__")
                yield from walk(node.body, f"{prefix}{node.name}.", False)

    yield from walk(tree.body, "", True)


def parameters(node: Function) -> list[ast.arg]:
    """Every parameter but the first of a method."""
    given = node.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, *(part for part in (given.vararg, given.kwarg) if part)]
    return [part for part in every if part.arg not in ("self", "cls")]


def code_lines(node: Function, source: list[str]) -> int:
    """Lines of a function that hold code: without its docstring, comments and empty lines."""
    first = node.body[0]
    body = node.body[1:] if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) else node.body
    documented = set() if body is node.body else set(range(first.lineno, (first.end_lineno or 0) + 1))
    lines = range(node.lineno, (node.end_lineno or 0) + 1)
    return sum(i not in documented and bool(re.match(r"\s*[^\s#]", source[i - 1])) for i in lines)


def any_in_signature(node: Function) -> int:
    """How many annotations of a signature are ``Any`` and nothing more."""
    notes = [part.annotation for part in parameters(node)] + [node.returns]
    return sum(isinstance(note, ast.Name) and note.id == "Any" for note in notes)


def names_in(node: ast.AST) -> Iterator[str]:
    """Names that a tree speaks of: variables, attributes, imports, keywords, and strings that could be a name."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr
        elif isinstance(part, ast.alias):
            yield part.name.rsplit(".", 1)[-1]
        elif isinstance(part, ast.keyword) and part.arg:
            yield part.arg
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield from re.findall(r"[A-Za-z_]\w*", part.value) if len(part.value) < 200 else ()


def spoken_of() -> Counter[str]:
    """How often each name is used in the package, the notebooks' and documents' builders, apart from where it is defined or listed."""
    counts: Counter[str] = Counter()
    for folder in ("impact", "data"):
        for tree in trees(folder).values():
            for statement in tree.body:
                listed = isinstance(statement, ast.Assign) and any(getattr(t, "id", "") == "__all__" for t in statement.targets)
                if not listed:
                    counts.update(names_in(statement))
    return counts


def documented() -> set[str]:
    """Words of the documents and notebooks that a user reads, and of the templates of a page."""
    paths = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "notebooks").glob("*.ipynb")]
    paths += [*(ROOT / "impact").rglob("*.j2"), *(ROOT / "docs").glob("*.py")]
    words = {word for path in paths if path.exists() for word in re.findall(r"[A-Za-z_]\w*", path.read_text(encoding="utf-8"))}
    return words | {name for module in formula_modules() for name in importlib.import_module(module).__all__}


def formula_modules() -> list[str]:
    """Modules of kernels whose page of the reference shows every public function, because a worked number tests each."""
    page = (ROOT / "docs" / "reference" / "kernels.md").read_text(encoding="utf-8")
    return re.findall(r"^::: (impact\.kernels\.\w+)$", page, re.MULTILINE)


def unused_definitions() -> list[str]:
    """Functions, classes and methods that nothing in the package uses and no document names, as path:line name.

    A click command, what a framework calls by its name (:data:`CALLED_BY_FRAMEWORKS`), a dunder and a property of an exported record that a document lists count as used.
    """
    used, named = spoken_of(), documented()
    unused = []
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if not isinstance(node, Definition) or (node.name.startswith("__") and node.name.endswith("__")):
                continue
            registered = any("command" in ast.unparse(mark) or "group" in ast.unparse(mark) for mark in node.decorator_list)
            if registered or node.name in named or node.name in CALLED_BY_FRAMEWORKS:
                continue
            recursive = sum(name == node.name for name in names_in(node))
            if used[node.name] - recursive <= 0:
                unused.append(f"{path}:{node.lineno} {node.name}")
    return unused


def bound_names(tree: ast.Module) -> Iterator[str]:
    """Names that a module binds: variables, parameters, functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, Function):
            yield node.name
