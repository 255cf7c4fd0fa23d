"""Other rulebooks: their calls are made, or it is said before the first one what the rulebook lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from whosees.checker.service.emulate.scenario import ScenarioError, load_scenario
from whosees.checker.service.requirements import UnsupportedRulebookError, require_callable
from whosees.rules.load import builtin_rulebook, load_rulebook
from whosees.rules.model import Rulebook

SOURCE = builtin_rulebook().contents


def variant(folder: Path, *replacements: tuple[str, str]) -> Rulebook:
    """The built-in rulebook with some of its text replaced."""
    text = SOURCE[0].decode()
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    (folder / "rulebook.toml").write_text(text)
    (folder / "table-4-3.csv").write_bytes(SOURCE[1])
    return load_rulebook(folder)


def test_the_built_in_rulebook_can_be_called() -> None:
    require_callable(builtin_rulebook(), "live")


def test_nobody_is_asked_about_sessions_in_json() -> None:
    with pytest.raises(UnsupportedRulebookError) as error:
        require_callable(builtin_rulebook("webex-rest-meeting"), "live")
    assert str(error.value) == (
        "`live` cannot use the rulebook `webex-rest-meeting` for sessions, which are asked about in XML: its messages"
        " are JSON; write a plan with `requests`"
    )


def test_what_a_call_is_made_of_has_to_be_there(tmp_path: Path) -> None:
    types = next(line for line in SOURCE[0].decode().splitlines() if line.startswith("request_types"))
    with pytest.raises(
        UnsupportedRulebookError, match=r"`wire.request_types` does not name the type of its requests$"
    ):
        require_callable(variant(tmp_path, (types, "")), "emulate")
    renamed = (('id = "anonymous"\nnames = ["anonymous"', 'id = "nobody"\nnames = ["nobody", "anonymous"'),)
    book = variant(
        tmp_path,
        *renamed,
        ('caller = "anonymous"', 'caller = "nobody"'),
        ('caller = ["anonymous"]', 'caller = ["nobody"]'),
        ('if_not = "anonymous"', 'if_not = "nobody"'),
    )
    with pytest.raises(UnsupportedRulebookError) as error:
        require_callable(book, "live")
    assert str(error.value).endswith(
        "it needs a fact `caller` with the values `anonymous`, `authenticated`, of which calls are made"
    )


def test_the_built_in_scenario_is_not_blamed_on_anybody_s_file(tmp_path: Path) -> None:
    book = variant(
        tmp_path,
        ('id = "TC"', 'id = "XC"'),
        ('names = ["TC"', 'names = ["XC"'),
        ('Center = "TC"', 'Center = "XC"'),
    )
    with pytest.raises(ScenarioError) as error:
        load_scenario(book)
    assert str(error.value).startswith(
        "that is built in does not fit the rulebook `getsessioninfo` (not a known service"
    )
    assert str(error.value).endswith("; pass one that does with `--scenario FILE`")
