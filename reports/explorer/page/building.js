// Building of elements. Text goes in as text: nothing that is shown is ever read as markup.

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

/** Sets `names in backticks` as code. */
const prose = (text) => text.split("`").map((part, at) => (at % 2 ? el("code", {}, part) : part));

const sentence = (text) => (text.startsWith("`") ? text : text.charAt(0).toUpperCase() + text.slice(1));

const counted = (number, noun, many = `${noun}s`) => `${numbered(number)} ${number === 1 ? noun : many}`;

const LOOKS = {
  must: { sign: "●", word: "must", said: "must be there", means: "always there" },
  should: { sign: "◐", word: "should", said: "should be there", means: "shown to this caller; its absence is no breach" },
  may: { sign: "?", word: "may", said: "may be there or not", means: "open: it depends on what is not known" },
  masked: { sign: "▒", word: "masked", said: "must be there, masked", means: "there, with its text withheld" },
  "must-not": { sign: "✕", word: "must not", said: "must not be there", means: "never there for this caller" },
};

const badge = (expectation) =>
  el("span", { class: `badge ${expectation}` }, el("span", { class: "sign", "aria-hidden": "true" }, LOOKS[expectation].sign),
    el("span", { class: "word" }, LOOKS[expectation].word));

const markerChip = (marker) =>
  el("span", { class: `marker ${DATA.markers[marker].looks}`, title: DATA.markers[marker].meaning }, DATA.markers[marker].printed);

const columnOf = (id) => DATA.columns.find((column) => column.id === id);

/** Tells a context in words: `Meeting Center, caller anonymous, role none, password unknown`. */
function contextWords(context) {
  const others = FACTS.filter((fact) => fact.id !== DATA.columnFact).map((fact) => `${fact.label} ${context.values[fact.id]}`);
  return [columnOf(context.values[DATA.columnFact]).title, ...others].join(", ");
}

/** A button that copies a text, where the browser allows it. */
function copyButton(label, text) {
  if (!navigator.clipboard) return null;
  const button = el("button", { type: "button", class: "quiet", onclick: () => {
    navigator.clipboard.writeText(text()).then(() => say("copied"), () => say("the browser does not let the page copy"));
  } }, label);
  return button;
}

/** Says something to those who listen to the page and, unless it is only `heard`, to those who look. */
function say(text, how = "shown") {
  const said = document.getElementById("said");
  said.className = how === "heard" ? "unseen" : "";
  said.textContent = text;
}

/** Gives a name as it counts in a search. */
const plain = (text) => text.trim().replaceAll(".", "/").replace(/(^|\/)\w+:/g, "$1").replace(/[\s_-]+/g, "").toLowerCase();

const finds = (query, names) => !plain(query) || names.some((name) => plain(name).includes(plain(query)));

/** Gives the names nearest to a misspelt one. */
function nearest(query) {
  const wanted = Array.from(plain(query).split("/").at(-1));
  const names = new Set(ROWS.flatMap((row) => [row.element, row.steps.at(-1)]));
  return [...names]
    .map((name) => ({ name, distance: edits(Array.from(plain(name)), wanted, 2) }))
    .filter(({ distance }) => distance <= 2)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}
