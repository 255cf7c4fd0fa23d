"""Strategies: XML documents as real traffic writes them, and as nobody should."""

from __future__ import annotations

from hypothesis import strategies as st

from .judging import RULEBOOK
from .messages import EP, SERV, SUCCESS, XSI, failure

LISTED = sorted({step for row in RULEBOOK.rows for step in row.path.split("/")})
UNLISTED = ["Status", "statuss", "hostKey", "a.b", "_x-1", "naïve", "名前", "данные", "שם", "नाम", "_" * 30]
"""Names in no row, some near misses, in several scripts."""

TEXTS = [
    *("x", "1", "true", " ", "\n", "\r\n", "\r", "\t", "\n  ", "FAILURE", "MeetingCenter", "EventCenter"),
    *("https://example.com/join?a=1&amp;b=2&amp;c=%20", "AT&amp;T &lt;b&gt;", "&quot;&apos;", 'it\'s "so"'),
    *(
        "&#x4e2d;&#25991;",
        "&#13;",
        "&#10;",
        "&#x9;",
        "&#x10FFFF;",
        "&#0000000065;",
        "Zoë Müller",
        "中文",
        "🙂",
    ),
    *(
        "a > b",
        "]]",
        "] ]>",
        "--",
        "-",
        "a--b",
        "<!-- c -->",
        "<!---->",
        "<!-- <a> </a> -->",
        "<!-- a >b</c -->",
    ),
    *("<!-- ' -->", '<!-- " -->', "<!-- <![CDATA[x]]> -->", "<!--\n-->", "<!-- & &amp; -->", "<![CDATA[]]>"),
    *(
        "<![CDATA[x]]>",
        "<![CDATA[<a>]]>",
        "<![CDATA[a > b </c]]>",
        "<![CDATA[]] &amp; ]]]>",
        "<![CDATA[\r\n ]]>",
    ),
    *(
        "<![CDATA[<!-- x -->]]>",
        "<?p?>",
        "<?p <a> > </a> ?>",
        "<?p ' ?>",
        "<?p a ? b ?>",
        "<?xml-p encoding='utf-7'?>",
    ),
]
"""Content between tags; each is sound in every place where a text can stand."""

ATTRIBUTES = [
    *("", "", "", " ", "\n", ' a=">"', " a='>'", " a='\"'", ' a="it\'s"', ' a="/"', " a = '&lt;&amp;&#10;'"),
    *(
        '\n a="x"\r\n\tb="y"',
        ' é="名"',
        ' xml:lang="de"',
        ' xml:space="preserve"',
        ' xsi:nil="true"',
        ' a="--&gt;"',
    ),
    *(" a=\"xmlns:ep='urn:x'\"", ' xmlnsx="u"', ' a="]]>"', ' a="\n>\n"', ' hostkey="1"', ' xsi:type="ep:a"'),
]
DECLARATIONS = [
    "", "", "", f' xmlns="{EP}"', ' xmlns=""', f' xmlns:q="{EP}"', f" xmlns:ep = '{SERV}'", ' xmlns:ep="urn:x&amp;y"',
    f' xmlns:q="urn:q" xmlns="{SERV}"', f' xmlns:é="{EP}"',
]  # fmt: skip
PREFIXES = ["ep:", "ep:", "ep:", "", "serv:", "q:", "é:"]


@st.composite
def contents(draw: st.DrawFn, depth: int = 3) -> str:
    """The content of an element: texts, comments, sections, instructions and elements."""
    parts = [draw(st.sampled_from(TEXTS)) for _ in range(draw(st.integers(0, 2)))]
    for _ in range(draw(st.integers(0, 3)) if depth else 0):
        parts += (
            draw(elements(depth - 1)),
            *(draw(st.sampled_from(TEXTS)) for _ in range(draw(st.integers(0, 2)))),
        )
    return "".join(parts)


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> str:
    """An element; its prefix is declared, unless it is unlucky."""
    name = draw(st.sampled_from(PREFIXES)) + draw(st.sampled_from(LISTED) | st.sampled_from(UNLISTED))
    tag = name + draw(st.sampled_from(DECLARATIONS)) + draw(st.sampled_from(ATTRIBUTES))
    if draw(st.integers(0, 4)) == 0:
        return f"<{tag}/>"
    space = draw(st.sampled_from(["", "", " ", "\n"]))
    return f"<{tag}>{draw(contents(depth))}</{name}{space}>"


PROLOGS = ["", "", "<?xml version='1.0'?>", "<!-- a --><?p?>\n", "<?xml-p encoding='utf-7'?>\r\n", "\n"]
HEADERS = [
    SUCCESS,
    failure(),
    "<serv:response><serv:result/>FAILURE</serv:response>",
    SUCCESS.replace("SUCCESS", " "),
]


@st.composite
def messages(draw: st.DrawFn) -> str:
    """A response message."""
    service = draw(
        st.sampled_from(
            ["MeetingCenter", "EventCenter", "<![CDATA[Training]]>Center", "<!-- x -->x", "AT&amp;T"]
        )
    )
    inside = draw(contents()) + f"<ep:metaData><ep:serviceType>{service}</ep:serviceType></ep:metaData>"
    inside += draw(contents())
    attributes = draw(st.sampled_from(ATTRIBUTES)).replace("xsi:type", "t")
    return (
        f'{draw(st.sampled_from(PROLOGS))}<serv:message xmlns:serv="{SERV}" xmlns:ep="{EP}" xmlns:xsi="{XSI}" '
        f'xmlns:q="{EP}" xmlns:é="urn:e">{draw(st.sampled_from(TEXTS))}'
        f"<serv:header>{draw(st.sampled_from(HEADERS))}</serv:header>{draw(st.sampled_from(TEXTS))}<serv:body>"
        f'<serv:bodyContent xsi:type="ep:getSessionInfoResponse"{attributes}>'
        f"{inside}</serv:bodyContent></serv:body></serv:message>{draw(st.sampled_from(['', '', '<!-- > -->', ' ']))}"
    )


ENCODINGS = ["utf-8", "utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252", "utf-8 declared"]


def encoded(text: str, encoding: str) -> bytes:
    """Write a document in an encoding; in UTF-8 if it has letters that the encoding lacks."""
    if encoding in ("utf-8", "utf-8-sig", "utf-16"):
        return text.encode(encoding)
    name = encoding.removesuffix(" declared")
    without = text.removeprefix("<?xml version='1.0'?>")
    try:
        return f'<?xml version="1.0" encoding="{name}"?>{without}'.encode(name)
    except UnicodeEncodeError:
        return text.encode()


def documents() -> st.SearchStrategy[bytes]:
    """Response messages as bytes."""
    return st.builds(encoded, messages(), st.sampled_from(ENCODINGS))


EDITS = [
    b"<",
    b">",
    b"&",
    b"/",
    b'"',
    b"'",
    b"]]>",
    b"--",
    b"-->",
    b"<!--",
    b"<![CDATA[",
    b"\xff",
    b"\0",
    b"\xef\xbf\xbe",
    b"&#0;",
    b"x",
]


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """Messages to which something was done."""
    content = draw(documents())
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(st.sampled_from(EDITS)) + content[at + draw(st.integers(0, 6)) :]
    return content
