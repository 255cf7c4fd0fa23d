// What is shown, and its address: the fragment holds all of it, so that a link can be sent. docs/explorer.md has the format.

const VERSUS = "versus.";
/** The page reads XML only: where a rulebook's messages are written otherwise, there is nothing to drop on it. */
const VIEWS = DATA.reading.format === "xml" ? ["response", "table", "check"] : ["response", "table"];
const SHOWN = ["must", "should", "may", "must-not", "changes"];

/** What is shown: `facts` and `versus` are what is said of the first and of the second context, if there is one. */
const FIRST = Object.freeze({
  view: "response", facts: Object.freeze({ [DATA.columnFact]: DATA.columns[0].id }), versus: null, path: null, query: "", only: Object.freeze([]),
});

/** Writes a state as a fragment, without `#`. */
function fragmentOf(state) {
  const pairs = Object.entries(state.facts);
  if (state.versus) pairs.push(...Object.entries(state.versus).map(([fact, value]) => [VERSUS + fact, value]));
  if (state.path) pairs.push(["path", state.path]);
  if (state.view !== FIRST.view) pairs.push(["view", state.view]);
  if (state.only.length) pairs.push(["only", state.only.join(",")]);
  if (state.query) pairs.push(["q", state.query]);
  return pairs.map(([name, value]) => `${written(name)}=${written(value)}`).join("&");
}

const written = (text) => encodeURIComponent(text).replaceAll("%2F", "/").replaceAll("%2C", ",");

/** Reads a fragment; gives the state and what of it this rulebook does not have. */
function stateAt(fragment) {
  const state = { ...FIRST, facts: {}, only: [] };
  const strange = [];
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
    else strange.push(name);
  }
  state.facts = settledFacts(state.facts, strange);
  state.versus = state.versus && settledFacts(state.versus, strange);
  return { state, strange };
}

/** Gives facts that make a context with a column: without one it is the first, and what excludes itself is left out. */
function settledFacts(facts, strange) {
  let said = { ...facts };
  if ((said[DATA.columnFact] ?? UNKNOWN) === UNKNOWN) said[DATA.columnFact] = DATA.columns[0].id;
  if (contextOf(said).clash) {
    strange.push(contextOf(said).clash);
    said = { [DATA.columnFact]: said[DATA.columnFact] };
  }
  return statedOf(contextOf(said));
}

/** Changes one fact. The last choice counts: what excludes it is no longer known. Gives the facts, and what gave way. */
function chosen(facts, fact, value) {
  const said = { ...facts, [fact]: value };
  const gaveWay = [];
  for (const other of Object.keys(said)) {
    const { clash } = contextOf(said);
    if (!clash) break;
    if (other === fact || other === DATA.columnFact || !contextOf({ [fact]: value, [other]: said[other] }).clash) continue;
    gaveWay.push(`${other} is unknown now: ${clash}`);
    delete said[other];
  }
  return { facts: statedOf(contextOf(said)), gaveWay };
}
