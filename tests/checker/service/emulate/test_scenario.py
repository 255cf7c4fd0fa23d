"""Scenarios that the emulator cannot play: one clear message each."""

from __future__ import annotations

from pathlib import Path

import pytest

from whosees.checker.service.emulate.scenario import ScenarioError, load_scenario
from whosees.rules.load import builtin_rulebook

RULEBOOK = builtin_rulebook()

SITE = '[[sites]]\nname = "s"\n'


USER = '[[users]]\nsite = "s"\nwebex_id = "helen"\nemail = "h@s.invalid"\n'


SESSION = '[[sessions]]\nsite = "s"\nkey = "1"\nservice = "MC"\nhost = "helen"\n'


BAD_SCENARIOS = {
    "user = 1": "unknown key `user`; did you mean `users`?",
    SITE * 2: "`sites`: duplicate name",
    SITE + USER.replace('"s"', '"t"'): "`users`: unknown site `t`",
    SITE + USER * 2: "`users`: duplicate webex_id in site `s`",
    SITE + USER + SESSION * 2: "`sessions`: duplicate key in site `s`",
    SITE
    + USER
    + SESSION.replace("helen", "hellen"): "`sessions`, key `1`: unknown user `hellen`; did you mean `helen`?",
    SITE + USER + SESSION + 'roles = { paul = "host" }': "`sessions`, key `1`: unknown user `paul`",
    SITE + USER + SESSION + 'roles = { helen = "none" }': "`sessions`, key `1`: `helen` is the host",
    SITE + USER + SESSION + 'without = ["agenda"]': "`sessions`, key `1`: unknown element `agenda`",
    SITE
    + USER
    + SESSION
    + 'repeat = { "test" = 0 }': "`sessions`, key `1`: `repeat` of `test` must be from 1 to 100",
    SITE + USER + SESSION.replace("MC", "XX"): "not a known service",
    SITE + USER + SESSION + 'roles = { helen = "hots" }': "`sessions`, key `1`: `helen` is the host",
}


@pytest.mark.parametrize("text", BAD_SCENARIOS)
def test_scenarios_that_cannot_be_played(tmp_path: Path, text: str) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text(text)
    with pytest.raises(ScenarioError) as error:
        load_scenario(RULEBOOK, file)
    assert str(error.value).startswith(f"`{file}`: {BAD_SCENARIOS[text]}")


def test_a_scenario_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no such file or directory"):
        load_scenario(RULEBOOK, tmp_path / "none.toml")
