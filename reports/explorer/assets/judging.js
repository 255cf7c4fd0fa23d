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
  let bodies, requests;
  try {
    bodies = responseOf(response);
    requests = request === null ? [] : requestsIn(request, requestName);
  } catch (error) {
    return [unchecked(0, error, knownOfUnread(request, stated))];
  }
  return bodies.map((body) => {
    try {
      return judged(body, bodies.length, requests, stated);
    } catch (error) {
      const resolved = error.resolved ?? knownOf(body, bodies.length, requests, stated);
      const failed = error.reason === "failure-response";
      const leaking = failed ? leaksOfFailure(body, bodies.length, requests, stated, resolved) : null;
      return leaking ?? unchecked(body.index, error, resolved);
    }
  });
}

/** Returns what is known of a call whose response could not be read: what is stated, and what its request shows. */
function knownOfUnread(request, stated) {
  try {
    const requests = request === null ? [] : requestsOf(request);
    const shown = requests.length === 1 ? claimsOf(requests[0], null).claims : [];
    return resolveClaims([...stated, ...shown]);
  } catch (error) {
    if (!(error instanceof UncheckedError)) throw error;
    return resolveClaims(stated);
  }
}

/** Returns what is known of the call of a body that was not read. */
function knownOf(body, count, requests, stated) {
  const asked = requestFor(requests, body.index, count, undefined);
  return resolveClaims([...stated, ...claimsOf(asked, null).claims]);
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

function judged(body, count, requests, stated) {
  if (body.status?.failed) throw failureOf(body);
  if (!body.content) throw new UncheckedError("not-a-message", "the message has no bodyContent, though the call succeeded");
  requireResponse(body.content);
  const payload = payloadOf(body);
  const { request, resolved, unknownColumn, conflicts } = resolvedOf(body, payload, count, requests, stated);
  const findings = bySeverity([
    ...judge(resolved.context, payload.seen),
    ...callFindings(resolved, payload, request, { stated, unknownColumn, conflicts }),
  ]);
  return resultOf(body, resolved, findings);
}

function resolvedOf(body, payload, count, requests, stated) {
  const session = WIRE.session ? payload.text(WIRE.session.response) : undefined;
  const request = requestFor(requests, body.index, count, session);
  const { claims, conflicts, unknownColumn } = claimsOf(request, payload);
  const resolved = resolveClaims([...stated, ...claims]);
  if (resolved.context.values[DATA.columnFact] === UNKNOWN) {
    const { reason, detail } = unknownColumn ??
      { reason: "unknown-service", detail: `the ${DATA.columnFact} is said to be unknown` };
    throw Object.assign(new UncheckedError(reason, detail), { resolved });
  }
  return { request, resolved, conflicts, unknownColumn };
}

const bySeverity = (findings) => [...findings].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));

function resultOf(body, resolved, findings) {
  const result = {
    index: body.index,
    outcome: findings.some((finding) => finding.severity === "error") ? "violating" : "conformant",
    reason: null, detail: null, context: contextObject(resolved), findings,
    ...undecidedIn(resolved.context, findings), expected_failure: false,
  };
  if (body.content) ROOTS.set(result, body.content);
  return result;
}

/** Returns the rows that are there and that the known facts leave open, and the facts that would decide them. */
function undecidedIn(context, findings) {
  const open = findings.filter(({ rule }) => rule === "undecided").map(({ path }) => path);
  const facts = new Set(open.flatMap((path) => explanationOf(context, ROWS[ROW_AT.get(path)]).dependsOn));
  return { undetermined: open, depends_on: FACTS.map(({ id }) => id).filter((id) => facts.has(id)) };
}

