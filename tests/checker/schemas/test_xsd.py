"""Rulebooks begun with XML schemas: every element of a type has a row, and what no row can express is listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command import whosees
from support.schemas import rows
from whosees.checker.schemas.outline import Outline, SchemaError
from whosees.checker.schemas.xsd.outline import xsd_outline
from whosees.rules import load_rulebook

EP = "http://www.webex.com/schemas/2002/06/service/ep"
SERVICE = "http://www.webex.com/schemas/2002/06/service"
HEAD = (
    f'<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns="{EP}" xmlns:s="{SERVICE}"'
    f' targetNamespace="{EP}" elementFormDefault="qualified">'
)
SERVICE_XSD = (
    f'<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="{SERVICE}">'
    '<complexType name="body"/></schema>'
)


def schema(folder: Path, content: str, *, head: str = HEAD) -> str:
    (folder / "ep.xsd").write_text(f"{head}{content}</xsd:schema>", encoding="utf-8")
    return str(folder / "ep.xsd")


def outline(folder: Path, content: str, type_name: str | None = "answer") -> Outline:
    return xsd_outline(schema(folder, content), type_name)


def of_type(content: str, name: str = "answer") -> str:
    return f'<xsd:complexType name="{name}">{content}</xsd:complexType>'


def test_rows_are_the_elements_of_the_type_and_of_what_it_extends(tmp_path: Path) -> None:
    (tmp_path / "service.xsd").write_text(SERVICE_XSD)
    content = (
        '<xsd:import namespace="x" schemaLocation="service.xsd"/>'
        + of_type('<xsd:sequence><xsd:element name="key"/></xsd:sequence>', "base")
        .replace(
            "<xsd:sequence>",
            '<xsd:complexContent><xsd:extension base="s:body"><xsd:sequence>',
        )
        .replace("</xsd:sequence>", "</xsd:sequence></xsd:extension></xsd:complexContent>")
        + of_type(
            '<xsd:complexContent><xsd:extension base="base"><xsd:sequence>'
            '<xsd:element name="status" nillable="true"><xsd:annotation><xsd:documentation>Its\n  state.'
            "</xsd:documentation></xsd:annotation></xsd:element>"
            '<xsd:element name="host" type="person" minOccurs="0" maxOccurs="unbounded"/>'
            '<xsd:choice><xsd:element name="phone"/><xsd:element name="mail"/></xsd:choice>'
            '<xsd:group ref="place"/><xsd:element ref="note"/>'
            "</xsd:sequence></xsd:extension></xsd:complexContent>"
        )
        + of_type('<xsd:all><xsd:element name="name"/></xsd:all>', "person")
        + '<xsd:group name="place"><xsd:sequence minOccurs="0"><xsd:element name="room"/></xsd:sequence></xsd:group>'
        + '<xsd:element name="note"><xsd:complexType><xsd:sequence><xsd:element name="text"/></xsd:sequence>'
        + "</xsd:complexType></xsd:element>"
    )
    found = outline(tmp_path, content)
    assert rows(found) == {
        "key": "required",
        "status": "required, nullable: Its state.",
        "host": "optional",
        "host/name": "required in host",
        "phone": "optional",
        "mail": "optional",
        "room": "optional",
        "note": "required",
        "note/text": "required",
    }
    assert dict(found.gaps) == {}
    wire = found.wire
    assert (wire.format, wire.namespace, wire.envelope, wire.response_types) == (
        "xml",
        EP,
        SERVICE,
        ("answer",),
    )


def test_what_may_be_there_in_place_of_an_element_has_rows(tmp_path: Path) -> None:
    """Members of a substitution group, and of the types that `xsi:type` can name: they had no rows and were not listed."""
    content = (
        '<xsd:element name="head" abstract="true" type="thing"/>'
        '<xsd:element name="one" substitutionGroup="head" type="large"/>'
        '<xsd:element name="two" substitutionGroup="one" type="thing"/>'
        '<xsd:element name="lone" substitutionGroup="other" type="thing"/><xsd:element name="other"/>'
    )
    extending = '<xsd:complexContent><xsd:extension base="{}"><xsd:sequence>{}</xsd:sequence></xsd:extension></xsd:complexContent>'
    content += (
        of_type('<xsd:sequence><xsd:element name="id"/></xsd:sequence>', "thing")
        + of_type(extending.format("thing", '<xsd:element name="pin"/>'), "large")
        + of_type(extending.format("large", '<xsd:element name="next" type="thing"/>'), "larger")
        + of_type(
            '<xsd:sequence><xsd:element ref="head"/><xsd:element ref="lone"/><xsd:element ref="other"/>'
            "</xsd:sequence>"
        )
    )
    assert rows(outline(tmp_path, content)) == {
        "one": "optional",
        "one/id": "required in one",
        "one/pin": "required in one",
        "one/next": "optional",
        "one/next/id": "required in one/next",
        "one/next/pin": "optional",
        "one/next/next": "optional",
        "two": "optional",
        "two/id": "required in two",
        "two/pin": "optional",
        "two/next": "optional",
        "lone": "required",
        "lone/id": "required",
        "lone/pin": "optional",
        "lone/next": "optional",
        "other": "optional",
    }


def test_what_may_be_there_in_place_of_an_element_is_listed_if_it_is_too_much(tmp_path: Path) -> None:
    many = "".join(f'<xsd:element name="e{number}"/>' for number in range(5_000))
    extending = f'<xsd:complexContent><xsd:extension base="thing"><xsd:sequence>{many}</xsd:sequence></xsd:extension></xsd:complexContent>'
    content = of_type("", "thing") + of_type(extending, "large")
    found = outline(
        tmp_path, content + of_type('<xsd:sequence><xsd:element name="a" type="thing"/></xsd:sequence>')
    )
    assert list(rows(found)) == ["a"]
    assert dict(found.gaps)[
        "types that extend another, and elements in place of another, are too many for rows"
    ] == ("a",)


def test_what_no_row_can_express_is_listed(tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "outside.xsd").write_text(SERVICE_XSD)
    found = outline(
        tmp_path / "api",
        '<xsd:include schemaLocation="../outside.xsd"/>'
        '<xsd:include schemaLocation="https://example.com/secret-place.xsd"/>'
        + of_type(
            '<xsd:sequence><xsd:element name="id"/><xsd:element name="inner" type="answer"/>'
            '<xsd:element name="gone" type="s:gone"/><xsd:any/><xsd:element name="local" form="unqualified"/>'
            '</xsd:sequence><xsd:attribute name="lang"/>'
        ),
    )
    assert list(rows(found)) == ["id", "inner", "gone"]
    assert dict(found.gaps) == {
        "a part of the schema is in a file that cannot be read, or is out of its folder": (),
        "a part of the schema is in the network, where nothing is looked up": (),
        "any element may be there (`any`), and no row can say so": ("",),
        "attributes are in no row": ("",),
        "elements in another namespace are in no row": ("",),
        "a type contains itself; elements end where it comes up again": ("inner",),
        "a type is not in the schema; what is in the element is not known": ("gone",),
        "the namespace of the envelope is not in the schema: replace `envelope` in `[wire]`": (),
    }


def test_a_file_without_a_namespace_takes_that_of_the_one_that_includes_it(tmp_path: Path) -> None:
    (tmp_path / "part.xsd").write_text(
        '<schema xmlns="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">'
        '<complexType name="part"><sequence><element name="size"/></sequence></complexType></schema>'
    )
    content = '<xsd:include schemaLocation="part.xsd"/>' + of_type(
        '<xsd:sequence><xsd:element name="part" type="part"/></xsd:sequence>'
    )
    assert list(rows(outline(tmp_path, content))) == ["part", "part/size"]


def test_the_rulebook_loads(tmp_path: Path) -> None:
    file = schema(tmp_path, of_type('<xsd:sequence><xsd:element name="id"/></xsd:sequence>'))
    folder = tmp_path / "draft"
    assert whosees("rules", "new", folder, "--xsd", file, "--type", "answer").code == 0
    assert [row.path for row in load_rulebook(folder).rows] == ["id"]
    lint = whosees("rules", "lint", folder)
    assert lint.code == 0
    assert "placeholder: a text is still to be written (`wire.envelope`)" in lint.out
    done = whosees("rules", "new", tmp_path / "x", "--xsd", file, "--type", "answer", "--unit", "[]")
    assert done.err.startswith("whosees: `--unit` does not belong to `--xsd`\n")
    done = whosees("rules", "new", tmp_path / "x", "--xsd", file, "--openapi", "y")
    assert done.err.startswith("whosees: a rulebook is begun with one schema: --openapi or --xsd\n")


LOOP = '<xsd:group name="g"><xsd:sequence><xsd:group ref="g"/></xsd:sequence></xsd:group>' + of_type(
    '<xsd:group ref="g"/>'
)


@pytest.mark.parametrize(
    ("content", "name", "problem"),
    [
        (of_type("", "other"), "othr", "it has no complex type `othr`; did you mean `other`?"),
        (of_type("", "other"), None, "name one of its types with --type: `other`"),
        (
            of_type('<xsd:sequence><xsd:element name="id" form="unqualified"/></xsd:sequence>'),
            "answer",
            "the type `answer` has no elements, so there is nothing to judge: elements in another namespace are in no row",
        ),
        (of_type(""), "answer", "the type `answer` has no elements, so there is nothing to judge"),
        ("", "answer", "it has no complex types"),
        (LOOP, "answer", "more than 100,000 parts of it apply, or they contain each other without end"),
        ("<planted", "answer", "at line 1, column 274: it is not well-formed"),
    ],
    ids=["name", "none", "unqualified", "empty", "no-types", "loop", "broken"],
)
def test_a_schema_that_cannot_be_used_is_one_message(
    content: str, name: str | None, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(SchemaError) as caught:
        outline(tmp_path, content, name)
    assert str(caught.value) == f"`{tmp_path}/ep.xsd`: {problem}"


def test_entities_and_other_documents_are_refused(tmp_path: Path) -> None:
    for content, problem in (
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>', "it declares a document type"),
        ("<x/>", "its root is no `schema` of XML Schema"),
        ('<schema xmlns="http://www.w3.org/2001/XMLSchema"/>', "it has no `targetNamespace`"),
    ):
        (tmp_path / "x.xsd").write_text(
            content if content.endswith("/>") else f"{content}{HEAD}</xsd:schema>"
        )
        with pytest.raises(SchemaError) as caught:
            xsd_outline(str(tmp_path / "x.xsd"), "answer")
        assert str(caught.value).startswith(f"`{tmp_path}/x.xsd`: {problem}")
