// Parsing of XML, with the limits and the errors of `whosees check`.

const WIRE = DATA.reading;
const XSI = "http://www.w3.org/2001/XMLSchema-instance";
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const NAMEABLE = /^[A-Za-z][A-Za-z0-9_.]{0,79}$/;

const strip = (text) => text.replace(new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g"), "");
const fold = (text) => text.toLowerCase().toUpperCase().toLowerCase();

/** An input cannot be judged: `reason` is one of the stable reasons, `detail` says it in words. */
class UncheckedError extends Error {
  constructor(reason, detail) {
    super(detail);
    this.reason = reason;
    this.detail = detail;
  }
}

/** Decodes a file by its byte order mark, its declared encoding, or as UTF-8. */
function decoded(bytes) {
  const head = bytes.subarray(0, 1024);
  const ascii = Array.from(head, (byte) => (byte ? String.fromCharCode(byte) : "")).join("");
  const wide = head[0] === 0xff && head[1] === 0xfe ? "utf-16le" : head[0] === 0xfe && head[1] === 0xff ? "utf-16be"
    : head[0] === 0x3c && head[1] === 0 ? "utf-16le" : head[0] === 0 && head[1] === 0x3c ? "utf-16be" : null;
  if (/^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["'][^"'A-Za-z]/.test(ascii)) {
    throw new UncheckedError("not-xml", "at line 1, column 1: it is not well-formed");
  }
  const declared = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/.exec(ascii)?.[1] ?? "utf-8";
  const name = wide ?? (/^utf-?16/i.test(declared) ? "utf-8" : declared);
  if (/^(iso-8859-1|latin-?1|us-ascii)$/i.test(name)) {
    const parts = [];
    for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
    return parts.join("");
  }
  let decoder;
  try {
    decoder = new TextDecoder(name, { fatal: true });
  } catch {
    throw new UncheckedError("not-xml", "at line 1, column 1: an encoding that is not known");
  }
  try {
    return decoder.decode(bytes);
  } catch {
    throw new UncheckedError("not-xml", "bytes that its encoding does not have");
  }
}

/** Returns the text of an input, which is the bytes of a file or a pasted text. Throws UncheckedError. */
function textOf(input) {
  const size = typeof input === "string" ? new TextEncoder().encode(input).length : input.length;
  if (size > WIRE.limits.size) {
    throw new UncheckedError("too-large", `larger than ${numbered(WIRE.limits.size)} bytes; --max-size allows more`);
  }
  const text = typeof input === "string" ? input : decoded(input);
  if (!strip(text.replace("\ufeff", ""))) throw new UncheckedError("not-xml", "it is empty");
  return text.replace(/^\ufeff/, "");
}

/** Returns the error for an exceeded limit, with the option of `check` that raises it. */
function limitExceeded(problem, option) {
  return new UncheckedError("too-large", `${problem}; --limit ${option}=N allows more`);
}

const DECLARES = "it declares a document type; remove the DOCTYPE, which no message of the service has";
const FAULTS = ["http://www.w3.org/1999/xhtml", "http://www.mozilla.org/newlayout/xml/parsererror.xml"];
const WRONG = [
  [/outside the root|no root element|empty/i, "no XML begins there"],
  [/closing tag|tag mismatch|mismatched tag/i, "an end tag does not match its start tag"],
  [/extra content|junk after|unexpected token: </i, "content after the end of the document"],
  [/still inside|premature end|end of data|end of stream|unclosed|no element found|couldn't find end/i, "it ends before its elements do: is it cut off?"],
  [/invalid char/i, "a character that XML does not allow"],
  [/entity/i, "an entity that nothing declares"],
  [/redefined|duplicate attribute/i, "an attribute that is given twice"],
  [/prefix .*unbound|namespace prefix|unbound prefix/i, "a prefix that no namespace is declared for"],
];

/** Parses a document. Returns its root and a function that returns the line of an element. Throws UncheckedError. */
function parsed(input) {
  const text = textOf(input);
  // Checked before anything is parsed; only blanks, instructions and comments may precede it.
  if (/^(?:\s+|<\?[^]*?\?>|<!--[^]*?-->)*<!DOCTYPE/i.test(text)) throw new UncheckedError("unsafe-xml", DECLARES);
  const tags = startTags(text);
  if (tags.lines.length > WIRE.limits.elements) throw limitExceeded(`more than ${numbered(WIRE.limits.elements)} elements`, "elements");
  const tree = new DOMParser().parseFromString(text, "text/xml");
  const fault = faultOf(tree) ?? (tags.malformed && { line: tags.malformed, column: 1, kind: "it is not well-formed" });
  if (tags.tooDeep !== null && !(fault && fault.line < tags.tooDeep)) {
    throw new UncheckedError("too-large", `beyond what is parsed, at line ${tags.tooDeep}: nested too deeply, or a name or text too long`);
  }
  if (fault && declaresType(text)) throw new UncheckedError("unsafe-xml", DECLARES);
  if (fault) throw new UncheckedError("not-xml", `at line ${fault.line}, column ${fault.column}: ${fault.kind}`);
  const lines = new Map(Array.from(tree.getElementsByTagName("*"), (element, at) => [element, tags.lines[at]]));
  for (const [element, line] of lines) {
    if (element.attributes.length > WIRE.limits.attributes) {
      throw limitExceeded(`at line ${line}: more than ${numbered(WIRE.limits.attributes)} attributes of an element`, "attributes");
    }
  }
  return { root: tree.documentElement, lineOf: (element) => lines.get(element) };
}

/** Returns position and kind of a parser error; the parser's own words are not used, because they can quote the input. */
function faultOf(tree) {
  const report = FAULTS.map((space) => tree.getElementsByTagNameNS(space, "parsererror")[0]).find(Boolean)?.textContent;
  if (report === undefined) return null;
  const [, line, column] = /line (?:number )?(\d+)(?: at|,)? column (\d+)/i.exec(report) ?? [null, 1, 1];
  const kind = WRONG.find(([pattern]) => pattern.test(report))?.[1] ?? "it is not well-formed";
  return { line: Number(line), column: Number(column), kind };
}

/** Tells whether a text that could not be parsed declares a document type. */
function declaresType(text) {
  const prolog = text.slice(0, 65536).replace(/<!--[^]*?(?:-->|$)/g, "");
  const root = prolog.search(/<[A-Za-z_:\x80-\uffff]/);
  return /<!DOCTYPE/i.test(root < 0 ? prolog : prolog.slice(0, root));
}

/** Tells whether a start tag has an error that browsers accept: `<` in a value, or a namespace that is not a URI. */
function isMalformed(tag) {
  const spaces = [...tag.matchAll(/\sxmlns(?::[^\s=]+)?\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, a, b]) => a ?? b);
  return tag.includes("<", 1) || spaces.some((name) => !/^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/.test(name));
}

/** Returns the line on which each start tag begins, and the lines on which errors end, as parsers count them. */
function startTags(text) {
  const lines = [];
  let [at, line, level, tooDeep, malformed] = [0, 1, 0, null, null];
  const to = (end) => {
    const stop = end < 0 ? text.length : end;
    for (let next = text.indexOf("\n", at); next >= 0 && next < stop; next = text.indexOf("\n", next + 1)) line++;
    at = stop;
  };
  const past = (mark, from) => {
    const found = text.indexOf(mark, from);
    to(found < 0 ? -1 : found + mark.length);
  };
  const tag = /<[^"'>]*(?:"[^"]*"[^"'>]*|'[^']*'[^"'>]*)*/y;
  while (at < text.length) {
    to(text.indexOf("<", at));
    if (at >= text.length) break;
    if (text.startsWith("<!--", at)) past("-->", at + 4);
    else if (text.startsWith("<![CDATA[", at)) past("]]>", at + 9);
    else if (text[at + 1] === "?") past("?>", at + 2);
    else if (text[at + 1] === "/" || text[at + 1] === "!") {
      if (text[at + 1] === "/") level--;
      past(">", at + 1);
    } else {
      tag.lastIndex = at;
      const found = tag.exec(text)?.[0] ?? "<";
      const end = at + found.length;
      lines.push(line);
      to(end);
      if (isMalformed(found)) malformed ??= line;
      if (level >= WIRE.limits.parsedDepth) tooDeep ??= line;
      if (text[end - 1] !== "/") level++;
    }
  }
  return { lines, tooDeep, malformed };
}
