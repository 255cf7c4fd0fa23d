// The data of the page: every decision and every explanation, which are only looked up here.

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

const NODES = new Set(
  [...ROW_AT.keys(), ...UNLISTED_AT.keys(), ...DATA.reading.wanted, ...(DATA.reading.variables ? [DATA.reading.variables.path] : [])]
    .flatMap((path) => path.split("/").map((_, at, steps) => steps.slice(0, at + 1).join("/"))),
);

/** The paths on the way to others. */
const WAYS = new Set([...NODES].map((path) => path.slice(0, Math.max(path.lastIndexOf("/"), 0))));

/** The paths of elements in no row that lead to rows, or to elements known as unlisted. */
const LEADING = new Set(
  [...ROW_AT.keys(), ...UNLISTED_AT.keys()]
    .flatMap((path) => path.split("/").slice(0, -1).map((_, at) => path.split("/").slice(0, at + 1).join("/")))
    .filter((path) => !ROW_AT.has(path)),
);

const fold = (text) => text.toLowerCase().toUpperCase().toLowerCase();

/** Letters that nobody sees: control and format characters, spaces, and others that are ignored by default. */
const INVISIBLE = /[\p{C}\p{Z}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f]/gu;

/** Returns a name without letter case, separators, and differences that nobody sees. */
const foldName = (name) => fold(fold(name).normalize("NFKC").replace(INVISIBLE, "")).replace(/[-_. :]/g, "");

/** Returns a name that may be a whole path written as one name. */
const flatName = (name) => foldName(name.replace(/~1|[/[\]>]/g, ""));

/** The paths of the rows by their whole path as one name, for those in a container. */
const ROWS_FLATTENED = Map.groupBy(ROWS.map(({ path }) => path).filter((path) => path.includes("/")), flatName);

/** The paths of the rows by each end of their path, of two names or more, as one name. */
const ROWS_BY_END = new Map();
for (const { path } of ROWS) {
  const [, ...names] = path.split("/");
  for (let at = 0; at < names.length - 1; at += 1) {
    const end = flatName(names.slice(at).join("/"));
    ROWS_BY_END.set(end, [...(ROWS_BY_END.get(end) ?? []), path]);
  }
}

/** The paths of the rows one of whose names is written as a path, by that path. */
const ROWS_NESTED = Map.groupBy(
  ROWS.map(({ path }) => path).filter((path) => path.split("/").some((name) => /[./[:>]|~1/.test(name))),
  (path) => path.split(/[./[\]:>]|~1/).filter(Boolean).map(foldName).join("/"),
);

/** The paths of the rows that go by each folded name, printed or on the wire. */
const ROWS_NAMED = new Map();
for (const row of ROWS) {
  for (const name of [row.steps.at(-1), row.element.slice(row.element.lastIndexOf("/") + 1), ...row.spellings]) {
    const known = ROWS_NAMED.get(foldName(name)) ?? [];
    if (!known.includes(row.path)) ROWS_NAMED.set(foldName(name), [...known, row.path]);
  }
}

const numbered = (number) => number.toLocaleString("en-US");

/** Returns the context of facts as `{code, values}`, or `{clash}` with the reason why they contradict each other. */
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

/** Returns the facts that others imply in a context. */
function impliedFacts(values) {
  const implied = new Set();
  for (const entry of DATA.implications) {
    if (holds(entry.when, values)) Object.keys(entry.then).forEach((fact) => implied.add(fact));
  }
  return implied;
}

/** Returns the facts of a context that have to be stated: the known ones that no other fact implies. */
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

/** Returns the complete explanation of a row in a context, as the engine made it. */
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
    ways: remediesOf(store.remedies[ways]),
    dependsOn: store.lists[open].map((at) => FACTS[at].id),
  };
}

/** Returns a shared text with the row's names in place of the placeholders, which texts.py defines. */
function filled(row, template) {
  const container = row.container === null ? null : ROWS[ROW_AT.get(row.container)];
  const names = [row.path, row.element, String(row.number), container?.path, String(container?.number)];
  return template.replace(/[\ue000-\ue004]/g, (place) => names[place.charCodeAt(0) - 0xe000]);
}

function remediesOf([text, here, elsewhere]) {
  const { texts } = DATA.decisions;
  const step = ([index, ...pairs]) => {
    const changes = {};
    for (let at = 0; at < pairs.length; at += 2) changes[FACTS[pairs[at]].id] = VALUES[pairs[at]][pairs[at + 1]];
    return { text: texts[index], changes };
  };
  return {
    text: texts[text],
    here: here.map(step),
    elsewhere: elsewhere.map(([index, columns, steps]) => ({
      text: texts[index],
      columns: columns.map((at) => DATA.columns[at]),
      steps: steps.map(step),
    })),
  };
}

/** Returns the context as it stands in the identities of findings. */
function contextId(context) {
  const implied = impliedFacts(context.values);
  return Object.entries(context.values).filter(([fact]) => !implied.has(fact)).map(([, value]) => value).join("/");
}

const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`);

/** Returns the shell command that explains a path or a rule, ready to paste. */
function explainCommand(what, context) {
  const words = ["whosees", "explain", what];
  if (context && (ROW_AT.has(what) || UNLISTED_AT.has(what))) words.push(...flags(statedOf(context)));
  if (DATA.rulebook.location) words.push("--rules", DATA.rulebook.location);
  return words.map(quoted).join(" ");
}

const flags = (stated) =>
  Object.entries(stated).flatMap(([fact, value]) => (DATA.flags.includes(fact) ? [`--${fact}`, value] : ["--fact", `${fact}=${value}`]));
