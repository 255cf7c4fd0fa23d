"""Every command, in every format, over recordings whose every value is the marker: nothing of it comes out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from secrecy import planted
from secrecy.marker import FORMS, MARK, UNIT, encoded, leaks
from secrecy.sealed import Sealed
from support.judging import RULEBOOK
from support.traffic import judged
from whosees.reports.check.registry import FORMATS


def test_the_marker_is_found_in_every_form_and_however_it_is_cut() -> None:
    for start in range(len(UNIT)):
        for length in (7, 8, 13):
            assert leaks(MARK[start : start + length].encode()), (start, length)
    for name, written in encoded(MARK).items():
        assert leaks(b"before " + written + b" after"), name
    assert leaks(b"nothing of the kind") == []
    assert len({name for name, _ in FORMS}) == 10


TOTALS = {
    *("conformant", "violating", "skipped", "failure-response", "no-column", "not-a-message"),
    *("other-operation", "unknown-service", "unreadable"),
}
"""The totals of the sound recordings; the broken ones account for the rest."""


def test_the_marker_is_in_everything_that_is_planted(sound: Path) -> None:
    """Otherwise there would be nothing to find; and the recordings are read to where it is."""
    for name, content in planted.texts().items():
        assert MARK.casefold().encode() in content.lower(), name
    whole = planted.response("MC").decode()
    for row in RULEBOOK.rows:
        if not RULEBOOK.rows_below[row.path] and row.path != "metaData/serviceType":
            assert MARK in whole.partition(f"<ep:{row.path.rpartition('/')[2]}>")[2][:80], row.path
    results = judged(sound)
    said = {
        str(getattr(result, "reason", None) or getattr(result, "outcome", "skipped")) for result in results
    }
    assert said == TOTALS
    assert len(results) > 200


def reports(folder: str, formats: Iterable[str] = FORMATS) -> list[str]:
    """Return arguments that ask for these formats in one run."""
    return [word for name in formats for word in ("--report", f"{name}={folder}.{name}")]


CHECKS: dict[str, list[str]] = {
    "strict": ["--strict", "--unlisted", "error", "--coverage", "--progress"],
    "jobs": ["--jobs", "2", "--caller", "anonymous", "--password", "not-supplied", "-v"],
    "baseline": [
        *("--baseline", "base.toml", "--baseline-update", "--baseline-prune"),
        *("--empty-as", "absent"),
    ],
}


def test_check_writes_none_of_it_in_any_format(sealed: Sealed, sound: Path) -> None:
    """Formats write the same however the results came about, so only one run writes all of them."""
    for name, options in CHECKS.items():
        formats = FORMATS if name == "strict" else ("text", "json")
        ended = sealed.run("check", sound, *options, *reports(name, formats))
        assert ended.code == 1, ended.err
        assert {path.name for path in sealed.work.glob(f"{name}.*")} == {
            f"{name}.{format_}" for format_ in formats
        }
    written = json.loads((sealed.work / "strict.json").read_bytes())["summary"]
    assert (written["violating"] > 50, written["unchecked"] > 20) == (True, True)


def test_check_says_nothing_of_what_is_broken_beside_it(sealed: Sealed, spoilt: Path) -> None:
    ended = sealed.run("check", spoilt, "-v", *reports("spoilt"))
    assert ended.code == 1
    summary = json.loads((sealed.work / "spoilt.json").read_bytes())["summary"]
    assert summary["unchecked"] > 700
