// Reading of messages. What is read stays in these functions: names, lines and the few texts that are evidence, which are
// compared and never shown.

/** Parses a message. Throws UncheckedError if it is not a message of the service. */
function opened(input) {
  const message = parsed(input);
  const { localName, namespaceURI } = message.root;
  if (localName !== "message" || namespaceURI !== WIRE.envelope) {
    const shown = NAMEABLE.test(localName) ? `\`${localName}\`` : "something else";
    const where = localName === "message" ? " in another namespace" : "";
    throw new UncheckedError("not-a-message", `its root is ${shown}${where}, not \`message\` of ${WIRE.envelope}`);
  }
  return message;
}

/** Returns the elements at a path in the envelope, in its namespace or in none. */
function inside(element, ...steps) {
  if (!steps.length) return [element];
  return Array.from(element.children)
    .filter((child) => child.localName === steps[0] && [null, WIRE.envelope].includes(child.namespaceURI))
    .flatMap((child) => inside(child, ...steps.slice(1)));
}

/** Returns the text of an element up to its first child element, without comments and instructions. */
function textIn(element) {
  let text = "";
  for (const node of element.childNodes) {
    if (node.nodeType === Node.ELEMENT_NODE) break;
    if (node.nodeType === Node.TEXT_NODE || node.nodeType === Node.CDATA_SECTION_NODE) text += node.data;
  }
  return text;
}

/** Reads a response message: its bodies with their status, and what stands beside them. Throws UncheckedError. */
function responseOf(input) {
  const message = opened(input);
  const reading = readEnvelope(message);
  if (!reading.statuses.length && !reading.contents.length) {
    throw new UncheckedError("not-a-message", "the message has no bodyContent and no result");
  }
  const statuses = reading.statuses.map(statusOf);
  return aligned(statuses, reading.contents)
    .map(([status, content], index) => ({ index, status, content, outside: reading.outside }));
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
  throw new UncheckedError(
    "not-a-message",
    `it has ${statuses.length} results and ${contents.length} bodyContents: which belongs to which is not known`,
  );
}

function statusOf(element) {
  const own = Array.from(element.children).filter((child) => [null, WIRE.envelope].includes(child.namespaceURI));
  const texts = (name) => own.filter((child) => child.localName === name).map((child) => strip(textIn(child)));
  const ids = texts("exceptionID").filter((text) => /^[0-9]{1,12}$/.test(text));
  const failed = texts("result").some((text) => text.toUpperCase() === "FAILURE");
  return { failed, exceptionId: failed ? ids.at(-1) ?? null : null };
}

/** Returns the error for a failed call, with its reason if that is known. */
function failureOf(body) {
  const id = body.status.exceptionId;
  const meaning = id && WIRE.failures[id];
  const text = id ? `the service answered FAILURE, exceptionID ${id}${meaning ? ` (${meaning})` : ""}` : "the service answered FAILURE";
  return new UncheckedError("failure-response", text + (isEmpty(body) ? "" : "; its body is not empty"));
}

/** Tells whether there is nothing in a body, and nothing beside it that a caller could be shown. */
function isEmpty({ content, outside }) {
  if (outside.length) return false;
  return !content || !(content.element.children.length || strip(content.element.textContent));
}

function typeOf({ element: content }) {
  const text = strip(content.getAttributeNS(XSI, "type") ?? "");
  const colon = text.lastIndexOf(":");
  const prefix = colon < 0 ? null : text.slice(0, colon) || null;
  return { text, namespace: content.lookupNamespaceURI(prefix), local: text.slice(colon + 1) };
}

function isRequest(content) {
  const { text, namespace, local } = typeOf(content);
  return WIRE.requestTypes.includes(text) || (namespace === WIRE.namespace && WIRE.requestTypeNames.includes(local));
}

/** Throws UncheckedError if a body does not answer this operation. */
function requireResponse(content) {
  const { namespace, local } = typeOf(content);
  if (namespace === WIRE.namespace && WIRE.responseTypes.includes(local)) return;
  const wanted = `\`${WIRE.responseTypes[0]}\` of ${WIRE.namespace}`;
  if (!content.element.hasAttributeNS(XSI, "type")) {
    throw new UncheckedError("not-a-message", `its bodyContent has no xsi:type, so nothing says that it is ${wanted}`);
  }
  if (isRequest(content)) {
    throw new UncheckedError(
      "other-operation",
      "it is a request, not a response; name it with --request, or NAME.request.xml beside NAME.response.xml",
    );
  }
  const shown = NAMEABLE.test(local) ? `\`${local}\`` : "something else";
  const where = WIRE.responseTypes.includes(local) ? " in another namespace" : "";
  throw new UncheckedError("other-operation", `its bodyContent is ${shown}${where}, not ${wanted}`);
}

