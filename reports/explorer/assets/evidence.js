// Evidence in messages and statements of the user, resolved to a context with the source of each fact.

const EVIDENCE = 1;
const STATED = 3;

/** Returns the request that a body answers: the one at its index, or the only one, or the one for its session. */
function requestFor(requests, index, bodies, session) {
  if (requests.length === bodies) return requests[index];
  if (requests.length === 1) return requests[0];
  const name = WIRE.session?.request;
  const same = requests.filter((request) => request && session && name && request.body[name] === session);
  return same.length === 1 ? same[0] : null;
}

/** Returns the claims of a request and a response, each of which may be missing; contradictions, and why no column was found. */
function claimsOf(request, payload) {
  const told = payload ? responseClaims(payload) : { claims: [], conflicts: [], unknownColumn: null };
  const matches = request && payload ? matchesOf(request, payload) : [];
  const disputed = matches.filter((found) => found.stated);
  const claims = matches.filter((found) => !found.stated); // what matching texts prove comes first
  claims.push(...told.claims);
  if (request) claims.push(...requestClaims(request));
  const stands = ({ fact }) => !disputed.some(({ stated }) => stated.fact === fact);
  return { ...told, claims: claims.filter(stands), conflicts: [...told.conflicts, ...disputed] };
}

const evidence = (fact, value, source) => ({ fact, value, source, precedence: EVIDENCE, overrides: null });

function responseClaims(payload) {
  const claims = [];
  const conflicts = [];
  let unknownColumn = null;
  for (const fact of new Set([DATA.columnFact, ...WIRE.response.map((entry) => entry.fact)])) {
    const told = toldOf(fact, payload);
    if (told?.stated) conflicts.push(told);
    else if (told?.precedence) claims.push(told);
    if (fact === DATA.columnFact && !told?.precedence) unknownColumn = unknownColumnOf(told, payload);
  }
  return { claims, conflicts, unknownColumn };
}

const NOT_TOLD = "not";
const NO_VALUE = "no value";

/** Returns what a response tells of a fact: a claim, a conflict, the entry whose text names no value, or null. */
function toldOf(fact, payload) {
  for (const entry of WIRE.response.filter((each) => each.fact === fact)) {
    const texts = payload.texts(entry.path).filter((text) => text || !entry.as);
    const values = [...new Set(texts.map((text) => valueOf(entry, text)))];
    if (values.length > 1 || values[0] === NO_VALUE) {
      return contradiction(fact, ...[values[0], values.at(-1)].map((value) => valueName(entry, value)));
    }
    if (values.length && values[0] === null) return entry;
    if (values.length && values[0] !== NOT_TOLD) return evidence(fact, values[0], "response");
  }
  return null;
}

const valueName = (entry, value) =>
  value === NOT_TOLD ? `not ${entry.as}` : value === null || value === NO_VALUE ? "another value" : value;

/** Returns the conflict of a response that says two things about a fact. */
const contradiction = (fact, one, other) =>
  ({ stated: evidence(fact, one, "response"), evidence: evidence(fact, other, "response") });

const BOOLEANS = ["true", "1", "false", "0"];

function valueOf(entry, text) {
  const folded = fold(text);
  if (!entry.as) return Object.entries(entry.names).find(([name]) => fold(name) === folded)?.[1] ?? null;
  const equals = entry.equals.map(fold);
  if (equals.includes(folded)) return entry.as;
  return equals.every((equal) => BOOLEANS.includes(equal)) && !BOOLEANS.includes(folded) ? NO_VALUE : NOT_TOLD;
}

