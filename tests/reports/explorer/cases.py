"""Responses of every kind that `check` tells apart."""

from __future__ import annotations

from collections.abc import Iterator

from .cases_elsewhere import cases_elsewhere
from .messages import (
    CALLERS,
    ENVELOPE,
    EP,
    PASSWORD,
    RULEBOOK,
    SERVICES,
    STRANGER,
    VALUE,
    XSI,
    Case,
    body,
    failed,
    inner,
    message,
    open_paths,
    request,
    response,
    shown_paths,
    success,
)

ALL_PATHS = [row.path for row in RULEBOOK.rows]


def all_cases() -> list[Case]:
    """Return every case; names are unique."""
    return [
        *_services(),
        *_shapes(),
        *cases_elsewhere(),
        *_contradictions(),
        *_bodies(),
        *_unchecked(),
        *_failures(),
        *_encodings(),
        *_stated(),
        *_requests(),
    ]


def _services() -> Iterator[Case]:
    """Every service and caller, shown everything, what is not forbidden, what a stranger sees, and nothing."""
    for service in SERVICES:
        public = shown_paths(service, **STRANGER)
        bare = [path for path in ALL_PATHS if path == "metaData/serviceType"]
        shown = {"all": ALL_PATHS, "open": open_paths(service), "public": public, "bare": bare}
        for what, paths in shown.items():
            yield Case(f"{service}-{what}", response(service, paths))
            for caller, asked in CALLERS.items():
                yield Case(f"{service}-{what}-{caller}", response(service, paths), asked)


def _shapes() -> Iterator[Case]:
    """Repeated containers, lacking children, empty elements, other spellings, and tags over several lines."""
    training = open_paths("TC")
    document = "<ep:document><ep:name/><ep:URL>{0}</ep:URL><ep:size>1</ep:size></ep:document>"
    without_size = "<ep:document>\n<ep:name>{0}</ep:name><ep:URL/></ep:document>"
    material = f"<ep:material>{document}\n{without_size}\n{without_size}</ep:material>".format(VALUE)
    tests = (
        f"<ep:test><ep:title>{VALUE}</ep:title></ep:test>\n<ep:test/>\n<ep:test><ep:status/>{VALUE}</ep:test>"
    )
    for caller, asked in CALLERS.items():
        yield Case(f"repeated-{caller}", response("TC", training, extra=material + tests), asked)
        yield Case(
            f"leaked-repeated-{caller}", response("MC", open_paths("MC"), extra=material + tests), asked
        )
    label = "<ep:participantLimitedAccessLabel/>"
    labels = f"<ep:labels>{label}</ep:labels>\n<ep:labels>\n</ep:labels>\n<ep:labels><ep:deeper>{label}</ep:deeper></ep:labels>"
    for extra in (labels, f"{labels}</ep:telephony><ep:telephony>\n{labels}</ep:telephony>\n<ep:telephony>"):
        for caller in ("host-by-id", "anonymous"):
            content = response("AO", open_paths("AO")).replace(
                b"</ep:telephony>", f"{extra}</ep:telephony>".encode()
            )
            yield Case(f"labels-{len(extra)}-{caller}", content, CALLERS[caller])
    for row in RULEBOOK.rows:
        lacking = [path for path in ALL_PATHS if path != row.path and not path.startswith(f"{row.path}/")]
        yield Case(f"lacking-{row.number}", response("EC", lacking), CALLERS["authenticated-password"])
    spelt = inner("MC", open_paths("MC")).replace("sessionkey", "sessionKey").replace("webExId", "webExID")
    yield Case("printed-spellings", message(body(spelt)), CALLERS["host-by-id"])
    stretched = inner("MC", open_paths("MC")).replace("<ep:agenda>", "<ep:agenda\n  a='>'\n  b=\"<!--\"\n>")
    yield Case("stretched-tags", message(body(stretched.replace('"<!--"', '"--"'))), CALLERS["anonymous"])
    split = inner("MC", open_paths("MC")).replace(
        "<ep:agenda>", "<!-- <ep:x>\n --><?a <ep:y>\n?><![CDATA[<ep:z>\n]]><ep:agenda>"
    )
    yield Case("comments", message(body(split)), CALLERS["anonymous"])
    windows = response("MC", open_paths("MC")).replace(b"\n", b"\r\n")
    yield Case("windows-lines", windows, CALLERS["anonymous"])
    kind = "<!-- a -->Meeting<!-- b -->Center<![CDATA[]]>"
    yield Case("split-text", response("MC", open_paths("MC"), {"metaData/serviceType": kind}))
    url = "https://example.com/?a=%TollNum%&amp;b=%TollFreeNumCC%&amp;c=%20"
    yield Case("variables", response("MC", open_paths("MC"), {"telephony/globalCallInNumbersURL": url}))
    for encoding in ("ISO-8859-1", "UTF-16", "windows-1252"):
        yield Case(f"encoding-{encoding}", message(body(inner("EC", ALL_PATHS)), encoding=encoding))


