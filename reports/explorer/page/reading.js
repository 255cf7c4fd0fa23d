// Reading of messages. What is read stays in these functions: names, lines and the few texts that tell a fact of the
// call, which are compared and never shown.

const WIRE = DATA.reading;
const XSI = "http://www.w3.org/2001/XMLSchema-instance";
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const NAMEABLE = /^[A-Za-z][A-Za-z0-9_.]{0,79}$/;

const strip = (text) => text.replace(new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g"), "");
const fold = (text) => text.toLowerCase().toUpperCase().toLowerCase();

/** An input that cannot be judged: why, as one of the stable reasons, and in words. */
class Refusal extends Error {
  constructor(reason, detail) {
    super(detail);
    this.reason = reason;
    this.detail = detail;
  }
}

/** Gives the text of a file by its byte order mark, its declared encoding, or as UTF-8. */
function decoded(bytes) {
  const head = bytes.subarray(0, 1024);
  const ascii = Array.from(head, (byte) => (byte ? String.fromCharCode(byte) : "")).join("");
  const wide = head[0] === 0xff && head[1] === 0xfe ? "utf-16le" : head[0] === 0xfe && head[1] === 0xff ? "utf-16be"
    : head[0] === 0x3c && head[1] === 0 ? "utf-16le" : head[0] === 0 && head[1] === 0x3c ? "utf-16be" : null;
  if (/^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["'][^"'A-Za-z]/.test(ascii)) {
    throw new Refusal("not-xml", "at line 1, column 1: it is not well-formed");
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
    throw new Refusal("not-xml", "at line 1, column 1: an encoding that is not known");
  }
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Refusal("not-xml", "bytes that its encoding does not have");
  }
}

/** Gives the text of an input, which is bytes of a file or a pasted text; raises Refusal. */
function textOf(input) {
  const size = typeof input === "string" ? new TextEncoder().encode(input).length : input.length;
  if (size > WIRE.limits.size) {
    throw new Refusal("too-large", `larger than ${numbered(WIRE.limits.size)} bytes; --max-size allows more`);
  }
  const text = typeof input === "string" ? input : decoded(input);
  if (!strip(text.replace("\ufeff", ""))) throw new Refusal("not-xml", "it is empty");
  return text.replace(/^\ufeff/, "");
}

/** Says that an input is beyond a bound, and which option of `check` allows more. */
function beyond(said, bound) {
  return new Refusal("too-large", `${said}; --limit ${bound}=N allows more`);
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

/** Parses a document and gives its root and a function that tells an element's line. Raises Refusal. */
function parsed(input) {
  const text = textOf(input);
  // Looked for before anything is parsed: what may stand before the root is blanks, instructions and comments.
  if (/^(?:\s+|<\?[^]*?\?>|<!--[^]*?-->)*<!DOCTYPE/i.test(text)) throw new Refusal("unsafe-xml", DECLARES);
  const tags = startTags(text);
  if (tags.lines.length > WIRE.limits.elements) throw beyond(`more than ${numbered(WIRE.limits.elements)} elements`, "elements");
  const tree = new DOMParser().parseFromString(text, "text/xml");
  const fault = faultOf(tree) ?? (tags.malformed && { line: tags.malformed, column: 1, kind: "it is not well-formed" });
  if (tags.tooDeep !== null && !(fault && fault.line < tags.tooDeep)) {
    throw new Refusal("too-large", `beyond what is parsed, at line ${tags.tooDeep}: nested too deeply, or a name or text too long`);
  }
  if (fault && declaresType(text)) throw new Refusal("unsafe-xml", DECLARES);
  if (fault) throw new Refusal("not-xml", `at line ${fault.line}, column ${fault.column}: ${fault.kind}`);
  const lines = new Map(Array.from(tree.getElementsByTagName("*"), (element, at) => [element, tags.lines[at]]));
  for (const [element, line] of lines) {
    if (element.attributes.length > WIRE.limits.attributes) {
      throw beyond(`at line ${line}: more than ${numbered(WIRE.limits.attributes)} attributes of an element`, "attributes");
    }
  }
  return { root: tree.documentElement, lineOf: (element) => lines.get(element) };
}

/** Gives place and kind of what the browser's parser found wrong; its own words can quote the input, and are not used. */
function faultOf(tree) {
  const said = FAULTS.map((space) => tree.getElementsByTagNameNS(space, "parsererror")[0]).find(Boolean)?.textContent;
  if (said === undefined) return null;
  const [, line, column] = /line (?:number )?(\d+)(?: at|,)? column (\d+)/i.exec(said) ?? [null, 1, 1];
  const kind = WRONG.find(([pattern]) => pattern.test(said))?.[1] ?? "it is not well-formed";
  return { line: Number(line), column: Number(column), kind };
}

/** Whether a document type stands before the root of a text that could not be parsed. */
function declaresType(text) {
  const prolog = text.slice(0, 65536).replace(/<!--[^]*?(?:-->|$)/g, "");
  const root = prolog.search(/<[A-Za-z_:\x80-\uffff]/);
  return /<!DOCTYPE/i.test(root < 0 ? prolog : prolog.slice(0, root));
}

/** Whether a start tag holds what XML does not allow and browsers let pass: `<` in a value, or a vocabulary that is no URI. */
function isMalformed(tag) {
  const spaces = [...tag.matchAll(/\sxmlns(?::[^\s=]+)?\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, a, b]) => a ?? b);
  return tag.includes("<", 1) || spaces.some((name) => !/^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/.test(name));
}

/** Gives the line of every start tag in document order (where the tag begins), and where it is wrong (where it ends, as parsers count). */
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

/** Parses a document and sees that it is a message of the service; raises Refusal. */
function opened(input) {
  const message = parsed(input);
  const { localName, namespaceURI } = message.root;
  if (localName !== "message" || namespaceURI !== WIRE.envelope) {
    const shown = NAMEABLE.test(localName) ? `\`${localName}\`` : "something else";
    const where = localName === "message" ? " in another namespace" : "";
    throw new Refusal("not-a-message", `its root is ${shown}${where}, not \`message\` of ${WIRE.envelope}`);
  }
  return message;
}

/** Follows names of the envelope, in its namespace or in none. */
function inside(element, ...steps) {
  if (!steps.length) return [element];
  return Array.from(element.children)
    .filter((child) => child.localName === steps[0] && [null, WIRE.envelope].includes(child.namespaceURI))
    .flatMap((child) => inside(child, ...steps.slice(1)));
}

/** Gives an element's text up to its first child element; comments and instructions are not there. */
function textIn(element) {
  let text = "";
  for (const node of element.childNodes) {
    if (node.nodeType === Node.ELEMENT_NODE) break;
    if (node.nodeType === Node.TEXT_NODE || node.nodeType === Node.CDATA_SECTION_NODE) text += node.data;
  }
  return text;
}

/** Gives the bodies of a response message with the status of each; raises Refusal where they cannot be told apart. */
function bodiesOf(message) {
  const statuses = inside(message.root, "header", "response").map(statusOf);
  const contents = inside(message.root, "body", "bodyContent");
  if (!statuses.length && !contents.length) {
    throw new Refusal("not-a-message", "the message has no bodyContent and no result");
  }
  return aligned(statuses, contents).map(([status, content], index) => ({ index, status, content }));
}

function aligned(statuses, contents) {
  if (statuses.length <= 1) {
    const status = statuses[0] ?? null;
    return contents.length ? contents.map((content) => [status, content]) : [[status, null]];
  }
  if (statuses.length === contents.length) return statuses.map((status, at) => [status, contents[at]]);
  if (contents.length === statuses.filter((status) => !status.failed).length) {
    const rest = contents[Symbol.iterator]();
    return statuses.map((status) => [status, status.failed ? null : rest.next().value]);
  }
  throw new Refusal(
    "not-a-message",
    `it has ${statuses.length} results and ${contents.length} bodyContents: which belongs to which is not known`,
  );
}

function statusOf(element) {
  const texts = Object.fromEntries(Array.from(element.children, (child) => [child.localName, strip(textIn(child))]));
  const id = texts.exceptionID ?? "";
  return { failed: (texts.result ?? "").toUpperCase() === "FAILURE", exceptionId: /^[0-9]{1,12}$/.test(id) ? id : null };
}

/** Says that a call failed, and why as far as it is known. */
function failureOf(body) {
  const id = body.status.exceptionId;
  const meaning = id && WIRE.failures[id];
  const said = id ? `the service answered FAILURE, exceptionID ${id}${meaning ? ` (${meaning})` : ""}` : "the service answered FAILURE";
  const held = body.content?.children.length ? "; its body is not empty, and is not judged" : "";
  return new Refusal("failure-response", said + held);
}

function typeOf(content) {
  const text = strip(content.getAttributeNS(XSI, "type") ?? "");
  const colon = text.lastIndexOf(":");
  const prefix = colon < 0 ? null : text.slice(0, colon) || null;
  return { text, namespace: content.lookupNamespaceURI(prefix), local: text.slice(colon + 1) };
}

function isRequest(content) {
  const { text, namespace, local } = typeOf(content);
  return WIRE.requestTypes.includes(text) || (namespace === WIRE.namespace && WIRE.requestTypeNames.includes(local));
}

/** Sees that a body answers this operation; raises Refusal where it is something else. */
function requireResponse(content) {
  const { namespace, local } = typeOf(content);
  if (namespace === WIRE.namespace && WIRE.responseTypes.includes(local)) return;
  const wanted = `\`${WIRE.responseTypes[0]}\` of ${WIRE.namespace}`;
  if (!content.hasAttributeNS(XSI, "type")) {
    throw new Refusal("not-a-message", `its bodyContent has no xsi:type, so nothing says that it is ${wanted}`);
  }
  if (isRequest(content)) {
    throw new Refusal(
      "other-operation",
      "it is a request, not a response; name it with --request, or NAME.request.xml beside NAME.response.xml",
    );
  }
  const shown = NAMEABLE.test(local) ? `\`${local}\`` : "something else";
  const where = WIRE.responseTypes.includes(local) ? " in another namespace" : "";
  throw new Refusal("other-operation", `its bodyContent is ${shown}${where}, not ${wanted}`);
}

/** Reads a request message: one entry for each body, null for one of another operation. Raises Refusal. */
function requestsOf(input) {
  const message = opened(input);
  const contexts = inside(message.root, "header", "securityContext");
  const security = contexts.length ? givenIn(contexts[0]) : null;
  const contents = inside(message.root, "body", "bodyContent");
  const requests = contents.map((content) => (isRequest(content) ? { security, body: givenIn(content) } : null));
  if (!requests.some(Boolean)) {
    throw new Refusal(
      contents.length ? "other-operation" : "not-a-message",
      `it asks for no ${WIRE.requestTypes[0].slice(WIRE.requestTypes[0].lastIndexOf(".") + 1)}`,
    );
  }
  return requests;
}

/** Gives texts by element name; an empty element gives nothing. */
function givenIn(element) {
  const texts = {};
  for (const child of element.children) {
    const text = strip(textIn(child));
    if (text && !Object.hasOwn(texts, child.localName)) texts[child.localName] = text;
  }
  return texts;
}

/** Reads a body: what is there and where, the texts that are evidence, and the printed variables that are left. */
function payloadOf(message, content) {
  const reading = { elements: 0, texts: {}, variables: new Set(), variableLines: new Set() };
  const root = nodeOf(message, content, "", 0, reading);
  const lines = [...reading.variableLines].sort((a, b) => a - b);
  return { root, texts: reading.texts, variables: [...reading.variables], variableLines: lines };
}

function nodeOf(message, element, path, depth, reading) {
  reading.elements += 1;
  if (depth > WIRE.limits.depth) throw beyond(`more than ${WIRE.limits.depth} levels of elements`, "depth");
  if (reading.elements > WIRE.limits.elements) throw beyond(`more than ${numbered(WIRE.limits.elements)} elements`, "elements");
  const children = Array.from(element.children, (child) => childOf(message, child, path, depth, reading));
  return {
    name: path.slice(path.lastIndexOf("/") + 1),
    line: message.lineOf(element),
    children,
    empty: !children.length && !strip(textIn(element)),
    foreign: false,
  };
}

function childOf(message, child, parent, depth, reading) {
  if (child.localName.length > WIRE.limits.name && [...child.localName].length > WIRE.limits.name) {
    throw beyond(`at line ${message.lineOf(child)}: a name of more than ${numbered(WIRE.limits.name)} letters`, "name");
  }
  const spelt = parent ? `${parent}/${child.localName}` : child.localName;
  const path = Object.hasOwn(WIRE.canonical, spelt) ? WIRE.canonical[spelt] : spelt;
  const elsewhere = UNLISTED_AT.has(path) && [WIRE.namespace, WIRE.envelope].includes(child.namespaceURI);
  const foreign = child.namespaceURI !== WIRE.namespace && !elsewhere;
  if (!foreign) noteText(message, child, path, reading);
  return { ...nodeOf(message, child, path, depth + 1, reading), foreign };
}

function noteText(message, child, path, reading) {
  if (WIRE.wanted.includes(path) && !Object.hasOwn(reading.texts, path)) reading.texts[path] = strip(textIn(child));
  if (path !== WIRE.variables?.path) return;
  const text = textIn(child);
  const found = WIRE.variables.names.filter((name) => text.includes(name));
  found.forEach((name) => reading.variables.add(name));
  if (found.length) reading.variableLines.add(message.lineOf(child));
}
