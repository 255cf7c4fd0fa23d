// Judging: compares a message with the decisions in the same steps, words and order as `whosees check`. Tests hold the
// two equal; nothing is decided here.

const SEVERITIES = ["error", "warning", "note"];
const SHORT_NAME = 4;

/** The parsed body of each result; only names and lines are read from it. */
const ROOTS = new WeakMap();

const shows = (expectation) => expectation === "must" || expectation === "should";

/**
 * Judges a response. Returns a result for each of its bodies, in the form of `whosees check --format json`.
 *
 * `response` and `request` are bytes or text; `request` may be null, and `requestName` is the name of its file.
 * `stated` are claims of precedence STATED.
 */
function check(response, request, stated, requestName = "") {
  let message, bodies, requests;
  try {
    message = opened(response);
    bodies = bodiesOf(message);
    requests = request === null ? [] : requestsIn(request, requestName);
  } catch (error) {
    return [unchecked(0, error, resolveClaims(stated))];
  }
  return bodies.map((body) => {
    try {
      return judged(message, body, bodies.length, requests, stated);
    } catch (error) {
      const asked = requestFor(requests, body.index, bodies.length, undefined);
      return unchecked(body.index, error, resolveClaims([...stated, ...claimsOf(asked, null).claims]));
    }
  });
}

