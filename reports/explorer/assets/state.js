// The state of the page and its address: the fragment holds all of it, so that links work. docs/guides/explorer.md has the format.

const VERSUS = "versus.";
/** The page reads XML only, and no masks or conditions: for a rulebook with others it has no view that judges responses. */
const VIEWS = DATA.reading.canJudge ? ["response", "table", "check"] : ["response", "table"];
const SHOWN = ["must", "should", "may", "must-not", "changes"];

/** The initial state: `facts` and `versus` are the stated facts of the first and the second context. */
const FIRST = Object.freeze({
  view: "response", facts: Object.freeze({ [DATA.columnFact]: DATA.columns[0].id }), versus: null, path: null, query: "", only: Object.freeze([]),
});

/** Returns a state as a fragment, without `#`. */
function fragmentOf(state) {
  const pairs = Object.entries(state.facts);
  if (state.versus) pairs.push(...Object.entries(state.versus).map(([fact, value]) => [VERSUS + fact, value]));
  if (state.path) pairs.push(["path", state.path]);
  if (state.view !== FIRST.view) pairs.push(["view", state.view]);
  if (state.only.length) pairs.push(["only", state.only.join(",")]);
  if (state.query) pairs.push(["q", state.query]);
  return pairs.map(([name, value]) => `${encodeValue(name)}=${encodeValue(value)}`).join("&");
}

const encodeValue = (text) => encodeURIComponent(text).replaceAll("%2F", "/").replaceAll("%2C", ",");

/** Parses a fragment. Returns the state, and the parts that this rulebook does not have. */
function stateAt(fragment) {
  const state = { ...FIRST, facts: {}, only: [] };
  const unknownParts = [];
  for (const [name, value] of new URLSearchParams(fragment.replace(/^#/, "").replaceAll("+", "%2B"))) {
    const second = name.startsWith(VERSUS);
    const at = FACTS.findIndex((fact) => fact.id === (second ? name.slice(VERSUS.length) : name));
    if (at >= 0 && VALUES[at].includes(value)) {
      if (second) state.versus = { ...state.versus, [FACTS[at].id]: value };
      else state.facts[FACTS[at].id] = value;
    } else if (name === "path" && (ROW_AT.has(value) || UNLISTED_AT.has(value))) state.path = value;
    else if (name === "view" && VIEWS.includes(value)) state.view = value;
    else if (name === "only") state.only = value.split(",").filter((shown) => SHOWN.includes(shown));
    else if (name === "q") state.query = value;
    else unknownParts.push(name);
  }
  state.facts = consistentFacts(state.facts, unknownParts);
  state.versus = state.versus && consistentFacts(state.versus, unknownParts);
  return { state, unknownParts };
}

/** Returns facts that form a context: the first column if there is none, and only the column if they contradict. */
function consistentFacts(facts, unknownParts) {
  let next = { ...facts };
  if ((next[DATA.columnFact] ?? UNKNOWN) === UNKNOWN) next[DATA.columnFact] = DATA.columns[0].id;
  if (contextOf(next).clash) {
    unknownParts.push(contextOf(next).clash);
    next = { [DATA.columnFact]: next[DATA.columnFact] };
  }
  return statedOf(contextOf(next));
}

/** Changes one fact; facts that contradict it become unknown. Returns the facts, and the discarded ones. */
function chosen(facts, fact, value) {
  const next = { ...facts, [fact]: value };
  const discarded = [];
  for (const other of Object.keys(next)) {
    const { clash } = contextOf(next);
    if (!clash) break;
    if (other === fact || other === DATA.columnFact || !contextOf({ [fact]: value, [other]: next[other] }).clash) continue;
    discarded.push(`${other} is now unknown: ${clash}`);
    delete next[other];
  }
  return { facts: statedOf(contextOf(next)), discarded };
}
