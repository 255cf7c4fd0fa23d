"""Published files: in the wheel exactly the code and its data, in the source distribution the whole project."""

from __future__ import annotations

import email
import re
import tarfile
import tomllib
import zipfile
from email.message import Message
from pathlib import Path

import pytest

from .distributions import LAYERS, PACKAGE, ROOT, Distributions, build, own_files

pytestmark = pytest.mark.skipif(
    not all((ROOT / layer).is_dir() for layer in LAYERS),
    reason="what is published is built from a checkout, and this is none",
)

WHEN = 1_700_000_000


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    return build(tmp_path_factory.mktemp("dist"), WHEN)


@pytest.fixture(scope="module")
def wheel(built: Distributions) -> zipfile.ZipFile:
    return zipfile.ZipFile(built.wheel)


def test_the_wheel_contains_the_package_and_its_four_layers_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    code = {name for name in wheel.namelist() if ".dist-info/" not in name}
    layers = {f"whosees/{path}" for path in own_files() if path.parts[0] in LAYERS}
    package = {f"whosees/{path.name}" for path in own_files() if path.parent == PACKAGE}
    assert "whosees/__init__.py" in package
    assert code == layers | package
    others = {name.partition(".dist-info/")[2] for name in wheel.namelist() if name not in code}
    assert others == {
        *("METADATA", "WHEEL", "RECORD", "entry_points.txt", "top_level.txt", "licenses/LICENSE")
    }


NEEDED = [
    "checker/service/emulate/builtin.toml",
    "checker/py.typed",
    "engine/py.typed",
    "reports/explorer/assets/explorer.html",
    "reports/explorer/assets/explorer.js",
    "reports/check/html/page.css",
    "reports/check/html/page.js",
    "reports/py.typed",
    "rules/getsessioninfo/rulebook.toml",
    "rules/getsessioninfo/table-4-3.csv",
    "rules/py.typed",
    "rules/rulebook.schema.json",
    "rules/skeleton/rulebook.toml",
    "rules/webex-rest-meeting/rulebook.toml",
]


@pytest.mark.parametrize("name", NEEDED)
def test_the_wheel_holds_the_data_as_it_is(wheel: zipfile.ZipFile, name: str) -> None:
    assert wheel.read(f"whosees/{name}") == (ROOT / name).read_bytes()


def test_every_file_bears_the_time_it_was_built_for_and_usual_rights(wheel: zipfile.ZipFile) -> None:
    assert {member.date_time for member in wheel.infolist()} == {(2023, 11, 14, 22, 13, 20)}
    rights = {
        member.external_attr >> 16 & 0o777
        for member in wheel.infolist()
        if not member.filename.endswith("/RECORD")
    }
    assert rights == {0o644}


def _metadata(wheel: zipfile.ZipFile) -> Message:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return email.message_from_bytes(wheel.read(name))


def test_the_metadata_says_what_pyproject_says(wheel: zipfile.ZipFile) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    metadata = _metadata(wheel)
    assert metadata["Name"] == "whosees"
    assert metadata["Requires-Python"] == project["requires-python"] == ">=3.11"
    assert metadata["License-Expression"] == "Apache-2.0"
    needed = [each for each in metadata.get_all("Requires-Dist", []) if "extra ==" not in each]
    assert sorted(needed) == sorted(project["dependencies"])
    assert [re.split(r"\W", each)[0] for each in sorted(needed)] == [
        "click",
        "jinja2",
        "lxml",
        "msgspec",
        "tabulate",
    ]


def test_every_requirement_of_a_user_has_a_lower_bound(wheel: zipfile.ZipFile) -> None:
    """`make test-lowest` runs the tests with exactly these."""
    for_developers = re.compile("""extra == ['"](?:dev|bench|assure)['"]""")
    required = _metadata(wheel).get_all("Requires-Dist", [])
    users = [each for each in required if for_developers.search(each) is None]
    assert len(users) == 19
    assert [each for each in users if ">=" not in each] == []


def test_the_source_distribution_holds_what_it_takes_to_test_it(built: Distributions) -> None:
    with tarfile.open(built.sdist) as archive:
        members = archive.getmembers()
    top = members[0].name.split("/")[0]
    held = {Path(member.name).relative_to(top) for member in members if member.isfile()}
    left_out = {Path(".ci/run"), Path(".gitignore")}
    assert set(own_files()) - held == left_out & set(own_files())
    made = {path for path in held - set(own_files()) if "whosees.egg-info" not in path.parts}
    assert made == {Path("PKG-INFO"), Path("setup.cfg")}
    assert {(member.mtime, member.uid, member.uname) for member in members} == {(WHEN, 0, "")}
