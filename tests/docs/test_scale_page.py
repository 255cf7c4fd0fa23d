"""docs/guides/scale.md names what there is."""

from __future__ import annotations

from pathlib import Path

from support.judging import RULEBOOK
from whosees.checker.batch.checkpoint import COMMIT
from whosees.checker.recordings.formats.arrow_rows import KNOWN
from whosees.reports.check import table as check_table

PAGE = (Path(__file__).parents[2] / "docs" / "guides" / "scale.md").read_text("utf-8")


def test_the_page_names_every_column_and_bound() -> None:
    for column in (*KNOWN, *check_table.results_schema(RULEBOOK).names):
        assert f"`{column}`" in PAGE, column
    for field in check_table.FINDING:
        assert f"`{field.name}`" in PAGE, field
    assert f"groups of {check_table.BATCH_ROWS * check_table.BATCHES_PER_GROUP:,} " in PAGE
    assert f"the last {COMMIT} recordings" in PAGE
