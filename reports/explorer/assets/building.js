// Helpers that build elements. Text is inserted as text: nothing that is shown is ever parsed as markup.

function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Returns a text as nodes, with `names in backticks` as code. */
const prose = (text) => text.split("`").map((part, at) => (at % 2 ? el("code", {}, part) : part));

const sentence = (text) => (text.startsWith("`") ? text : text.charAt(0).toUpperCase() + text.slice(1));

const counted = (number, noun, many = `${noun}s`) => `${numbered(number)} ${number === 1 ? noun : many}`;

const EXPECTATIONS = {
  must: { sign: "●", word: "must", text: "must be there", means: "always returned" },
  should: { sign: "◐", word: "should", text: "should be there", means: "shown to this caller if it has a value" },
  may: { sign: "?", word: "may", text: "may be there or not", means: "undecided: a fact is unknown" },
  masked: { sign: "▒", word: "masked", text: "must be there, masked", means: "there, with its text withheld" },
  "must-not": { sign: "✕", word: "must not", text: "must not be there", means: "never shown to this caller" },
};

const badge = (expectation) =>
  el("span", { class: `badge ${expectation}` }, el("span", { class: "sign", "aria-hidden": "true" }, EXPECTATIONS[expectation].sign),
    el("span", { class: "word" }, EXPECTATIONS[expectation].word));

const markerChip = (marker) =>
  el("span", { class: `marker ${DATA.markers[marker].style}`, title: DATA.markers[marker].meaning }, DATA.markers[marker].printed);

const columnOf = (id) => DATA.columns.find((column) => column.id === id);

/** Returns a context in words: `Meeting Center, caller anonymous, role none, password unknown`. */
function contextWords(context) {
  const others = FACTS.filter((fact) => fact.id !== DATA.columnFact).map((fact) => `${fact.label} ${context.values[fact.id]}`);
  return [columnOf(context.values[DATA.columnFact]).title, ...others].join(", ");
}

/** Returns a button that copies a text, or null if the browser does not allow that. */
function copyButton(label, text) {
  if (!navigator.clipboard) return null;
  const button = el("button", { type: "button", class: "quiet", onclick: () => {
    navigator.clipboard.writeText(text()).then(() => announce("copied"), () => announce("the browser does not allow copying"));
  } }, label);
  return button;
}

/** Announces a text to screen readers and, unless `how` is "heard", shows it as well. */
function announce(text, how = "shown") {
  const notice = document.getElementById("notice");
  notice.className = how === "heard" ? "visually-hidden" : "";
  notice.textContent = text;
}

/** Returns a name in the form that searches compare. */
const normalizeName = (text) => text.trim().replaceAll(".", "/").replace(/(^|\/)\w+:/g, "$1").replace(/[\s_-]+/g, "").toLowerCase();

const finds = (query, names) => !normalizeName(query) || names.some((name) => normalizeName(name).includes(normalizeName(query)));

/** Returns the listed names closest to a misspelt one. */
function closestNames(query) {
  const wanted = Array.from(normalizeName(query).split("/").at(-1));
  const names = new Set(ROWS.flatMap((row) => [row.element, row.steps.at(-1)]));
  return [...names]
    .map((name) => ({ name, distance: damerauLevenshtein(Array.from(normalizeName(name)), wanted, 2) }))
    .filter(({ distance }) => distance <= 2)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}
