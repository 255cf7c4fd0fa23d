"""Responses with something in them that is in no row, or not in the place of its row."""

from __future__ import annotations

from collections.abc import Iterator

from .messages import (
    CALLERS,
    SERVICES,
    STRANGER,
    VALUE,
    Case,
    body,
    inner,
    message,
    open_paths,
    response,
    shown_paths,
)


def cases_elsewhere() -> Iterator[Case]:
    """Return each of these cases."""
    for cases in (_unlisted, _elsewhere, _beside_the_body, _texts_between, _many):
        yield from cases()


def _unlisted() -> Iterator[Case]:
    """Unlisted elements, known and not, and names that are nearly a row's."""
    names = ["hostkey", "hostKey", "statu", "statuss", "statsu", "Status", "islocked", "isLoked", "isLoccked", "confid",
             "confIDs", "cofnID", "host1", "hots", "hst", "test2", "tset", "telephon", "telephoney", "presentre",
             "presenters2", "schedul", "aaaa", "ſtatus", "ＩsLocked", "x.y", "sipurl", "SIPURI", "programNames"]  # fmt: skip
    for service in SERVICES:
        odd = "\n".join(f"<ep:{name}>{VALUE}</ep:{name}>" for name in names)
        foreign = f"<status>{VALUE}</status><x:host xmlns:x='urn:x'><x:email/><ep:email/></x:host>"
        foreign += "<x:Status xmlns:x='urn:x'/><x:statsu xmlns:x='urn:x'/><x:hostKey xmlns:x='urn:x'/>"
        nested = (
            "<ep:material><ep:documents><ep:name/></ep:documents><ep:documnet/><ep:more><ep:deep/></ep:more></ep:material>"
            "<ep:callInNum/><ep:test><ep:titel/><ep:titleUrl/><ep:delivry/></ep:test>"
        )
        yield Case(
            f"unlisted-{service}",
            response(service, open_paths(service), extra=odd + foreign + nested),
            CALLERS["anonymous"],
        )
    called = "<ep:telephony><ep:callInNum><serv:tollNum/><ep:globalNum/><serv:backupTollNum/></ep:callInNum></ep:telephony>"
    yield Case("call-in", response("MC", shown_paths("MC"), extra=called), CALLERS["authenticated"])


PLANTED = (
    "sessionPassword",
    "participantAccessCode",
    "hostkey",
    "agenda",
    "email",
    "URL",
    "title",
    "status",
    "tollFreeNum",
)


def _spelt(name: str) -> Iterator[str]:
    """Write a name in other cases, with separators, nearly, and in other vocabularies."""
    yield from (name, name.upper(), name.lower(), name[0].upper() + name[1:], name[:-1], f"{name}s")
    words = "".join(f"_{letter}" if letter.isupper() else letter for letter in name)
    yield from (words, words.replace("_", "-"), words.replace("_", "."))


def _elsewhere() -> Iterator[Case]:
    """Names of rows in every other place: elements and attributes, in every spelling and vocabulary."""
    for name in PLANTED:
        for number, spelt in enumerate(_spelt(name)):
            leak = f"<ep:{spelt}>{VALUE}</ep:{spelt}><serv:{spelt}/><{spelt}>a &amp; b</{spelt}><x:{spelt} xmlns:x='urn:x'/>"
            attribute = f'<ep:extra {spelt}="{VALUE}" ep:{spelt}="a &lt; b"/>'
            public = inner("MC", shown_paths("MC", **STRANGER))
            places = {
                "top": public + leak,
                "unlisted": f"{public}<ep:extra>\n{leak}</ep:extra>{attribute}",
                "row": public.replace("<ep:status>", f'<ep:status {spelt}="{VALUE}">').replace(
                    "</ep:metaData>", f"{leak}</ep:metaData>"
                ),
                "nested": f"{public}<serv:bodyContent>{leak}</serv:bodyContent><serv:message>{leak}</serv:message>",
            }
            for place, inside in places.items():
                asked = CALLERS["anonymous"] if number % 2 else None
                yield Case(f"elsewhere-{name}-{number}-{place}", message(body(inside)), asked)


