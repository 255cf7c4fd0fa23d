// Parsing of XML, with the limits and the errors of `whosees check`.

const WIRE = DATA.reading;
const XSI = "http://www.w3.org/2001/XMLSchema-instance";
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const NAMEABLE = /^[A-Za-z][A-Za-z0-9_.]{0,79}$/;

const strip = (text) => text.replace(new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g"), "");
const XMLNS = "http://www.w3.org/2000/xmlns/";

/** An input cannot be judged: `reason` is one of the stable reasons, `detail` says it in words. */
class UncheckedError extends Error {
  constructor(reason, detail) {
    super(detail);
    this.reason = reason;
    this.detail = detail;
  }
}

const UNKNOWN_ENCODING = "at line 1: an encoding that is not read; UTF-8, UTF-16 and the ISO-8859 family are";
const ENCODINGS = /^(?:utf-8|iso-8859-\d+|windows-125\d|koi8-[ru]|shift_jis|euc-(?:jp|kr)|gbk|gb18030|big5)$/;
const WIDE = [[/^\xff\xfe|^<\0\?\0/, "utf-16le"], [/^\xfe\xff|^\0<\0\?/, "utf-16be"]];

/** Decodes a file by its byte order mark, its declared encoding, or as UTF-8. */
function decoded(bytes) {
  const head = String.fromCharCode(...bytes.subarray(0, 1024));
  if (/^(?:\xef\xbb\xbf)?[ \t\r\n]*<\?xml[^>]*?encoding\s*=\s*["'][^"'A-Za-z]/.test(head)) {
    throw new UncheckedError("not-xml", "at line 1, column 1: it is not well-formed");
  }
  const wide = WIDE.find(([pattern]) => pattern.test(head))?.[1];
  const declared = /^[ \t\r\n]*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/.exec(head)?.[1] ?? "utf-8";
  const name = wide ?? (head.startsWith("\xef\xbb\xbf") ? "utf-8" : declared);
  if (/^(?:iso[-_]?8859-?1|latin-?1|(?:us-)?ascii)$/i.test(name)) return byLetter(bytes, /ascii/i.test(name));
  let decoder;
  try {
    decoder = new TextDecoder(name, { fatal: true });
  } catch {
    throw new UncheckedError("not-xml", UNKNOWN_ENCODING);
  }
  if (!wide && !ENCODINGS.test(decoder.encoding)) throw new UncheckedError("not-xml", UNKNOWN_ENCODING);
  try {
    return decoder.decode(bytes);
  } catch {
    throw new UncheckedError("not-xml", OTHER_BYTES);
  }
}

const OTHER_BYTES = "bytes that its encoding does not have";

/** Decodes an encoding with a letter for each byte, which browsers take for another one. */
function byLetter(bytes, isAscii) {
  const parts = [];
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  const text = parts.join("");
  if (isAscii && /[^\0-\x7f]/.test(text)) throw new UncheckedError("not-xml", OTHER_BYTES);
  return text;
}

/** Leaves out an XML declaration behind white space; its lines still count. */
function withoutLateDeclaration(text) {
  const late = /^([ \t\r\n]+)(<\?xml\s[^>]*\?>)/.exec(text);
  return late ? late[1] + late[2].replace(/[^\n]/g, "") + text.slice(late[0].length) : text;
}

/** Returns the text of an input, which is the bytes of a file or a pasted text. Throws UncheckedError. */
function textOf(input) {
  const size = typeof input === "string" ? new TextEncoder().encode(input).length : input.length;
  if (size > WIRE.limits.size) {
    throw new UncheckedError("too-large", `larger than ${numbered(WIRE.limits.size)} bytes; --max-size allows more`);
  }
  const text = typeof input === "string" ? input : decoded(input);
  if (!strip(text.replace("\ufeff", ""))) throw new UncheckedError("not-xml", "it is empty");
  return withoutLateDeclaration(text.replace(/^\ufeff/, ""));
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
  const elements = text.split("<").length - text.split(/<[/!?]/).length;
  if (elements > WIRE.limits.elements) throw limitExceeded(`more than ${numbered(WIRE.limits.elements)} elements`, "elements");
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
  const ends = new Map(Array.from(lines.keys(), (element, at) => [element, tags.ends[at]]));
  return { root: tree.documentElement, lineOf: (element) => lines.get(element), endLineOf: (element) => ends.get(element) };
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

/** Returns the lines on which each element's tags begin, and the lines on which errors end, as parsers count them. */
function startTags(text) {
  const [lines, ends, open] = [[], [], []];
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
      if (text[at + 1] === "/") {
        level--;
        ends[open.pop()] = line;
      }
      past(">", at + 1);
    } else {
      tag.lastIndex = at;
      const found = tag.exec(text)?.[0] ?? "<";
      const end = at + found.length;
      ends[lines.length] = line;
      if (text[end - 1] !== "/") open.push(lines.length);
      lines.push(line);
      to(end);
      if (isMalformed(found)) malformed ??= line;
      if (level >= WIRE.limits.parsedDepth) tooDeep ??= line;
      if (text[end - 1] !== "/") level++;
    }
  }
  return { lines, ends, tooDeep, malformed };
}