/** Reads a request: an entry for each body, null for one of another operation. Throws UncheckedError. */
function requestsOf(input) {
  const message = requestMessage(input);
  const contexts = inside(message.root, "header", "securityContext");
  const security = contexts.length ? textsIn(contexts[0]) : null;
  const contents = inside(message.root, "body", "bodyContent");
  const requests = contents.map((content) => (isRequest({ element: content }) ? { security, body: textsIn(content) } : null));
  if (!requests.some(Boolean)) {
    throw new UncheckedError(
      contents.length ? "other-operation" : "not-a-message",
      `it asks for no ${WIRE.requestTypes[0].slice(WIRE.requestTypes[0].lastIndexOf(".") + 1)}`,
    );
  }
  return requests;
}

/** Returns the texts of an element's children by name; empty elements are left out. */
function textsIn(element) {
  const texts = {};
  for (const child of element.children) {
    const text = strip(textIn(child));
    if (text && !Object.hasOwn(texts, child.localName)) texts[child.localName] = text;
  }
  return texts;
}

/** Parses a request, leniently: white space before the declaration, and well-known prefixes that are not declared. */
function requestMessage(input) {
  try {
    return opened(input);
  } catch (error) {
    if (!(error instanceof UncheckedError) || error.reason !== "not-xml") throw error;
    const text = textOf(input);
    const normalised = normalisedRequest(text);
    if (normalised === text) throw error;
    return opened(normalised);
  }
}

