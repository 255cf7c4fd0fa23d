"""Mutants of the code: mutmut's operators, one change of one function at a time.

A mutant takes the place of its function in the running process: its code object is put into the function that is there,
so that everything that refers to the function runs the mutant. So decorated functions are mutated too (mutmut by itself
passes over them). What stands outside of functions is not mutated.
"""

from __future__ import annotations

import difflib
import functools
import importlib
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

import libcst as cst
from libcst.metadata import MetadataWrapper
from mutmut.mutation.file_mutation import MutationVisitor, deep_replace
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode


@dataclass(frozen=True)
class CodeMutant:
    """A module's text with one change in it.

    ``function`` is the qualified name of the function that is changed, ``line`` where the change stands;
    ``remembered`` says that its results are, so that not every test that needs the line runs it.
    """

    module: str
    function: str
    line: int
    change: str
    text: str
    remembered: bool = False

    def __str__(self) -> str:
        return f"{self.module}:{self.function}: {self.change}"


class _Visitor(MutationVisitor):  # type: ignore[misc]  # mutmut is not there when types are checked
    """mutmut's, which goes into decorated functions as well."""

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.FunctionDef):
            node = node.with_changes(decorators=())
            return bool(super()._skip_node_and_children(node))
        return bool(super()._skip_node_and_children(node))


def of_module(name: str) -> Iterator[CodeMutant]:
    """Return every mutant of a module."""
    file = Path(str(importlib.import_module(name).__file__))
    text = file.read_text(encoding="utf-8")
    wrapper = MetadataWrapper(cst.parse_module(text))
    visitor = _Visitor(mutation_operators, IgnoredCode(set(), set(), set()))
    tree = wrapper.visit(visitor)
    functions = {function: (statement, qualified) for statement, function, qualified in _functions(tree)}
    seen = {text}
    shown: Counter[tuple[str, str]] = Counter()
    for mutation in visitor.mutations:
        if mutation.contained_by_top_level_function not in functions:
            continue
        function = mutation.contained_by_top_level_function
        statement, qualified = functions[function]
        changed = deep_replace(statement, mutation.original_node, mutation.mutated_node)
        assert isinstance(changed, cst.CSTNode)
        old, new = tree.code_for_node(statement), tree.code_for_node(changed)
        assert text.count(old) == 1
        mutated = text.replace(old, new, 1)
        if mutated not in seen:
            seen.add(mutated)
            first = text[: text.index(old)].count("\n")
            line = first + _changed_line(old, new)
            change = _shown(old, new)
            shown[qualified, change] += 1
            again = f" (again, {shown[qualified, change]})" if shown[qualified, change] > 1 else ""
            cached = "cache" in "".join(tree.code_for_node(each) for each in function.decorators)
            yield CodeMutant(name, qualified, line, change + again, mutated, cached)


def _functions(tree: cst.Module) -> Iterator[tuple[cst.CSTNode, cst.FunctionDef, str]]:
    """Return each function and method with the statement of the module that it stands in, and its name."""
    for statement in tree.body:
        if isinstance(statement, cst.FunctionDef):
            yield statement, statement, statement.name.value
        elif isinstance(statement, cst.ClassDef):
            for inner in statement.body.body:
                if isinstance(inner, cst.FunctionDef):
                    yield statement, inner, f"{statement.name.value}.{inner.name.value}"


def _changed_line(old: str, new: str) -> int:
    """Return the number of the first line that differs."""
    pairs = zip(old.splitlines(), new.splitlines(), strict=False)
    return next((number for number, (a, b) in enumerate(pairs, start=1) if a != b), 1)


def _shown(old: str, new: str) -> str:
    lines = difflib.ndiff(old.splitlines(), new.splitlines())
    return " ".join(line[0] + line[1:].strip() for line in lines if line[0] in "+-")


def put_in_place(mutant: CodeMutant) -> None:
    """Replace the original by the mutant in the running process."""
    changed = ModuleType(mutant.module)
    live = sys.modules[mutant.module]
    changed.__dict__.update(__package__=live.__package__, __file__=live.__file__)
    # The changed module is executed apart, for its defaults; then its function's code goes into the one that is there.
    sys.modules[mutant.module] = changed
    try:
        exec(compile(mutant.text, str(live.__file__), "exec"), changed.__dict__)  # noqa: S102 - this is the mutant
    finally:
        sys.modules[mutant.module] = live
    new, old = _function(changed, mutant.function), _function(live, mutant.function)
    code: CodeType = new.__code__
    old.__code__ = code
    old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__


def _function(module: ModuleType, qualified: str) -> FunctionType:
    first, _, second = qualified.partition(".")
    found: object = module.__dict__[first]
    if second:
        found = vars(found)[second]
    while not isinstance(found, FunctionType):
        if hasattr(found, "cache_clear"):
            found.cache_clear()
        found = _unwrapped(found)
    return found


def _unwrapped(found: object) -> object:
    if isinstance(found, property):
        return found.fget
    if isinstance(found, functools.cached_property):
        return found.func
    return found.__wrapped__ if hasattr(found, "__wrapped__") else found.__func__  # type: ignore[attr-defined]  # of static and class methods