/** Returns a result if a failed call shows what must not be there, in its column or, if that is unknown, in every one. */
function leaksOfFailure(body, count, requests, stated, known) {
  if (isEmpty(body)) return null;
  const payload = payloadOf(body);
  let contexts;
  try {
    contexts = [resolvedOf(body, payload, count, requests, stated).resolved.context];
  } catch {
    contexts = DATA.columns.map(({ id }) => contextOf({ ...known.context.values, [DATA.columnFact]: id }));
  }
  const found = contexts.map((context) =>
    judge(context, payload.seen).filter(({ severity, rule }) => severity === "error" && !ABSENCES.includes(rule)));
  const same = (a) => (b) => a.rule === b.rule && a.path === b.path;
  const inEvery = found[0].filter((each) => found.every((others) => others.some(same(each))));
  if (!inEvery.length) return null;
  const [judgedId, knownId] = [contextId(contexts[0]), contextId(known.context)];
  const findings = inEvery.map((each) => ({
    ...each,
    id: found.length === 1 ? each.id : each.id.replace(judgedId, knownId),
    explain: explainCommand(each.explains, known.context),
  }));
  return { ...unchecked(body.index, failureOf(body), known), outcome: "violating", reason: null, findings, failed: true, if_accepted: "failure-response" };
}

const ABSENCES = ["missing", "omitted"];

function* find(node, steps) {
  if (!steps.length) yield node;
  else for (const child of node.children) {
    if (child.place.name === steps[0] && !child.place.otherNamespace) yield* find(child, steps.slice(1));
  }
}

function deepest(node, steps) {
  const next = steps.length ? node.children.find(({ place }) => place.name === steps[0] && !place.otherNamespace) : undefined;
  return next ? deepest(next, steps.slice(1)) : node;
}

/** Yields the elements in no row that lead to rows and lack one, with that row and the steps that are left to it. */
function* lackingThrough(container, node) {
  for (const row of BELOW.get(container)) {
    for (let at = 1; at < row.steps.length; at++) {
      const steps = row.steps.slice(at);
      for (const inner of find(node, row.steps.slice(0, at))) if (find(inner, steps).next().done) yield [row, inner, steps];
    }
  }
}

const linesAt = (root, path) => [...new Set([...find(root, path.split("/"))].map((node) => node.line))].sort((a, b) => a - b);

/** Returns the findings of a body: those about rows in printed order, then those about elements in no row. */
function judge(context, seen) {
  const entries = new Map();
  const found = (rule, row, line, cause) => {
    const key = `${rule} ${row.path}`;
    if (!entries.has(key)) entries.set(key, { rule, path: row.path, lines: new Set(), cause, row });
    entries.get(key).lines.add(line);
  };
  const inContainer = (container, node) => {
    const lacking = [];
    for (const row of BELOW.get(container)) {
      const present = [...find(node, row.steps)];
      if (!present.length) lacking.push(row);
      for (const occurrence of present) {
        const rule = { "must-not": "leaked", may: "undecided" }[expectationOf(context, row)];
        const isOpen = rule === "undecided" && !explanationOf(context, row).dependsOn.length;
        if (rule && !isOpen) found(rule, row, occurrence.line, rule === "leaked" ? nearestLeak(context, row.container) : null);
        inContainer(row.path, occurrence);
      }
    }
    for (const row of lacking) absent(row, deepest(node, row.steps).line, null, true);
    for (const [row, inner, steps] of lackingThrough(container, node)) absent(row, deepest(inner, steps).line, null, true);
  };
  const absent = (row, line, cause, inRequired) => {
    const expectation = expectationOf(context, row);
    if (!shows(expectation)) return;
    const isRequired = inRequired && expectation === "must";
    found(isRequired ? "missing" : "omitted", row, line, cause);
    BELOW.get(row.path).forEach((below) => absent(below, line, row.path, isRequired));
  };
  if (seen.body) inContainer(null, seen.body);
  const listed = [...entries.values()].sort((a, b) => a.row.number - b.row.number).map((entry) => findingOf(context, entry));
  return bySeverity([...listed, ...aboutUnlisted(context, seen)]);
}

/** Returns the nearest row, from a container upwards, that must not be there. */
function nearestLeak(context, container) {
  let path = container;
  while (path !== null && expectationOf(context, ROWS[ROW_AT.get(path)]) !== "must-not") path = ROWS[ROW_AT.get(path)].container;
  return path;
}

const MAX_UNLISTED = 100;