function normalisedRequest(text) {
  const prolog = /^\s*(?:<\?[^]*?\?>\s*|<!--[^]*?-->\s*)*/.exec(text)[0].length;
  const tag = /<[^\s<>/!?]+((?:[^<>"']|"[^"]*"|'[^']*')*)>/y;
  tag.lastIndex = prolog;
  const root = tag.exec(text);
  if (!root) return text.trimStart();
  const declarations = Object.entries(WIRE.prefixes)
    .filter(([prefix]) => new RegExp(`(?<![\\w.:-])${prefix}:`).test(text) && !new RegExp(`\\sxmlns:${prefix}\\s*=`).test(root[1]))
    .map(([prefix, namespace]) => ` xmlns:${prefix}="${namespace}"`);
  const at = tag.lastIndex - 1 - root[1].length;
  return (text.slice(0, at) + declarations.join("") + text.slice(at)).trimStart();
}

// Places: where an element stands. Those of a body have the rulebook's paths; what is expected in the envelope is
// `structural`; everything else is unlisted.

const STATUS = "message/header/response";
const CONTENT = "message/body/bodyContent";
const ROLES = new Set(["message", "message/header", STATUS, "message/body", CONTENT]);
const OUTSIDE = "outside";

/** Follows a message. Returns the elements of statuses, the bodies with what is in them, and what stands outside of them. */
function readEnvelope(message) {
  const reading = { message, statuses: [], contents: [], outside: [], at: 0 };
  const root = { parent: null, name: "/message", path: "/message", role: "message", structural: true, reachable: true };
  noteAttributes(message.root, root, reading, reading.outside);
  for (const child of message.root.children) readOutside(child, root, reading);
  noteTexts(message.root, root, reading, reading.outside);
  return reading;
}

function readOutside(element, parent, reading) {
  const at = ++reading.at;
  const name = element.localName;
  const inEnvelope = [null, WIRE.envelope].includes(element.namespaceURI);
  const role = inEnvelope && ROLES.has(`${parent.role}/${name}`) ? `${parent.role}/${name}` : OUTSIDE;
  if (role === CONTENT) {
    readBody(element, at, reading);
    return;
  }
  const inSpan = parent.role === STATUS || (parent.structural && parent.role === OUTSIDE);
  const structural = role !== OUTSIDE || (inSpan && !ROWS_NAMED.has(foldName(name)));
  const place = placeOf(parent, name, { role, structural, otherNamespace: !inEnvelope });
  if (role === STATUS) reading.statuses.push(element);
  else if (!structural) reading.outside.push({ place, at, line: reading.message.lineOf(element) });
  noteAttributes(element, place, reading, reading.outside, at);
  for (const child of element.children) readOutside(child, place, reading);
  if (role !== OUTSIDE) noteTexts(element, place, reading, reading.outside);
}

/** Notes each text directly in an element that has elements alone, at the tag before it. */
function noteTexts(element, place, reading, unlisted) {
  let [line, text] = [reading.message.lineOf(element), ""];
  const note = () => {
    if (strip(text)) unlisted.push({ place: { ...placeOf(place, "text()", {}), isText: true }, at: reading.at, line });
    text = "";
  };
  for (const node of element.childNodes) {
    if (node.nodeType === Node.TEXT_NODE || node.nodeType === Node.CDATA_SECTION_NODE) text += node.data;
    if (node.nodeType !== Node.ELEMENT_NODE) continue;
    note();
    line = reading.message.endLineOf(node);
  }
  note();
}

function placeOf(parent, name, { known = false, ...more }) {
  const path = cut(parent && parent.path && !known ? `${parent.path}/${name}` : name);
  const reachable = !more.otherNamespace && (parent === null || parent.reachable);
  return { parent, name, path, reachable, structural: false, role: "", otherNamespace: false, ...more };
}

const PATH_LETTERS = 240;

function cut(path) {
  if (path.length <= PATH_LETTERS) return path;
  const letters = Array.from(path);
  if (letters.length <= PATH_LETTERS) return path;
  const end = `…${crc32(new TextEncoder().encode(path)).toString(16).padStart(8, "0")}`;
  return letters.slice(0, PATH_LETTERS - end.length).join("") + end;
}

/** Returns the CRC-32 of some bytes, which tells paths apart that are cut alike. */
function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** Notes the attributes of an element that have the name of a row. */
function noteAttributes(element, place, reading, unlisted, at = 0) {
  for (const { localName, namespaceURI } of element.attributes) {
    if (namespaceURI !== XMLNS && ROWS_NAMED.has(foldName(localName))) {
      const attribute = placeOf(place, `@${localName}`, {});
      unlisted.push({ place: attribute, at, line: reading.message.lineOf(element) });
    }
  }
}

/** Reads a body: its elements in no row, the occurrences of containers as they end, texts that are evidence, and variables. */
function readBody(element, at, reading) {
  const place = { ...placeOf(null, "", {}), hasNode: true };
  const line = reading.message.lineOf(element);
  const node = { place, line, at, children: [], element };
  const body = { ...node, message: reading.message, unlisted: [], texts: new Map(), variables: new Set(), variableLines: new Set() };
  noteAttributes(element, place, reading, body.unlisted, at);
  body.children = Array.from(element.children, (child) => readElement(child, place, 1, body, reading));
  noteTexts(element, place, reading, body.unlisted);
  reading.contents.push(body);
}

function readElement(element, parent, depth, body, reading) {
  const at = ++reading.at;
  const line = reading.message.lineOf(element);
  const local = element.localName;
  if (local.length > WIRE.limits.name && Array.from(local).length > WIRE.limits.name) {
    throw limitExceeded(`at line ${line}: a name of more than ${numbered(WIRE.limits.name)} letters`, "name");
  }
  const spelt = parent.path ? `${parent.path}/${local}` : local;
  const path = parent.hasNode && Object.hasOwn(WIRE.canonical, spelt) ? WIRE.canonical[spelt] : spelt;
  const hasNode = Boolean(parent.hasNode) && NODES.has(path);
  const isKnown = hasNode && UNLISTED_AT.has(path) && element.namespaceURI === WIRE.envelope;
  const otherNamespace = element.namespaceURI !== WIRE.namespace && !isKnown;
  const name = hasNode ? path.slice(path.lastIndexOf("/") + 1) : local;
  const place = { ...placeOf(parent, hasNode ? path : name, { known: hasNode, otherNamespace }), name, hasNode };
  if (depth > WIRE.limits.depth) throw limitExceeded(`more than ${WIRE.limits.depth} levels of elements`, "depth");
  place.row = hasNode && place.reachable && ROW_AT.has(path) ? ROWS[ROW_AT.get(path)] : null;
  if (!place.row) body.unlisted.push({ place, at, line });
  if (hasNode && place.reachable) noteText(element, path, line, body);
  noteAttributes(element, place, reading, body.unlisted, at);
  const children = Array.from(element.children, (child) => readElement(child, place, depth + 1, body, reading));
  if (place.row && BELOW.get(path).length) noteTexts(element, place, reading, body.unlisted);
  return { place, line, at, children };
}

function noteText(element, path, line, body) {
  if (WIRE.wanted.includes(path)) body.texts.set(path, [...(body.texts.get(path) ?? []), strip(textIn(element))]);
  if (path !== WIRE.variables?.path) return;
  const text = textIn(element);
  const found = WIRE.variables.names.filter((name) => text.includes(name));
  found.forEach((name) => body.variables.add(name));
  if (found.length) body.variableLines.add(line);
}

/** Returns what is read of a body: what was seen in it and beside it, the texts that are evidence, and unexpanded variables. */
function payloadOf({ content, outside }) {
  const seen = { body: content, unlisted: [...(content?.unlisted ?? []), ...outside] };
  const texts = (path) => content?.texts.get(path) ?? [];
  const lines = [...(content?.variableLines ?? [])].sort((a, b) => a - b);
  return { seen, texts, text: (path) => texts(path)[0], variables: [...(content?.variables ?? [])], variableLines: lines };
}
