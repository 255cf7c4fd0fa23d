"""HTML templates with Jinja, in which every value is escaped unless it is `Markup`.

Jinja is imported here and nowhere else, and this module only when a page is written: text output does not pay for it.
"""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from .escape import escape_control_chars

__all__ = ["Markup", "read_asset", "templates"]


def templates(package: str | None) -> Environment:
    """Return the environment of the templates that stand beside the modules of a package."""
    return Environment(
        loader=FunctionLoader(lambda name: read_asset(package, name)),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def read_asset(package: str | None, *names: str) -> str:
    """Return the text of a file that a package carries: a template, a style or a script."""
    if package is None:  # only a module that is run as a script has no package
        raise ValueError("assets belong to a package")
    return files(package).joinpath(*names).read_text(encoding="utf-8")


def _finalize(value: object) -> object:
    """Escape control characters in every value that a template shows; Jinja then escapes it for HTML."""
    return escape_control_chars(value) if isinstance(value, str) and not isinstance(value, Markup) else value