/** Returns the findings about elements in no row, errors first if there are more than the bound. */
function aboutUnlisted(context, seen) {
  const others = seen.unlisted.filter(({ place }) => !isInLeak(context, place.parent));
  const kept = { errors: new Map(), others: new Map() };
  let beyond = 0;
  for (const rule of ["misplaced", "near-miss", "unlisted"]) {
    for (const { place, at, line } of others) {
      const hit = UNLISTED_RULES[rule](context, place);
      if (!hit) continue;
      const entries = hit.severity === "error" ? kept.errors : kept.others;
      const key = `${rule} ${place.path}`;
      if (entries.has(key)) entries.get(key).lines.push(line);
      else if (entries.size < MAX_UNLISTED) entries.set(key, { rule, place, at, hit, lines: [line] });
      else beyond += 1;
    }
  }
  const rest = [...kept.others].filter(([key]) => !kept.errors.has(key));
  const room = MAX_UNLISTED - kept.errors.size;
  for (const [, entry] of [...kept.others].slice(room)) beyond += entry.lines.length;
  const shown = [...kept.errors.values(), ...rest.slice(0, room).map(([, entry]) => entry)].sort((a, b) => a.at - b.at);
  return [...shown.map((entry) => unlistedFinding(context, entry)), ...(beyond ? [moreFinding(context, beyond)] : [])];
}

function isInLeak(context, from) {
  for (let place = from; place; place = place.parent) {
    if (place.row && expectationOf(context, place.row) === "must-not") return true;
  }
  return false;
}

const isUnlisted = (place) => place !== null && !place.row && place.parent !== null && !place.structural;

/** Returns the row beside which an element in no row stands and whose name it nearly has, or null. */
function nearMiss(place) {
  const { parent, name } = place;
  return parent && parent.reachable && !place.isText && !name.startsWith("@") ? closestRow(parent.path, place) : null;
}

/** Returns the paths of the rows whose name an element bears that is neither in their place nor a near miss there. */
function misplacedRows(context, place) {
  if (place.isText || (place.hasNode && (UNLISTED_AT.has(place.path) || WAYS.has(place.path)) && place.reachable)) return [];
  const name = place.name.replace(/^@/, "");
  const paths = ROWS_NAMED.get(foldName(name)) ?? flattenedRows(context, place, name);
  const near = paths.length ? nearMiss(place) : null;
  return !near || (near.distance > 0 && paths.every((path) => mustNot(context, path))) ? paths : [];
}