def _beside_the_body() -> Iterator[Case]:
    """Elements in the message and outside of its body."""
    leak = f"<ep:sessionPassword>{VALUE}</ep:sessionPassword>\n<agenda>{VALUE}</agenda><serv:reasons/><serv:more><serv:role/></serv:more>"
    sound = message(body(inner("MC", shown_paths("MC", **STRANGER)))).decode()
    changes = {
        "header": ("<serv:header>", f"<serv:header>{leak}"),
        "response": ("<serv:result>", f"{leak}<serv:result>"),
        "before-body": ("<serv:body>", f"{leak}<serv:body>"),
        "in-body": ("<serv:body>", f"<serv:body>{leak}"),
        "after-content": ("</serv:body>", f"{leak}</serv:body>"),
        "after-body": ("</serv:body>", f"</serv:body>{leak}"),
        "other-body": (
            "</serv:body>",
            f"</serv:body><ep:body><serv:bodyContent>{leak}</serv:bodyContent></ep:body>",
        ),
        "other-content": (
            "</serv:body>",
            f"<ep:bodyContent>{leak}</ep:bodyContent><serv:BodyContent>{leak}</serv:BodyContent></serv:body>",
        ),
        "attribute": ("<serv:body>", f'<serv:body agenda="{VALUE}" ep:hostkey="">'),
        "attribute-of-content": ("<serv:bodyContent ", f'<serv:bodyContent agenda="{VALUE}" '),
        "attribute-of-message": (" xmlns:ep=", f' sessionPassword="{VALUE}" xmlns:ep='),
        "attribute-of-result": ("<serv:result>", f'<serv:result sessionPassword="{VALUE}">'),
    }
    for name, (old, new) in changes.items():
        for caller in ("anonymous", "authenticated"):
            yield Case(f"beside-{name}-{caller}", sound.replace(old, new, 1).encode(), CALLERS[caller])


def _texts_between() -> Iterator[Case]:
    """Text where only elements may stand, however it is written, and white space there, which is free."""
    public = inner("MC", shown_paths("MC", **STRANGER))
    sound = message(body(public)).decode()
    for number, text in enumerate(
        (VALUE, "<![CDATA[a]]>", "&#x41;", "<!-- a -->b", "&#x20;<!-- a --><![CDATA[ ]]>\n")
    ):
        changes = {
            "body-begin": ('Response">', f'Response">{text}'),
            "body-end": ("</serv:bodyContent>", f"{text}</serv:bodyContent>"),
            "container": ("<ep:metaData>", f"<ep:metaData>\n{text}\n"),
            "container-end": ("</ep:metaData>", f"{text}\n</ep:metaData>{text}"),
            "leaked": ("</serv:bodyContent>", f"<ep:test>{text}</ep:test></serv:bodyContent>"),
            "row": ("<ep:status>", f"<ep:status>{text}<ep:x/>{text}"),
            "unlisted": ("</serv:bodyContent>", f"<ep:x>{text}<ep:y/>{text}</ep:x></serv:bodyContent>"),
            "header": ("<serv:header>", f"<serv:header>{text}"),
            "response": ("<serv:result>", f"{text}<serv:result>{text}"),
            "after-body": ("</serv:body>", f"</serv:body>{text}"),
        }
        for name, (old, new) in changes.items():
            assert old in sound, old
            yield Case(f"text-{name}-{number}", sound.replace(old, new, 1).encode(), CALLERS["anonymous"])


def _many() -> Iterator[Case]:
    """More elements in no row than findings are made of, and paths longer than is shown."""
    public = inner("MC", shown_paths("MC", **STRANGER))
    several = "".join(f"<ep:x{number}/>\n<ep:x{number}/>" for number in range(130))
    leaks = "".join(f"<ep:e{number}><ep:sessionPassword/></ep:e{number}>" for number in range(130))
    deep = "".join(f"<ep:{'long' * 12}{n}>" for n in range(9)) + "<ep:agenda/>"
    deep += "".join(f"</ep:{'long' * 12}{n}>" for n in reversed(range(9)))
    for name, extra in {"notes": several, "errors": leaks, "both": several + leaks, "deep": deep}.items():
        yield Case(f"many-{name}", message(body(public + extra)), CALLERS["anonymous"])
        yield Case(f"many-{name}-alone", message(body(public + extra)))
