// The explanation of an element: the answer, why, and what would make it appear.

/** Creates the panel. It calls `change` to show another state, and `close` when it is dismissed. */
function explanationPanel(change, close) {
  const element = el("section", { class: "explanation", "aria-label": "explanation", tabindex: "-1" });
  element.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  return {
    element,
    update(state, seen) {
      element.classList.toggle("open", state.path !== null);
      element.replaceChildren(...(state.path === null ? hintParts() : panelParts(state, seen, change, close)));
      element.scrollTop = 0;
    },
    focus: () => element.focus(),
  };
}

function hintParts() {
  return [el("div", { class: "hint" }, el("p", { class: "big", "aria-hidden": "true" }, "◉"),
    el("p", {}, "Choose an element to read why it is there or not, and what would change that."),
    el("dl", { class: "meanings" }, Object.entries(EXPECTATIONS).map(([expectation, { means }]) =>
      el("div", {}, el("dt", {}, badge(expectation)), el("dd", {}, means)))))];
}

function panelParts(state, seen, change, close) {
  const row = ROWS[ROW_AT.get(state.path)];
  const context = contextOf(state.facts);
  const closing = el("button", { type: "button", class: "close", "aria-label": "close the explanation", onclick: close }, "✕");
  if (!row) return [closing, ...unlistedParts(state.path)];
  const printed = row.element === row.steps.at(-1) ? "" : `, printed ${row.element}`;
  const head = [closing, el("h2", {}, el("code", {}, row.path)), el("p", { class: "where" }, `row ${row.number} of ${DATA.rulebook.table}${printed}`)];
  const tools = el("div", { class: "tools" },
    copyButton("Copy link", () => location.href), copyButton("Copy command", () => explainCommand(row.path, context)));
  const command = el("p", { class: "command" }, el("code", {}, explainCommand(row.path, context)));
  const versus = state.versus && contextOf(state.versus);
  const answers = versus
    ? [el("h3", { class: "which" }, "First context"), ...answerParts(state, context, row, seen, change),
      el("h3", { class: "which" }, "Second context"), ...answerParts(state, versus, row, null, change)]
    : answerParts(state, context, row, seen, change);
  return [...head, ...answers, command, tools];
}

function answerParts(state, context, row, seen, change) {
  const explanation = explanationOf(context, row);
  const why = [...explanation.because.map((reason) => el("li", {}, prose(reason.text), " ", cite(reason.cite))),
    ...explanation.interpretations.map((entry) => el("li", { class: "reading" },
      el("details", {}, el("summary", {}, `${entry.title}. `, cite(entry.id)), el("p", {}, prose(entry.text))))),
    ...explanation.notes.map((note) => el("li", {}, "Note: ", prose(note.text), " ", cite(note.cite)))];
  return [
    el("p", { class: "verdict" }, badge(expectationOf(context, row)), " ", el("span", {}, `for ${contextWords(context)}`)),
    el("p", { class: "answer" }, prose(explanation.summary)),
    seen ? el("p", { class: "seen" }, seen.length ? `It is on line${seen.length > 1 ? "s" : ""} ${linesText(seen)} of the response.` : "It is not in the response.") : null,
    el("h3", {}, "What would make it appear"), ...remedyParts(state, context, explanation.ways, change),
    el("h3", {}, "Why"), el("ol", { class: "why" }, why),
    explanation.elsewhere ? el("p", { class: "elsewhere" }, el("b", {}, `Other ${DATA.columnFact}s: `), explanation.elsewhere) : null,
  ].filter(Boolean);
}

const linesText = (lines) => lines.slice(0, 8).join(", ") + (lines.length > 8 ? ` and ${lines.length - 8} more` : "");

function remedyParts(state, context, ways, change) {
  const attempt = (changes, label, description) => el("button", { type: "button", class: "try", "aria-label": `compare with ${description}`, onclick: () => change({ versus: changed(context, changes), view: state.view === "check" ? "response" : state.view }) }, label);
  const step = (entry, column) => el("li", {}, sentence(entry.text), " ",
    attempt({ ...entry.changes, ...(column ? { [DATA.columnFact]: column } : {}) }, "compare", entry.text));
  return [
    el("p", {}, `${sentence(ways.text)}${ways.here.length ? ":" : "."}`),
    ways.here.length ? el("ul", { class: "ways" }, ways.here.map((entry) => step(entry))) : null,
    ...ways.elsewhere.flatMap((entry) => [
      el("p", {}, `${sentence(entry.text)}${entry.steps.length ? ":" : "."} `,
        entry.steps.length ? null : entry.columns.map((column) => [attempt({ [DATA.columnFact]: column.id }, column.printed, column.title), " "])),
      entry.steps.length ? el("ul", { class: "ways" }, entry.steps.map((way) => step(way, entry.columns[0].id))) : null,
    ]),
  ].filter(Boolean);
}

/** Returns the stated facts of a context after changes, without those that others imply. */
function changed(context, changes) {
  return Object.entries(changes).reduce((facts, [fact, value]) => chosen(facts, fact, value).facts, statedOf(context));
}

function unlistedParts(path) {
  const entry = UNLISTED_AT.get(path);
  const readings = DATA.interpretations.filter(({ id }) => entry.interpretations.includes(id));
  return [
    el("h2", {}, el("code", {}, path)), el("p", { class: "where" }, `not in ${DATA.rulebook.table}`),
    el("p", { class: "answer" }, prose(entry.summary)), el("h3", {}, "Why"),
    el("ol", { class: "why" }, entry.because.map(([text, source]) => el("li", {}, prose(text), " ", cite(source))),
      readings.map((reading) => el("li", { class: "reading" },
        el("details", {}, el("summary", {}, `${reading.title}. `, cite(reading.id)), el("p", {}, prose(reading.text)))))),
    el("p", { class: "command" }, el("code", {}, explainCommand(path, null))),
  ];
}
