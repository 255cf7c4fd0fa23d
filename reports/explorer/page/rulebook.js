// What the page was made with: every decision, every explanation. Here they are only looked up.

const DATA = JSON.parse(document.getElementById("rulebook").textContent);
const UNKNOWN = "unknown";
const FACTS = DATA.facts;
const ROWS = DATA.rows;
const COLUMN = FACTS.findIndex((fact) => fact.id === DATA.columnFact);
const VALUES = FACTS.map((fact) => [UNKNOWN, ...fact.values.map((value) => value.id)]);
const PLACE = new Map(DATA.decisions.contexts.map((code, place) => [code, place]));
const ROW_AT = new Map(ROWS.map((row, index) => [row.path, index]));
const UNLISTED_AT = new Map(DATA.decisions.unlisted.map((entry) => [entry.path, entry]));
const BELOW = new Map([[null, []], ...ROWS.map((row) => [row.path, []])]);
ROWS.forEach((row) => BELOW.get(row.container).push(row));

const numbered = (number) => number.toLocaleString("en-US");

/** Gives the context that facts come to, as `{code, values}`, or `{clash}`: the text that says why there is none. */
function contextOf(stated) {
  const code = FACTS.reduce((sum, fact, at) => sum * VALUES[at].length + VALUES[at].indexOf(stated[fact.id] ?? UNKNOWN), 0);
  const closed = DATA.decisions.closure[code];
  return closed < 0 ? { clash: DATA.decisions.texts[-1 - closed] } : contextWithCode(closed);
}

function contextWithCode(code) {
  const values = {};
  let rest = code;
  for (let at = FACTS.length - 1; at >= 0; at--) {
    values[FACTS[at].id] = VALUES[at][rest % VALUES[at].length];
    rest = Math.floor(rest / VALUES[at].length);
  }
  return { code, values: Object.fromEntries(FACTS.map((fact) => [fact.id, values[fact.id]])) };
}

const holds = (facts, values) => Object.entries(facts).every(([fact, value]) => values[fact] === value);

/** Gives the facts that follow from others in a context, so that they need not be said. */
function impliedFacts(values) {
  const implied = new Set();
  for (const entry of DATA.implications) {
    if (holds(entry.when, values)) Object.keys(entry.then).forEach((fact) => implied.add(fact));
  }
  return implied;
}

/** Gives what has to be said of a context: what is known, and does not follow from the rest. */
function statedOf(context) {
  const implied = impliedFacts(context.values);
  return Object.fromEntries(
    Object.entries(context.values).filter(([fact, value]) => value !== UNKNOWN && !implied.has(fact)),
  );
}

function expectationOf(context, row) {
  const { decisions, decided, letters } = DATA.decisions;
  return letters[decisions[decided[PLACE.get(context.code)]][ROW_AT.get(row.path)]];
}

const markerOf = (context, row) => row.cells[context.values[DATA.columnFact]];

/** Gives the whole explanation of a row in a context, as the engine gave it. */
function explanationOf(context, row) {
  const store = DATA.decisions;
  const column = store.columnsOfExplanations[store.explained[ROW_AT.get(row.path)]];
  const [summary, grounds, because, readings, notes, elsewhere, ways, open] = store.explanations[column[PLACE.get(context.code)]];
  const text = (place) => filled(row, store.texts[place]);
  const reasons = (place) => {
    const parts = store.lists[place];
    return parts.filter((_, at) => at % 2 === 0).map((part, at) => ({ text: text(part), cite: text(parts[at * 2 + 1]) }));
  };
  return {
    path: row.path,
    summary: text(summary),
    grounds: text(grounds),
    because: reasons(because),
    interpretations: store.lists[readings].map((at) => DATA.interpretations[at]),
    notes: reasons(notes),
    elsewhere: text(elsewhere),
    ways: waysOf(store.ways[ways]),
    dependsOn: store.lists[open].map((at) => FACTS[at].id),
  };
}

/** Puts a row's names into a text that rows share; the places are those of texts.py. */
function filled(row, template) {
  const container = row.container === null ? null : ROWS[ROW_AT.get(row.container)];
  const names = [row.path, row.element, String(row.number), container?.path, String(container?.number)];
  return template.replace(/[\ue000-\ue004]/g, (place) => names[place.charCodeAt(0) - 0xe000]);
}

function waysOf([text, here, elsewhere]) {
  const { texts } = DATA.decisions;
  const step = ([said, ...pairs]) => {
    const changes = {};
    for (let at = 0; at < pairs.length; at += 2) changes[FACTS[pairs[at]].id] = VALUES[pairs[at]][pairs[at + 1]];
    return { text: texts[said], changes };
  };
  return {
    text: texts[text],
    here: here.map(step),
    elsewhere: elsewhere.map(([said, columns, steps]) => ({
      text: texts[said],
      columns: columns.map((at) => DATA.columns[at]),
      steps: steps.map(step),
    })),
  };
}

/** Gives the facts that would settle any of the rows that a context leaves open. */
function openFacts(context) {
  const open = new Set(undetermined(context).flatMap((row) => explanationOf(context, row).dependsOn));
  return FACTS.map((fact) => fact.id).filter((fact) => open.has(fact));
}

const undetermined = (context) => ROWS.filter((row) => expectationOf(context, row) === "may");

/** Names a context as the identities of findings do. */
function caseId(context) {
  const implied = impliedFacts(context.values);
  return Object.entries(context.values).filter(([fact]) => !implied.has(fact)).map(([, value]) => value).join("/");
}

const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`);

/** Gives the command that explains a path or a rule, ready to be pasted into a shell. */
function explainCommand(what, context) {
  const words = ["whosees", "explain", what];
  if (context && (ROW_AT.has(what) || UNLISTED_AT.has(what))) words.push(...flags(statedOf(context)));
  if (DATA.rulebook.location) words.push("--rules", DATA.rulebook.location);
  return words.map(quoted).join(" ");
}

const flags = (stated) =>
  Object.entries(stated).flatMap(([fact, value]) => (DATA.flags.includes(fact) ? [`--${fact}`, value] : ["--fact", `${fact}=${value}`]));