/** Returns the paths of the rows that must not be there and whose path, or the end of it, is written as one name. */
function flattenedRows(context, place, name) {
  const flat = flatName(name);
  if (ROWS_FLATTENED.has(flat)) return ROWS_FLATTENED.get(flat).filter((path) => mustNot(context, path));
  const ends = /[./[:>]|~1/.test(name) ? ROWS_BY_END.get(flat) ?? [] : [];
  const beside = place.parent?.path ? `${place.parent.path}/` : "";
  const here = ends.filter((path) => path.startsWith(beside) && flatName(path.slice(beside.length)) === flat);
  const nested = () => ROWS_NESTED.get(place.path.split("/").map(foldName).join("/")) ?? [];
  const paths = here.length ? here : ends.length ? ends : nested();
  return paths.every((path) => mustNot(context, path)) ? paths : [];
}

const mustNot = (context, path) => expectationOf(context, ROWS[ROW_AT.get(path)]) === "must-not";

const UNLISTED_RULES = {
  misplaced(context, place) {
    const paths = misplacedRows(context, place);
    if (!paths.length) return null;
    const leaks = paths.every((path) => mustNot(context, path));
    const bearing = paths.map((path) => `\`${path}\``).join(", ").replace(/, ([^,]*)$/, " and $1");
    const text = `has the name of ${bearing}, ${leaks ? "which must not be there" : "in a place that is not its own"}`;
    const isCommon = DATA.common.includes(place.name.replace(/^@/, ""));
    return { text, because: text, explains: paths[0], severity: leaks && !isCommon ? "error" : "warning" };
  },
  "near-miss"(context, place) {
    const near = nearMiss(place);
    if (!near || misplacedRows(context, place).length) return null;
    const because = `in no row of ${DATA.rulebook.table}, but like \`${near.row.path}\`: ${near.difference}`;
    const leaks = near.distance === 0 && mustNot(context, near.row.path);
    return { text: `is ${because}`, because, explains: near.row.path, severity: leaks ? "error" : "warning" };
  },
  unlisted(context, place) {
    if (nearMiss(place) || misplacedRows(context, place).length) return null;
    const because = `${place.isText ? "text between elements, " : ""}in no row of ${DATA.rulebook.table}; it is not judged`;
    return { text: `is ${because}`, because, explains: UNLISTED_AT.has(place.path) ? place.path : "unlisted", severity: "note" };
  },
};

function unlistedFinding(context, { rule, place, hit, lines }) {
  return {
    ...about(context, rule, place.path, rule, hit.explains),
    severity: hit.severity,
    element: place.path.slice(place.path.lastIndexOf("/") + 1),
    lines: [...new Set(lines)].sort((a, b) => a - b),
    cause: isUnlisted(place.parent) ? place.parent.path : null,
    message: `\`${place.path}\` ${hit.text}`,
    because: hit.because,
  };
}

function moreFinding(context, number) {
  const elements = `${numbered(number)} more element${number > 1 ? "s are" : " is"}`;
  return { ...about(context, "unlisted", null, "unlisted", "unlisted"), message: `${elements} in no row of ${DATA.rulebook.table}` };
}

/** Returns the finding about a row. */
function findingOf(context, { rule, path, lines, cause, row }) {
  const { grounds: because, dependsOn } = explanationOf(context, row);
  const facts = dependsOn.map((fact) => `\`${fact}\``).join(", ");
  const text = rule === "undecided" ? `is there, and whether it may be depends on ${facts}: ${because}`
    : cause !== null && rule !== "leaked" ? `is not there, because \`${cause}\` is not`
      : `${DATA.messages[rule]}: ${because}`;
  return {
    ...about(context, rule, path, rule === "undecided" ? rule : "", path),
    expectation: expectationOf(context, row),
    marker: markerOf(context, row),
    lines: [...lines].sort((a, b) => a - b),
    cause, message: `\`${path}\` ${text}`, because,
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
function callFindings(resolved, payload, request, { stated: claims, unknownColumn: nowhere, conflicts: contradictions }) {
  const { context, sources, conflicts } = resolved;
  const all = [...conflicts, ...contradictions];
  if (nowhere?.title) {
    const fact = DATA.columnFact;
    all.push({
      stated: { fact, value: context.values[fact], source: sources[fact] },
      evidence: { fact, value: nowhere.title, source: "response" },
    });
  }
  const found = [];
  found.push(...all.map(({ stated, evidence: against }) => ({
    ...about(context, "context-conflict", null, `context-conflict:${stated.fact}`, "context-conflict"),
    message: conflictText(stated, against),
  })));
  if (namesOtherSession(request, payload)) {
    const path = WIRE.session.response;
    found.push({
      ...about(context, "pair-mismatch", path, "pair-mismatch", "pair-mismatch"),
      lines: linesAt(payload.seen.body, path),
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
  return [...found, ...notEnforced(context, claims)];
}

function conflictText(stated, against) {
  const label = (fact) => FACTS.find((entry) => entry.id === fact).label;
  if (stated.precedence !== EVIDENCE) {
    return `${stated.source} says ${label(stated.fact)} \`${stated.value}\`, the ${against.source} shows ` +
      `${label(against.fact)} \`${against.value}\`; ${stated.source} counts`;
  }
  if (stated.value === against.value) {
    return `the ${stated.source} gives the ${label(stated.fact)} a value that it cannot have, which does not count`;
  }
  return `the ${stated.source} contradicts itself about the ${label(stated.fact)}: \`${stated.value}\` and \`${against.value}\`; neither counts`;
}

/** Returns the finding about a call that the server has to refuse, as the user states, and that it answered. */
function notEnforced(context, claims) {
  for (const { fact, value, source, overrides } of claims.filter((claim) => claim.overrides)) {
    const values = FACTS.find(({ id }) => id === fact).values;
    const { rule, message } = values.find(({ id }) => id === value).overrides.find((each) => each.evidence === overrides);
    if (rule) return [{ ...about(context, rule, null, rule, rule), message: `${message} (stated by ${source})` }];
  }
  return [];
}

/** Returns the row whose name is closest to an unlisted element, with the difference, or null. */
function closestRow(parent, node) {
  const prefix = parent ? `${parent}/` : "";
  if (UNLISTED_AT.has(prefix + node.name) || LEADING.has(prefix + node.name)) return null;
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
  if (foldName(a) === foldName(b)) {
    return { distance: 0, difference: elsewhere ? `separators${elsewhere} differ` : "only separators differ" };
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