def _contradictions() -> Iterator[Case]:
    """Evidence that says two things, or nothing that makes sense."""
    audio = "<ep:isAudioOnly>{0}</ep:isAudioOnly>"
    said = {
        "two-services": "<ep:metaData><ep:serviceType>TrainingCenter</ep:serviceType></ep:metaData>",
        "same-service": "<ep:metaData><ep:serviceType>meetingcenter</ep:serviceType></ep:metaData>",
        "unknown-service": "<ep:metaData><ep:serviceType>x</ep:serviceType></ep:metaData>",
        "audio-twice": audio.format("false") + audio.format("true"),
        "audio-maybe": audio.format("maybe"),
        "audio-empty": audio.format("") + audio.format("true"),
        "audio-same": audio.format("1") + audio.format("TRUE"),
        "audio-elsewhere": audio.format("true").replace("ep:", "serv:"),
    }
    for name, extra in said.items():
        contradicting = response("MC", open_paths("MC"), extra=extra)
        yield Case(f"contradiction-{name}", contradicting, CALLERS["anonymous"])
        yield Case(f"contradiction-{name}-stated", contradicting, None, {"service": "TC"})
    second_host = "<ep:host><ep:webExId>{0}</ep:webExId><ep:email>{0}</ep:email></ep:host>"
    for name in ("other", "thehost", "HOST@Example.com"):
        contradicting = response("MC", open_paths("MC"), extra=second_host.format(name))
        for caller in ("host-by-id", "host-by-email"):
            yield Case(f"second-host-{name}-{caller}", contradicting, CALLERS[caller])


def _failures() -> Iterator[Case]:
    """Failed calls that show something all the same."""
    leak = "<ep:sessionPassword>x</ep:sessionPassword><ep:participantAccessCode/>"
    shown = {
        "leak": body(f"<ep:accessControl>{leak}</ep:accessControl>"),
        "misplaced": body(leak),
        "flattened": body(
            "<ep:telephony.callInNum/><ep:ａccessControl_sessionPassword/><ep:host.email/><ep:callInNum.backupTollNum/><ep:material><ep:document.URL/></ep:material>"
        ),
        "all": body(inner("EC", ALL_PATHS)),
        "text": body(VALUE),
        "nothing": "",
        "beside": leak,
        "forged": body("") + "<ep:response><serv:result>SUCCESS</serv:result></ep:response>",
    }
    for name, content_ in shown.items():
        for caller, asked in CALLERS.items():
            yield Case(f"failed-{name}-{caller}", message(content_, header=failed()), asked)
        yield Case(f"failed-{name}", message(content_, header=failed("000001")))
        yield Case(
            f"failed-{name}-stated",
            message(content_, header=failed()),
            None,
            {"service": "TC", "caller": "anonymous"},
        )
    forged = failed().replace("<serv:result>", "<ep:result>SUCCESS</ep:result><serv:result>")
    yield Case("failed-forged-result", message(body(inner("MC", open_paths("MC"))), header=forged))


def _encodings() -> Iterator[Case]:
    """White space before the declaration, and encodings that are read and that are not."""
    sound = response("MC", open_paths("MC"), {"metaData/agenda": "Straße & Ώρα".replace("&", "&amp;")})
    for space in (b" ", b"\n\n", b"\t\r\n "):
        yield Case(f"late-declaration-{space.hex()}", space + sound, space + CALLERS["anonymous"])
    several = sound.replace(b'<?xml version="1.0"', b'\n<?xml\n version="1.0"\n')
    yield Case("late-declaration-over-lines", several)
    for name in ("utf-7", "utf-16", "utf-32", "iso-2022-jp", "hz-gb-2312", "ibm037", "x-user-defined"):
        declared = sound.replace(b'encoding="UTF-8"', f'encoding="{name}"'.encode())
        yield Case(f"encoding-not-read-{name}", declared)
    for name in (
        "utf-8",
        "us-ascii",
        "iso-8859-7",
        "windows-1253",
        "koi8-r",
        "shift_jis",
        "gb18030",
        "big5",
        "euc-kr",
    ):
        ascii_ = response("MC", open_paths("MC")).replace(b'encoding="UTF-8"', f'encoding="{name}"'.encode())
        yield Case(f"encoding-read-{name}", ascii_)
    yield Case("not-ascii", sound.replace(b'encoding="UTF-8"', b'encoding="us-ascii"'))


