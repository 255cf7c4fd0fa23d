"""Every single-row fault is caught: for each case and row, `live` reports exactly what the fault comes to."""

from __future__ import annotations

import csv
from itertools import product

import pytest

from support.installed import RULES
from support.practice import Practice

TABLE = RULES / "getsessioninfo" / "table-4-3.csv"
PRINTED = {"MC": "MC", "SC": "$C", "TC": "TC", "EC": "EC", "AO": "AO"}
CALLERS = [
    "anonymous",
    *(f"authenticated/{r}" for r in ["host", "invited-attendee", "panelist", "presenter", "none"]),
]
PRIVILEGED = ("host", "invited-attendee", "panelist", "presenter")

with TABLE.open(encoding="utf-8", newline="") as lines:
    ROWS = list(csv.DictReader(lines))


def shown(row: dict[str, str], service: str, caller: str, password: str) -> bool:
    """Read the table anew: ✓ is shown, X is not, PW with the password or a privileged role."""
    granted = password == "supplied" or caller.rpartition("/")[2] in PRIVILEGED
    return {"✓": True, "X": False, "PW": granted}[row[PRINTED[service]]]


def identity(case: str, path: str) -> str:
    return f"getsessioninfo:{case}/{path.replace('/', '.')}"


def expected(row: dict[str, str], service: str, caller: str, password: str) -> set[tuple[str, str]]:
    """Return the findings that one row's fault has to give: the row, and the rows that it contains."""
    case, path = f"{service}/{caller}/{password}", row["path"]
    if shown(row, service, caller, password):
        fallen = [
            r for r in ROWS if f"{r['path']}/".startswith(f"{path}/") and shown(r, service, caller, password)
        ]
        rules = {"✓": "missing", "PW": "omitted"}
        return {(rules[r[PRINTED[service]]], identity(case, r["path"])) for r in fallen}
    opened = [
        r for r in ROWS if f"{path}/".startswith(f"{r['path']}/") and not shown(r, service, caller, password)
    ]
    return {("leaked", identity(case, r["path"])) for r in opened}


@pytest.mark.parametrize("service", PRINTED)
def test_every_single_row_fault_is_caught(practice: Practice, service: str) -> None:
    survivors, killed = [], 0
    contexts = list(product(CALLERS, ("supplied", "not-supplied")))
    for row in ROWS:
        faults = [
            f"{'omit' if shown(row, service, caller, password) else 'leak'}:{row['path']}"
            f"@{service}/{caller}/{password}"
            for caller, password in contexts
        ]
        # Wrong passwords are refused whatever the fault is, so calls with them are made with the first one only.
        only = [f"{service}/{caller}/{password}" for caller, password in contexts]
        results = practice.run(*faults, only=(service,) if row is ROWS[0] else tuple(only))
        for caller, password in contexts:
            result = results[f"{service}/{caller}/{password}"].result
            found = {(f.rule, f.id) for f in result.findings if f.rule != "unlisted"}
            if found == expected(row, service, caller, password):
                killed += 1
            else:
                survivors.append((service, caller, password, row["path"], sorted(found)))
        refused = [one for case, one in results.items() if case.endswith("/wrong")]
        assert len(refused) == (len(CALLERS) if row is ROWS[0] else 0)
        assert all(one.result.expected_failure for one in refused)
    assert survivors == []
    assert killed == 12 * 57


@pytest.mark.parametrize("password", ["supplied", "not-supplied"])
def test_an_emptied_element_is_returned_and_what_it_held_falls(practice: Practice, password: str) -> None:
    """I9: an empty element counts as returned."""
    case = f"TC/anonymous/{password}"
    for row in ROWS:
        if shown(row, "TC", "anonymous", password):
            result = practice.run(f"empty:{row['path']}", only=(case,))[case].result
            fallen = expected(row, "TC", "anonymous", password)
            fallen -= {(rule, identity(case, row["path"])) for rule in ("missing", "omitted")}
            found = {(f.rule, f.id) for f in result.findings if f.rule != "unlisted"}
            assert found == fallen, row["path"]
