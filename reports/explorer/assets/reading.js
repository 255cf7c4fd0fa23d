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

/** Returns the bodies of a response with the status of each. Throws UncheckedError if they cannot be matched. */
function bodiesOf(message) {
  const statuses = inside(message.root, "header", "response").map(statusOf);
  const contents = inside(message.root, "body", "bodyContent");
  if (!statuses.length && !contents.length) {
    throw new UncheckedError("not-a-message", "the message has no bodyContent and no result");
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
  throw new UncheckedError(
    "not-a-message",
    `it has ${statuses.length} results and ${contents.length} bodyContents: which belongs to which is not known`,
  );
}

function statusOf(element) {
  const texts = Object.fromEntries(Array.from(element.children, (child) => [child.localName, strip(textIn(child))]));
  const id = texts.exceptionID ?? "";
  return { failed: (texts.result ?? "").toUpperCase() === "FAILURE", exceptionId: /^[0-9]{1,12}$/.test(id) ? id : null };
}

/** Returns the error for a failed call, with its reason if that is known. */
function failureOf(body) {
  const id = body.status.exceptionId;
  const meaning = id && WIRE.failures[id];
  const text = id ? `the service answered FAILURE, exceptionID ${id}${meaning ? ` (${meaning})` : ""}` : "the service answered FAILURE";
  const held = body.content?.children.length ? "; its body is not empty, and is not judged" : "";
  return new UncheckedError("failure-response", text + held);
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

/** Throws UncheckedError if a body does not answer this operation. */
function requireResponse(content) {
  const { namespace, local } = typeOf(content);
  if (namespace === WIRE.namespace && WIRE.responseTypes.includes(local)) return;
  const wanted = `\`${WIRE.responseTypes[0]}\` of ${WIRE.namespace}`;
  if (!content.hasAttributeNS(XSI, "type")) {
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
  const message = opened(input);
  const contexts = inside(message.root, "header", "securityContext");
  const security = contexts.length ? textsIn(contexts[0]) : null;
  const contents = inside(message.root, "body", "bodyContent");
  const requests = contents.map((content) => (isRequest(content) ? { security, body: textsIn(content) } : null));
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

/** Reads a body: its elements with their lines, the texts that are evidence, and unexpanded variables. */
function payloadOf(message, content) {
  const reading = { elements: 0, texts: {}, variables: new Set(), variableLines: new Set() };
  const root = nodeOf(message, content, "", 0, reading);
  const lines = [...reading.variableLines].sort((a, b) => a - b);
  return { root, texts: reading.texts, variables: [...reading.variables], variableLines: lines };
}

function nodeOf(message, element, path, depth, reading) {
  reading.elements += 1;
  if (depth > WIRE.limits.depth) throw limitExceeded(`more than ${WIRE.limits.depth} levels of elements`, "depth");
  if (reading.elements > WIRE.limits.elements) throw limitExceeded(`more than ${numbered(WIRE.limits.elements)} elements`, "elements");
  const children = Array.from(element.children, (child) => childOf(message, child, path, depth, reading));
  return {
    name: path.slice(path.lastIndexOf("/") + 1),
    line: message.lineOf(element),
    children,
    empty: !children.length && !strip(textIn(element)),
    otherNamespace: false,
  };
}

function childOf(message, child, parent, depth, reading) {
  if (child.localName.length > WIRE.limits.name && [...child.localName].length > WIRE.limits.name) {
    throw limitExceeded(`at line ${message.lineOf(child)}: a name of more than ${numbered(WIRE.limits.name)} letters`, "name");
  }
  const spelt = parent ? `${parent}/${child.localName}` : child.localName;
  const path = Object.hasOwn(WIRE.canonical, spelt) ? WIRE.canonical[spelt] : spelt;
  const elsewhere = UNLISTED_AT.has(path) && [WIRE.namespace, WIRE.envelope].includes(child.namespaceURI);
  const otherNamespace = child.namespaceURI !== WIRE.namespace && !elsewhere;
  if (!otherNamespace) noteText(message, child, path, reading);
  return { ...nodeOf(message, child, path, depth + 1, reading), otherNamespace };
}

function noteText(message, child, path, reading) {
  if (WIRE.wanted.includes(path) && !Object.hasOwn(reading.texts, path)) reading.texts[path] = strip(textIn(child));
  if (path !== WIRE.variables?.path) return;
  const text = textIn(child);
  const found = WIRE.variables.names.filter((name) => text.includes(name));
  found.forEach((name) => reading.variables.add(name));
  if (found.length) reading.variableLines.add(message.lineOf(child));
}
