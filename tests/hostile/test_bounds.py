"""Every bound has a default that its page states, an option that moves it, and a message that names that option."""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.command import whosees
from support.messages import body, message
from support.traffic import CALLS, GOOD, vcrpy, zipped
from whosees.checker.cli.app import run
from whosees.checker.cli.options.limits import BYTES, MOST, NAMES
from whosees.checker.core.limits import Limits

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "limits.md").read_text("utf-8")
SIZES = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
SERVICE = "<ep:metaData><ep:serviceType>MeetingCenter</ep:serviceType></ep:metaData>"


def with_elements(elements: str) -> bytes:
    """A message with a service, and with these elements."""
    return message(body(SERVICE + elements))


def nested(name: str, times: int) -> str:
    """An element in itself so many times."""
    return f"<ep:{name}>" * times + f"</ep:{name}>" * times


def gzipped(times: int) -> bytes:
    """A message packed over and over."""
    content = GOOD
    for _ in range(times):
        content = gzip.compress(content)
    return content


def far_apart(between: int) -> bytes:
    """A tar with members that wait for their companions."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name, content in (("a.response.xml", GOOD), ("a.context.toml", b"#" + b"x" * between)):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return written.getvalue()


@dataclass(frozen=True, slots=True)
class Bound:
    """An input beyond a limit, by default or by a lower one, and the option that allows it."""

    content: Callable[[], bytes]
    said: str
    lower: str
    enough: str
    also: tuple[str, ...] = ()


BOUNDS = {
    "depth": Bound(
        lambda: with_elements(nested("x", 240)),
        "more than 200 levels of elements",
        "200",
        "250",
    ),
    "elements": Bound(lambda: with_elements("<ep:x/>" * 200), "more than 100 elements", "100", "300"),
    "attributes": Bound(
        lambda: with_elements("<ep:x " + " ".join(f"a{n}=''" for n in range(120)) + "/>"),
        "at line 3: more than 100 attributes of an element",
        "100",
        "120",
    ),
    "name": Bound(
        lambda: with_elements(f"<ep:{'x' * 49_000}/>"),
        "at line 3: a name of more than 1,000 letters",
        "1000",
        "50000",
    ),
    "unpacked-size": Bound(
        lambda: zipped([("a.xml", GOOD)]), "it unpacks to more than 1,024 bytes", "1k", "1G"
    ),
    "compression-ratio": Bound(
        lambda: gzip.compress(GOOD + b" " * 1_000_000),
        "it unpacks to more than 2 times its size; the rest is not read",
        "2",
        "10000",
        ("ratio-free-bytes=1k",),
    ),
    "ratio-free-bytes": Bound(
        lambda: gzip.compress(GOOD + b" " * 1_000_000),
        "it unpacks to more than 2 times its size; the rest is not read",
        "1k",
        "64M",
        ("compression-ratio=2",),
    ),
    "members": Bound(
        lambda: zipped([("a.xml", GOOD), ("b", b""), ("c", b"")]),
        "its archives contain more than 2 members",
        "2",
        "3",
    ),
    "nesting": Bound(lambda: gzipped(20), "it is packed more than 3 times over", "3", "20"),
    "buffered": Bound(
        lambda: far_apart(9000),
        "its sidecar: the archive has too much between it and what belongs to it; pack them side by side, or",
        "8k",
        "1M",
    ),
    "nodes": Bound(lambda: vcrpy(CALLS[:1]), "it has more than 20 nodes", "20", "100"),
    "levels": Bound(
        lambda: vcrpy(CALLS[:1]) + b"x: " + b"[" * 499 + b"]" * 499 + b"\n",
        "it has more than 100 levels",
        "100",
        "500",
    ),
}


def first(capsys: pytest.CaptureFixture[str], path: Path, *options: str) -> dict[str, str]:
    """Check a file, and give its first result."""
    run(["check", str(path), "--no-config", "--format", "json", *options])
    found: dict[str, str] = json.loads(capsys.readouterr().out)["responses"][0]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_an_option_moves_each_bound(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bound = BOUNDS[name]
    (tmp_path / "a").write_bytes(bound.content())
    also = [part for other in bound.also for part in ("--limit", other)]
    result = first(capsys, tmp_path / "a", *also, "--limit", f"{name}={bound.lower}")
    named = "compression-ratio" if name == "ratio-free-bytes" else name
    assert result["reason"] == "too-large"
    assert result["detail"].startswith(bound.said)
    assert result["detail"].endswith(f" --limit {named}=N allows more")
    judged = first(capsys, tmp_path / "a", *also, "--limit", f"{name}={bound.enough}")
    assert judged["reason"] is None, judged["detail"]


def test_the_bounds_that_are_tried_are_the_defaults() -> None:
    limits = Limits()
    for name in ("depth", "attributes", "name", "nesting", "levels"):
        assert int(BOUNDS[name].lower) == getattr(limits, name)
        assert int(BOUNDS[name].enough) == MOST.get(name, 120)


def test_as_many_levels_can_be_read_in_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deep = '{"id": "x", "deep": ' + '{"a":' * 249 + "1" + "}" * 249 + "}"
    (tmp_path / "a.json").write_text(deep)
    rules = ("--rules", "webex-rest-meeting", "--fact", "view=admin")
    assert "levels" in first(capsys, tmp_path / "a.json", *rules)["detail"]
    result = first(capsys, tmp_path / "a.json", *rules, "--limit", "depth=250")
    assert result["reason"] is None


@pytest.mark.parametrize(
    ("said", "message_"),
    [
        ("depth", "`depth` is not of the form NAME=N"),
        ("depth=", "`depth=`: `` is not a number above 0"),
        ("depth=0", "`depth=0`: `0` is not a number above 0"),
        ("members=1M", "`members=1M`: `1M` is not a number above 0"),
        ("elements=" + "9" * 30, "is not a number above 0"),
        ("buffered=1X", "`1X` is not a size; use a number of bytes, or one with K, M or G"),
        ("depth=251", "`depth=251`: the largest value is 250"),
        ("levls=3", "there is no limit `levls`; did you mean `levels`?"),
        ("size=3", "there is no limit `size`; known are `depth`, `elements`,"),
    ],
)
def test_what_is_no_limit_is_said(said: str, message_: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "x", "--no-config", "--limit", said]) == 2
    result = capsys.readouterr().err
    assert result.startswith("whosees: invalid value for `--limit`: ")
    assert message_ in result


def test_a_configuration_can_state_limits(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(with_elements("<ep:x/>"))
    (tmp_path / "whosees.toml").write_text('limit = ["depth=9", "elements=3"]')
    result = whosees("check", "a.xml", "--format", "json", cwd=tmp_path).json["responses"][0]
    assert result["detail"] == "more than 3 elements; --limit elements=N allows more"
    flag = whosees("check", "a.xml", "--format", "json", "--limit", "elements=99", cwd=tmp_path)
    assert flag.json["responses"][0]["reason"] is None
    (tmp_path / "whosees.toml").write_text('limit = ["deep=9"]')
    wrong = whosees("check", "a.xml", cwd=tmp_path)
    assert (wrong.code, wrong.out) == (2, "")
    assert "`whosees.toml`: `limit`: there is no limit `deep`" in wrong.err


def number(text: str) -> int:
    """Read a number as the page prints it."""
    amount, _, unit = text.partition(" ")
    return int(amount.replace(",", "")) * SIZES.get(unit, 1)


def test_the_page_states_every_bound_and_its_option() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if "| " in line
    ]
    stated = {
        found[1]: (row[1], row[3]) for row in rows if (found := re.search(r"--limit ([\w-]+)=N", row[2]))
    }
    limits = Limits()
    assert set(stated) == set(NAMES)
    for name, (default, most) in stated.items():
        assert number(default.removesuffix(" times")) == getattr(limits, name.replace("-", "_")), name
        usual = "any size" if name in BYTES else "any number"
        assert most == (f"{MOST[name]:,}" if name in MOST else usual), name
    by_what = {row[0].split(";")[0]: number(row[1]) for row in rows if "--max-size" in row[2]}
    assert list(by_what.values()) == [limits.size, limits.container, limits.line]


@pytest.mark.parametrize("name", ["a text", "an attribute", "a comment"])
def test_the_parsers_own_bounds_are_those_of_the_page(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A text of nine million bytes is read, one of more than ten is not, whatever the size that is allowed."""
    assert "10,000,000 bytes of a text, a comment or the value of an attribute" in PAGE
    for size, reason in ((9_000_000, None), (10_000_001, "too-large")):
        text = "x" * size
        element = {
            "a text": f"<ep:x>{text}</ep:x>",
            "an attribute": f"<ep:x a='{text}'/>",
            "a comment": f"<!--{text}-->",
        }
        (tmp_path / "a.xml").write_bytes(with_elements(element[name]))
        result = first(capsys, tmp_path / "a.xml", "--max-size", "1G")
        assert result["reason"] == reason
        if reason is not None:
            assert result["detail"].startswith("beyond what is parsed, at line 3")


def test_a_zip_of_itself_is_read_as_far_as_packing_goes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A quine would be unpacked for ever: it ends where packing inside each other does."""
    content = zipped([("a.xml", GOOD)])
    for _ in range(4):
        content = zipped([("r.zip", content)])
    (tmp_path / "r.zip").write_bytes(content)
    result = first(capsys, tmp_path / "r.zip")
    assert result["detail"] == "it is packed more than 3 times over; --limit nesting=N allows more"
