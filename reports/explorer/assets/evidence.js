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

/** Returns the claims of a request and a response, each of which may be missing, and why no column was found. */
function claimsOf(request, payload) {
  const placed = payload ? columnClaim(payload) : {};
  const claims = placed.fact ? [placed] : [];
  if (request) claims.push(...requestClaims(request));
  if (request && payload) claims.push(...matchClaims(request, payload));
  return { claims, unknownColumn: payload && !placed.fact ? placed : null };
}

const evidence = (fact, value, source) => ({ fact, value, source, precedence: EVIDENCE, overrides: null });

function columnClaim(payload) {
  const fact = DATA.columnFact;
  const asked = WIRE.response.filter((entry) => entry.fact === fact);
  for (const entry of asked) {
    const text = payload.texts[entry.path];
    if (text === undefined) continue;
    if (entry.as) {
      if (entry.equals.includes(fold(text))) return evidence(fact, entry.as, "response");
      continue;
    }
    for (const [name, value] of Object.entries(entry.names)) {
      if (fold(text) === fold(name)) return evidence(fact, value, "response");
    }
    return unknownColumn(entry.path, text);
  }
  const paths = asked.map((entry) => entry.path).join(" and ");
  return { reason: "unknown-service", detail: `nothing says which ${fact} it is: ${paths} are absent; say it with --${fact}`, title: "" };
}

function unknownColumn(path, text) {
  const fact = DATA.columnFact;
  const absent = DATA.without.find((entry) => entry.names.some((name) => fold(name) === fold(text)));
  if (absent) {
    const detail = `${path} says ${absent.names[0]}, and ${DATA.rulebook.table} has no column for ${absent.title}`;
    return { reason: "no-column", detail, title: absent.title };
  }
  const problem = text ? `holds none of the values that name a ${fact}` : "is empty";
  return { reason: "unknown-service", detail: `${path} ${problem}; say it with --${fact}`, title: "" };
}

function requestClaims(request) {
  return WIRE.request.flatMap((entry) => {
    const given = entry.part === "security" ? request.security : request.body;
    if (given === null) return [];
    const value = entry.anyOf.some((name) => Object.hasOwn(given, name)) ? entry.ifGiven : entry.ifNot;
    return [evidence(entry.fact, value, "request")];
  });
}

function matchClaims(request, payload) {
  for (const entry of WIRE.match) {
    const asked = (request.security ?? {})[entry.request];
    const answered = payload.texts[entry.response];
    const same = entry.ignoreCase ? (a, b) => fold(a) === fold(b) : (a, b) => a === b;
    if (asked && answered && same(asked, answered)) return [evidence(entry.fact, entry.as, "request")];
  }
  return [];
}

function namesOtherSession(request, payload) {
  if (!WIRE.session || !request) return false;
  const asked = request.body[WIRE.session.request];
  const answered = payload.texts[WIRE.session.response];
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