def _bodies() -> Iterator[Case]:
    """Messages with several bodies."""
    one, two = body(inner("MC", open_paths("MC"))), body(inner("TC", ALL_PATHS))
    other = body("<ep:x/>", "ep:lstsummarySessionResponse")
    yield Case("two-bodies", message(one, two), CALLERS["anonymous"])
    yield Case("two-bodies-two-results", message(one, two, header=success() + success()))
    yield Case("failed-first", message(two, header=failed() + success()), CALLERS["host-by-id"])
    yield Case("failed-second", message(one, two, header=success() + failed("030001")))
    yield Case("three-results-two-bodies", message(one, two, header=success() * 3))
    yield Case("other-among", message(one, other, two), CALLERS["authenticated"])
    asked = request("", PASSWORD)
    content = asked[asked.index(b"<bodyContent") : asked.index(b"</body>")]
    second = content.replace(b"712475980", b"1").replace(b"sessionPassword", b"other")
    yield Case("two-requests", message(one, two), asked.replace(content, content + second))
    yield Case("requests-by-session", message(one, two, one), asked.replace(content, second + content))
    yield Case("one-of-two-requests", message(one), asked.replace(content, second + content))


LONG = "aContainer/" * 30


def _unchecked() -> Iterator[Case]:
    """All that cannot be judged, with its reason."""
    sound = response("MC", open_paths("MC"))
    yield Case("empty", b"")
    yield Case("blank", b" \n\t ")
    yield Case("text", b"this is no XML " + VALUE.encode())
    yield Case("json", b'{"a": 1}')
    yield Case("cut", sound[:600])
    yield Case("crossed", b"<a>\n<b></a></b>")
    yield Case("two-roots", b"<a/>\n<b/>")
    yield Case("no-prefix", b"<a>\n<x:b/></a>")
    yield Case("entity", b"<a>&nbsp;</a>")
    yield Case("twice", b'<a b="1" b="2"/>')
    yield Case("bad-utf-8", b"<a>\xff\xfe</a>")
    yield Case("bad-encoding", b'<?xml version="1.0" encoding="klingon"?><a/>')
    yield Case("odd-encoding", b'<?xml version="1.0" encoding="1"?><a/>')
    yield Case("bracket-in-value", sound.replace(b"<ep:agenda>", b"<ep:agenda a='<'>"))
    yield Case("no-uri", sound.replace(b"<ep:agenda>", b'<ep:agenda xmlns:x="a b">'))
    yield Case("mark", b"\xef\xbb\xbf" + sound)
    yield Case("deep-behind-a-fault", b"<a></b>\n" + b"<a>" * 300)
    yield Case("deep-before-a-fault", b"<a>" * 300 + b"\n</b>")
    yield Case("control", b"<a>\x01</a>")
    yield Case("doctype", b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>')
    yield Case("doctype-after", b"<?xml version='1.0'?>\n<!-- c -->\n<?p i?><!DOCTYPE a><a/>")
    yield Case("doctype-broken", b"<!DOCTYPE a [\n<a>")
    yield Case("doctype-in-comment", b"<!-- <!DOCTYPE a> --><a/>")
    for levels in (256, 257, 300):
        yield Case(f"deep-{levels}", b"<a>" * levels + b"</a>" * levels)
        yield Case(f"deep-{levels}-empty", b"<a>" * (levels - 1) + b"\n<a/>" + b"</a>" * (levels - 1))
    yield Case(
        "paths-that-are-cut", response("MC", [*open_paths("MC"), f"{LONG}sessionPassword", f"{LONG}übrig"])
    )
    yield Case("deep-body", response("MC", open_paths("MC"), extra="<ep:a>" * 205 + "</ep:a>" * 205))
    yield Case("other-root", b"<html/>")
    yield Case("odd-root", "<é/>".encode())
    yield Case("message-elsewhere", b'<message xmlns="urn:x"/>')
    yield Case("nothing-in-it", sound.replace(b"bodyContent", b"x").replace(b"serv:response", b"serv:x"))
    yield Case("no-body", message())
    yield Case("no-type", sound.replace(b" xsi:type=", b" type="))
    yield Case("other-operation", message(body("", "ep:lstsummarySessionResponse")))
    yield Case("odd-operation", message(body("", "ep:a b<".replace("<", ""))))
    yield Case("same-name-elsewhere", message(body("", "serv:getSessionInfoResponse")))
    yield Case("no-such-prefix", message(body("", "nope:getSessionInfoResponse")))
    yield Case("other-prefix", sound.replace(b"ep:", b"q:").replace(b"xmlns:ep", b"xmlns:q"))
    yield Case(
        "default-namespace",
        message(body("").replace("xsi:type", f'xmlns="{EP}" xsi:type').replace("ep:", "")),
    )
    yield Case("request-as-response", request())
    for number in ("000015", "060001", "999999", "none"):
        yield Case(f"failure-{number}", message("<serv:bodyContent/>", header=failed(number)), request())
        yield Case(f"failure-no-body-{number}", message(header=failed(number)))
    yield Case("failure-full", message(body(inner("MC", ALL_PATHS)), header=failed()))
    for kind in ("SupportCenter", "supportcenter", "", "Other", f"x{VALUE}", "salescenter", "MEETINGCENTER"):
        yield Case(
            f"kind-{kind}", response("MC", open_paths("MC"), {"metaData/serviceType": kind}), request()
        )
    yield Case("no-kind", response("MC", [p for p in open_paths("MC") if p != "metaData/serviceType"]))
    for said in ("true", "1", "TRUE", "false", "0", ""):
        extra = f"<ep:isAudioOnly>{said}</ep:isAudioOnly>"
        yield Case(f"audio-{said}", response("EC", open_paths("AO"), extra=extra))


def _stated() -> Iterator[Case]:
    """The facts that the user states, and the messages that contradict them."""
    statements: list[dict[str, str]] = [
        {"service": "EC"},
        {"service": "unknown"},
        {"caller": "anonymous"},
        {"caller": "authenticated", "password": "supplied"},
        {"role": "host"},
        {"role": "none"},
        {"role": "unknown", "password": "unknown"},
        {"password": "not-supplied"},
        {"password": "refused"},
        {"service": "AO", "caller": "anonymous", "password": "supplied"},
        {"service": "MC", "role": "panelist", "caller": "unknown"},
    ]
    support = response("MC", open_paths("MC"), {"metaData/serviceType": "SupportCenter"})
    for number, stated in enumerate(statements):
        for caller, asked in CALLERS.items():
            yield Case(f"stated-{number}-{caller}", response("MC", ALL_PATHS), asked, stated)
        yield Case(f"stated-{number}-alone", response("TC", ALL_PATHS), None, stated)
        yield Case(f"stated-{number}-support", support, None, stated)
        yield Case(f"stated-{number}-failure", message(header=failed()), request(), stated)
        yield Case(f"stated-{number}-text", b"no XML", None, stated)


def _requests() -> Iterator[Case]:
    """Requests that are about something else, or cannot be used."""
    sound = response("MC", open_paths("MC"))
    yield Case("other-session", sound, request(key="1"))
    yield Case(
        "other-session-twice",
        message(body(inner("MC", [*open_paths("MC")]) + "\n<ep:sessionkey>2</ep:sessionkey>")),
        request(key="2"),
    )
    yield Case("empty-key", sound, request(key=""))
    yield Case("empty-password", sound, request(asked="<sessionPassword> </sessionPassword>"))
    yield Case("commented-password", sound, request(asked=f"<!--{PASSWORD}-->"))
    no_security = request().replace(b"securityContext", b"other")
    yield Case("no-security", sound, no_security)
    yield Case("request-no-xml", sound, b"<a>")
    yield Case("request-other-root", sound, b"<a/>")
    yield Case("request-doctype", sound, b"<!DOCTYPE a><a/>")
    yield Case("request-other-operation", sound, request().replace(b"GetSessionInfo", b"LstSummarySession"))
    yield Case("request-empty-body", sound, request().replace(b"bodyContent", b"x"))
    yield Case("request-and-response-bad", b"<a/>", b"<b/>")
    undeclared = (
        request()
        .replace(f' xmlns:serv="{ENVELOPE}"'.encode(), b"")
        .replace(f' xmlns:xsi="{XSI}"'.encode(), b"")
    )
    yield Case("request-undeclared-prefixes", sound, undeclared)
    yield Case("request-undeclared-and-late", sound, b"\n <!-- a -->" + undeclared.partition(b"?>")[2])
    in_schema = f'<bodyContent xmlns:e="{EP}" xsi:type="e:getSessionInfo">'.encode()
    typed = request().replace(
        b'<bodyContent xsi:type="java:com.webex.service.binding.ep.GetSessionInfo">', in_schema
    )
    yield Case("request-schema-type", sound, typed)
