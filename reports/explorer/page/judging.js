// Judging: what was read, held against the decisions. The same steps, words and order as `whosees check`, which the
// tests compare it with; nothing is decided here.

const SEVERITIES = ["error", "warning", "note"];
const SHORT_NAME = 4;

/** What was read of the bodies that were judged, by result: only names and lines are asked of it. */
const SEEN = new WeakMap();

const shows = (expectation) => expectation === "must" || expectation === "should";

/**
 * Judges a response and gives a result for each of its bodies, in the shape of `whosees check --format json`.
 *
 * `response` and `request` are bytes or text, `request` null where there is none; `requestName` is its file's name.
 * `stated` are claims of rank STATED.
 */
function check(response, request, stated, requestName = "") {
  let message, bodies, requests;
  try {
    message = opened(response);
    bodies = bodiesOf(message);
    requests = request === null ? [] : requestsIn(request, requestName);
  } catch (refusal) {
    return [unchecked(0, refusal, settle(stated))];
  }
  return bodies.map((body) => {
    try {
      return judged(message, body, bodies.length, requests, stated);
    } catch (refusal) {
      const asked = requestFor(requests, body.index, bodies.length, undefined);
      return unchecked(body.index, refusal, settle([...stated, ...claimsOf(asked, null).claims]));
    }
  });
}

function requestsIn(request, name) {
  try {
    return requestsOf(request);
  } catch (refusal) {
    if (refusal instanceof Refusal) {
      throw new Refusal(refusal.reason, `its request${name ? ` \`${name}\`` : ""}: ${refusal.detail}`);
    }
    throw refusal;
  }
}

function unchecked(index, refusal, settled) {
  if (!(refusal instanceof Refusal)) throw refusal;
  return {
    index, outcome: "unchecked", reason: refusal.reason, detail: refusal.detail, context: told(settled),
    findings: [], undetermined: [], depends_on: [], expected_failure: false,
  };
}

const told = (settled) =>
  Object.fromEntries(FACTS.map(({ id }) => [id, { value: settled.context.values[id], from: settled.sources[id] }]));

function judged(message, body, count, requests, stated) {
  if (body.status?.failed) throw failureOf(body);
  if (!body.content) throw new Refusal("not-a-message", "the message has no bodyContent, though the call succeeded");
  requireResponse(body.content);
  const payload = payloadOf(message, body.content);
  const session = WIRE.session ? payload.texts[WIRE.session.response] : undefined;
  const request = requestFor(requests, body.index, count, session);
  const { claims, unplaced: nowhere } = claimsOf(request, payload);
  const settled = settle([...stated, ...claims]);
  if (settled.context.values[DATA.columnFact] === UNKNOWN) {
    throw nowhere ? new Refusal(nowhere.reason, nowhere.detail) : new Refusal("unknown-service", `the ${DATA.columnFact} is said to be unknown`);
  }
  const findings = [...judge(settled.context, payload.root), ...remarks(settled, payload, request, nowhere)]
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const result = {
    index: body.index,
    outcome: findings.some((finding) => finding.severity === "error") ? "violating" : "conformant",
    reason: null, detail: null, context: told(settled), findings,
    undetermined: undetermined(settled.context).map((row) => row.path),
    depends_on: openFacts(settled.context), expected_failure: false,
  };
  SEEN.set(result, payload.root);
  return result;
}

function* find(node, steps) {
  if (!steps.length) yield node;
  else for (const child of node.children) {
    if (child.name === steps[0] && !child.foreign) yield* find(child, steps.slice(1));
  }
}

function deepest(node, steps) {
  const next = steps.length ? node.children.find((child) => child.name === steps[0] && !child.foreign) : undefined;
  return next ? deepest(next, steps.slice(1)) : node;
}

const linesAt = (root, path) => [...new Set([...find(root, path.split("/"))].map((node) => node.line))].sort((a, b) => a - b);

/** Holds a body against what its context should see: findings of rows in printed order, then the unlisted. */
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
      const inPlace = listedHere && !child.foreign;
      if (inPlace && ROW_AT.has(path)) {
        if (expectationOf(context, ROWS[ROW_AT.get(path)]) !== "must-not") unlistedIn(child, path, true, null);
        continue;
      }
      const like = listedHere ? resembledRow(parent, child) : null;
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
      : `\`${path}\` ${DATA.said[rule]}: ${because}`;
  const explains = row || UNLISTED_AT.has(path) ? path : like ? like.row.path : rule;
  return {
    ...about(context, rule, path, row ? "" : rule, explains),
    expectation: row ? expectationOf(context, row) : null,
    marker: row ? markerOf(context, row) : null,
    lines: [...lines].sort((a, b) => a - b),
    cause, message, because,
  };
}

/** Gives what every finding has: rule, weight, element, identity and the command that explains it. */
function about(context, rule, path, suffix, explains) {
  const row = path === null ? undefined : ROWS[ROW_AT.get(path)];
  const segment = path?.split("/").map((name) => name.replaceAll("%", "%25").replaceAll(".", "%2E")).join(".");
  return {
    rule, severity: DATA.rules[rule].severity, path,
    element: path === null ? null : row?.element ?? path.slice(path.lastIndexOf("/") + 1),
    expectation: null, marker: null, lines: [], cause: null, message: "", because: "", baselined: false, baseline: null,
    id: `${DATA.rulebook.id}:${caseId(context)}${path === null ? "" : `/${segment}`}${suffix ? `#${suffix}` : ""}`,
    explain: explainCommand(explains, context),
    explains,
  };
}

/** Gives the findings about a call as a whole. */
function remarks(settled, payload, request, nowhere) {
  const { context, sources, conflicts } = settled;
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

/** Gives the row that an unlisted element looks like, and in what it differs; null where it is like none. */
function resembledRow(parent, node) {
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
  if (node.name === listed) return node.foreign ? { distance: 0, difference: "it is in another namespace" } : null;
  const elsewhere = node.foreign ? " and the namespace" : "";
  const [a, b] = [fold(listed), fold(node.name)];
  if (a === b) {
    return { distance: 0, difference: elsewhere ? `letter case${elsewhere} differ` : "only letter case differs" };
  }
  const letters = Array.from(listed).length <= SHORT_NAME ? 1 : 2;
  const distance = edits(Array.from(a), Array.from(b), letters);
  if (distance > letters) return null;
  const many = distance === 1 ? "one letter" : "two letters";
  return { distance, difference: `${many}${elsewhere} differ${distance === 1 && !elsewhere ? "s" : ""}` };
}

/** Counts the letters to add, drop, change or swap with a neighbour; `limit + 1` as soon as it is certain to be over. */
function edits(a, b, limit) {
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
