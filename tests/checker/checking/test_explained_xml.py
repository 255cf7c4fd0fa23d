"""`explain` and `check` agree about XML too: containers that repeat, in a row or not, masks, conditions, free names, other places."""

from __future__ import annotations

import random
from collections import Counter

from support.agreement import explain_all
from support.messages import body, message
from support.rulebooks import Variant
from whosees.checker.checking.checker import Checker
from whosees.checker.checking.settings import Settings
from whosees.checker.recordings import Recording
from whosees.engine.claims import Claim, Precedence

_MASKED = '[[markers]]\nid = "m"\nprinted = "m"\nstatement = "always"\nmeaning = "masked"\ngranted = "masked"'
CHANGES = (
    ("[wire]\nnamespace", '[wire]\nmasks = ["***"]\nnamespace'),
    ('[[markers]]\nid = "never"', f'{_MASKED}\n\n[[markers]]\nid = "never"'),
    ("host/email,✓,✓,✓,✓,✓", "host/email,m,m,✓,✓,m"),
    ("participantLimitedAccessLabel,X,X,X,X,PW", "participantLimitedAccessLabel,X,m,PW,✓,PW"),
    (
        "alternateHost,host/alternateHost,",
        "in,schedule/*/in,✓,m,PW,✓,✓,\ndeep,host/one/two/deep,✓,✓,m,PW,✓,\nalternateHost,host/alternateHost,",
    ),
)
MORE = """
[rows."material/document/size"]
when = { "material/document/name" = ["x"] }

[rows."host/one/two/deep"]
when = { "host/one/kind" = [] }
"""
Tree = dict[str, "Tree"]

TREE: Tree = {
    "host": {"email": {}, "one": {"kind": {}, "two": {"deep": {}}}, "alternateHost": {}, "webExId": {}},
    "telephony": {
        "labels": {"participantLimitedAccessLabel": {}, "status": {}},
        "callInNum": {"backupTollNum": {}},
    },
    "material": {"document": {"name": {}, "size": {}, "agenda": {}}, "imageURL": {}},
    "schedule": {"startDate": {}, "spring": {"in": {}, "email": {}}, "autumn": {"in": {}}},
    "status": {},
    "presenter": {},
    "other": {"host": {"email": {}}, "sessionPassword": {}},
}
FACTS = {
    "service": ("MC", "SC", "TC", "EC", "AO"),
    "caller": ("anonymous", "authenticated"),
    "role": ("host", "none"),
    "password": ("supplied", "not-supplied"),
}


def written(tree: Tree, rng: random.Random) -> str:
    """Write some elements of a tree, each up to three times, in any order."""
    parts = []
    for name, below in tree.items():
        for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
            inside = written(below, rng) if below and rng.random() < 0.9 else rng.choice(("x", "***", ""))
            attribute = rng.choice(("",) * 9 + (' agenda="x"',))
            ending = f">{inside}</ep:{name}>" if inside or rng.random() < 0.5 else "/>"
            parts.append(f"<ep:{name}{attribute}{ending}{rng.choice(('', chr(10)))}")
    rng.shuffle(parts)
    return "".join(parts)


def claims(rng: random.Random) -> tuple[Claim, ...]:
    """Return the service, and some other facts that do not contradict each other."""
    facts = {
        fact: rng.choice(values) for fact, values in FACTS.items() if fact == "service" or rng.random() < 0.7
    }
    if facts.get("role") == "host":
        facts["caller"] = "authenticated"
    return tuple(Claim(fact, value, "test", Precedence.FLAG) for fact, value in facts.items())


def test_explain_says_of_xml_what_check_finds(variant: Variant) -> None:
    rules = str(variant(*CHANGES, more=MORE))
    rng = random.Random(20261127)  # noqa: S311 - it makes up texts
    seen: Counter[str] = Counter()
    for _ in range(12):
        checker = Checker(Settings(rules=rules, claims=claims(rng)))
        for _ in range(6):
            ((_, explained),) = explain_all(checker, Recording("r", message(body(written(TREE, rng)))))
            for explanation in explained:
                observed = explanation.observed
                assert observed is not None
                seen.update(finding.rule for finding in observed.findings)
                seen["elsewhere"] += bool(observed.elsewhere)
                seen["lacking"] += observed.lacking_container is not None
                seen["because"] += "not in every" in explanation.summary and "because" in explanation.summary
    kinds = ("leaked", "missing", "omitted", "unmasked", "undecided", "elsewhere", "lacking", "because")
    assert all(seen[kind] for kind in kinds), seen