function requestsIn(request, name) {
  try {
    return requestsOf(request);
  } catch (error) {
    if (error instanceof UncheckedError) {
      throw new UncheckedError(error.reason, `its request${name ? ` \`${name}\`` : ""}: ${error.detail}`);
    }
    throw error;
  }
}

function unchecked(index, error, resolved) {
  if (!(error instanceof UncheckedError)) throw error;
  return {
    index, outcome: "unchecked", reason: error.reason, detail: error.detail, context: contextObject(resolved),
    findings: [], undetermined: [], depends_on: [], expected_failure: false,
  };
}

const contextObject = (resolved) =>
  Object.fromEntries(FACTS.map(({ id }) => [id, { value: resolved.context.values[id], from: resolved.sources[id] }]));

function judged(message, body, count, requests, stated) {
  if (body.status?.failed) throw failureOf(body);
  if (!body.content) throw new UncheckedError("not-a-message", "the message has no bodyContent, though the call succeeded");
  requireResponse(body.content);
  const payload = payloadOf(message, body.content);
  const session = WIRE.session ? payload.texts[WIRE.session.response] : undefined;
  const request = requestFor(requests, body.index, count, session);
  const { claims, unknownColumn: nowhere } = claimsOf(request, payload);
  const resolved = resolveClaims([...stated, ...claims]);
  if (resolved.context.values[DATA.columnFact] === UNKNOWN) {
    throw nowhere ? new UncheckedError(nowhere.reason, nowhere.detail) : new UncheckedError("unknown-service", `the ${DATA.columnFact} is said to be unknown`);
  }
  const findings = [...judge(resolved.context, payload.root), ...callFindings(resolved, payload, request, nowhere)]
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const result = {
    index: body.index,
    outcome: findings.some((finding) => finding.severity === "error") ? "violating" : "conformant",
    reason: null, detail: null, context: contextObject(resolved), findings,
    undetermined: undetermined(resolved.context).map((row) => row.path),
    depends_on: undecidedFacts(resolved.context), expected_failure: false,
  };
  ROOTS.set(result, payload.root);
  return result;
}

function* find(node, steps) {
  if (!steps.length) yield node;
  else for (const child of node.children) {
    if (child.name === steps[0] && !child.otherNamespace) yield* find(child, steps.slice(1));
  }
}

function deepest(node, steps) {
  const next = steps.length ? node.children.find((child) => child.name === steps[0] && !child.otherNamespace) : undefined;
  return next ? deepest(next, steps.slice(1)) : node;
}

const linesAt = (root, path) => [...new Set([...find(root, path.split("/"))].map((node) => node.line))].sort((a, b) => a - b);

/** Returns the findings of a body: those about rows in printed order, then those about unlisted elements. */
function judge(context, root) {
  const entries = new Map();
  const found = (rule, path, line, cause, row, like) => {
    const key = `${rule} ${path}`;
    if (!entries.has(key)) entries.set(key, { rule, path, lines: new Set(), cause, row, like });
    entries.get(key).lines.add(line);
  };
  const rowsBelow = (container, node, leak) => {
    for (const row of BELOW.get(container)) {
      const present = [...find(node, row.steps)];
      if (!present.length) absent(row, deepest(node, row.steps).line, null);
      const leaks = expectationOf(context, row) === "must-not";
      for (const occurrence of present) {
        if (leaks) found("leaked", row.path, occurrence.line, leak, row);
        rowsBelow(row.path, occurrence, leaks ? row.path : leak);
      }
    }
  };
  const absent = (row, line, cause) => {
    const expectation = expectationOf(context, row);
    if (!shows(expectation)) return;
    found(expectation === "must" ? "missing" : "omitted", row.path, line, cause, row);
    BELOW.get(row.path).forEach((below) => absent(below, line, row.path));
  };
  const unlistedIn = (node, parent, listedHere, cause) => {
    for (const child of node.children) {
      const path = parent ? `${parent}/${child.name}` : child.name;
      const inPlace = listedHere && !child.otherNamespace;
      if (inPlace && ROW_AT.has(path)) {
        if (expectationOf(context, ROWS[ROW_AT.get(path)]) !== "must-not") unlistedIn(child, path, true, null);
        continue;
      }
      const like = listedHere ? closestRow(parent, child) : null;
      found(like ? "near-miss" : "unlisted", path, child.line, cause, null, like);
      unlistedIn(child, path, inPlace, path);
    }
  };
  rowsBelow(null, root, null);
  unlistedIn(root, "", true, null);
  const place = (entry) => (entry.row ? entry.row.number : 2 ** 30);
  return [...entries.values()].sort((a, b) => place(a) - place(b)).map((entry) => findingOf(context, entry));
}

function findingOf(context, { rule, path, lines, cause, row, like }) {
  const nowhere = `in no row of ${DATA.rulebook.table}`;
  const because = row ? explanationOf(context, row).grounds
    : like ? `${nowhere}, but like \`${like.row.path}\`: ${like.difference}` : `${nowhere}; it is not judged`;
  const message = !row ? `\`${path}\` is ${because}`
    : cause !== null && rule !== "leaked" ? `\`${path}\` is not there, because \`${cause}\` is not`
      : `\`${path}\` ${DATA.messages[rule]}: ${because}`;
  const explains = row || UNLISTED_AT.has(path) ? path : like ? like.row.path : rule;
  return {
    ...about(context, rule, path, row ? "" : rule, explains),
    expectation: row ? expectationOf(context, row) : null,
    marker: row ? markerOf(context, row) : null,
    lines: [...lines].sort((a, b) => a - b),
    cause, message, because,
  };
}

/** Returns what every finding has: rule, severity, element, identity and the command that explains it. */
function about(context, rule, path, suffix, explains) {
  const row = path === null ? undefined : ROWS[ROW_AT.get(path)];
  const segment = path?.split("/").map((name) => name.replaceAll("%", "%25").replaceAll(".", "%2E")).join(".");
  return {
    rule, severity: DATA.rules[rule].severity, path,
    element: path === null ? null : row?.element ?? path.slice(path.lastIndexOf("/") + 1),
    expectation: null, marker: null, lines: [], cause: null, message: "", because: "", baselined: false, baseline: null,
    id: `${DATA.rulebook.id}:${contextId(context)}${path === null ? "" : `/${segment}`}${suffix ? `#${suffix}` : ""}`,
    explain: explainCommand(explains, context),
    explains,
  };
}

/** Returns the findings about an exchange as a whole. */
function callFindings(resolved, payload, request, nowhere) {
  const { context, sources, conflicts } = resolved;
  const all = [...conflicts];
  if (nowhere?.title) {
    const fact = DATA.columnFact;
    all.push({
      stated: { fact, value: context.values[fact], source: sources[fact] },
      evidence: { fact, value: nowhere.title, source: "response" },
    });
  }
  const label = (fact) => FACTS.find((entry) => entry.id === fact).label;
  const found = all.map(({ stated, evidence: against }) => ({
    ...about(context, "context-conflict", null, `context-conflict:${stated.fact}`, "context-conflict"),
    message: `${stated.source} says ${label(stated.fact)} \`${stated.value}\`, the ${against.source} shows ` +
      `${label(against.fact)} \`${against.value}\`; ${stated.source} counts`,
  }));
  if (namesOtherSession(request, payload)) {
    const path = WIRE.session.response;
    found.push({
      ...about(context, "pair-mismatch", path, "pair-mismatch", "pair-mismatch"),
      lines: linesAt(payload.root, path),
      message: `the request names another session than the response's \`${path}\``,
    });
  }
  if (payload.variables.length) {
    const { path } = WIRE.variables;
    const held = payload.variables.map((name) => `\`${name}\``).join(", ");
    found.push({
      ...about(context, "unexpanded-variable", path, "unexpanded-variable", "unexpanded-variable"),
      lines: payload.variableLines,
      message: `\`${path}\` still holds ${held}, a variable that the server should have replaced`,
    });
  }
  return found;
}

/** Returns the row whose name is closest to an unlisted element, with the difference, or null. */
function closestRow(parent, node) {
  const prefix = parent ? `${parent}/` : "";
  if (UNLISTED_AT.has(prefix + node.name)) return null;
  let best = null;
  for (const row of ROWS) {
    const last = row.path.slice(prefix.length);
    if (!row.path.startsWith(prefix) || last.includes("/")) continue;
    for (const name of [last, ...row.spellings]) {
      const found = differenceOf(name, node);
      if (found && (!best || found.distance < best.distance)) best = { ...found, row };
    }
  }
  return best;
}

function differenceOf(listed, node) {
  if (node.name === listed) return node.otherNamespace ? { distance: 0, difference: "it is in another namespace" } : null;
  const elsewhere = node.otherNamespace ? " and the namespace" : "";
  const [a, b] = [fold(listed), fold(node.name)];
  if (a === b) {
    return { distance: 0, difference: elsewhere ? `letter case${elsewhere} differ` : "only letter case differs" };
  }
  const letters = Array.from(listed).length <= SHORT_NAME ? 1 : 2;
  const distance = damerauLevenshtein(Array.from(a), Array.from(b), letters);
  if (distance > letters) return null;
  const many = distance === 1 ? "one letter" : "two letters";
  return { distance, difference: `${many}${elsewhere} differ${distance === 1 && !elsewhere ? "s" : ""}` };
}

/** Returns the Damerau-Levenshtein distance, or `limit + 1` if it exceeds the limit. */
function damerauLevenshtein(a, b, limit) {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let [before, last] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      let cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2] + 1);
      row.push(cost);
    }
    if (Math.min(...row) > limit) return limit + 1;
    [before, last] = [last, row];
  }
  return last.at(-1);
}