function unknownColumnOf(told, payload) {
  const fact = DATA.columnFact;
  const say = `say it with ${DATA.flags.includes(fact) ? `--${fact}` : `--fact ${fact}=NAME`}`;
  const unknown = (detail, reason = "unknown-service", title = "") => ({ reason, detail, title });
  if (told?.stated) return unknown(`the response contradicts itself about the ${fact}; ${say}`);
  if (!told) {
    const paths = WIRE.response.filter((entry) => entry.fact === fact).map((entry) => entry.path);
    const absent = `${paths.join(" and ")} ${paths.length === 1 ? "is" : "are"} absent`;
    return unknown(`nothing says which ${fact} it is: ${paths.length ? absent : "no element of a response tells"}; ${say}`);
  }
  const text = payload.text(told.path);
  const absent = DATA.without.find((entry) => entry.names.some((name) => fold(name) === fold(text)));
  if (absent) {
    const detail = `${told.path} says ${absent.names[0]}, and ${DATA.rulebook.table} has no column for ${absent.title}`;
    return unknown(detail, "no-column", absent.title);
  }
  return unknown(`${told.path} ${text ? `holds none of the values that name a ${fact}` : "is empty"}; ${say}`);
}

function requestClaims(request) {
  return WIRE.request.flatMap((entry) => {
    const given = entry.part === "security" ? request.security : request.body;
    if (given === null) return [];
    const value = entry.anyOf.some((name) => Object.hasOwn(given, name)) ? entry.ifGiven : entry.ifNot;
    return [evidence(entry.fact, value, "request")];
  });
}

/** Returns for each fact what matching texts prove, or a conflict if the element is there with other texts too. */
function matchesOf(request, payload) {
  const found = new Map();
  for (const entry of WIRE.match) {
    const asked = ((entry.part === "security" ? request.security : request.body) ?? {})[entry.request];
    const as = entry.ignoreCase ? fold : (text) => text;
    const answered = new Set(payload.texts(entry.response).filter(Boolean).map(as));
    if (!asked || !answered.has(as(asked))) continue;
    if (answered.size > 1) found.set(entry.fact, contradiction(entry.fact, entry.as, `not ${entry.as}`));
    else if (!found.has(entry.fact)) found.set(entry.fact, evidence(entry.fact, entry.as, "request"));
  }
  return [...found.values()];
}

function namesOtherSession(request, payload) {
  if (!WIRE.session || !request) return false;
  const asked = request.body[WIRE.session.request];
  const answered = payload.text(WIRE.session.response);
  return Boolean(asked && answered && asked !== answered);
}

/** Resolves claims: statements win, and evidence against them is a conflict. Returns a context, or `{clash}`. */
function resolveClaims(claims) {
  const chosen = new Map();
  const conflicts = [];
  for (const claim of [...claims].sort((a, b) => b.precedence - a.precedence)) {
    let winner = chosen.get(claim.fact);
    if (!winner) {
      const rival = [...chosen.values()].find(
        (other) => contextOf({ [other.fact]: other.value, [claim.fact]: claim.value }).clash,
      );
      if (!rival) {
        chosen.set(claim.fact, claim);
        continue;
      }
      if (claim.precedence === STATED && rival.precedence === STATED) {
        return contextOf({ [rival.fact]: rival.value, [claim.fact]: claim.value });
      }
      winner = rival;
    }
    if (contradicts(winner, claim) && !conflicts.some((known) => known.stated === winner)) {
      conflicts.push({ stated: winner, evidence: claim });
    }
  }
  const context = contextOf(Object.fromEntries([...chosen].map(([fact, claim]) => [fact, claim.value])));
  if (context.clash) return context;
  const sources = Object.fromEntries(FACTS.map((fact) => [fact.id, sourceOf(context, chosen, fact.id)]));
  return { context, sources, conflicts };
}

const contradicts = (winner, claim) =>
  winner.precedence !== EVIDENCE && claim.precedence === EVIDENCE && winner.value !== UNKNOWN && claim.value !== UNKNOWN &&
  (winner.fact !== claim.fact || winner.value !== claim.value) && winner.overrides !== claim.value;

function sourceOf(context, chosen, fact) {
  const claim = chosen.get(fact);
  if (claim && claim.value === context.values[fact]) return claim.source;
  const from = DATA.implications.find((entry) => entry.then[fact] === context.values[fact] && holds(entry.when, context.values));
  return from ? sourceOf(context, chosen, Object.keys(from.when)[0]) : "default";
}
