// The choice of a context: one group of radio buttons for each fact.

/** Creates a chooser. It calls `change(facts, discarded)` after a choice; `update(facts)` shows the current facts. */
function chooser(name, title, change) {
  let facts = {};
  const groups = FACTS.map((fact, at) => {
    const values = fact.id === DATA.columnFact ? VALUES[at].slice(1) : [...VALUES[at].slice(1), UNKNOWN];
    const options = values.map((value) => {
      const input = el("input", { type: "radio", name: `${name}-${fact.id}`, value, onchange: () => {
        const next = chosen(facts, fact.id, value);
        change(next.facts, next.discarded);
      } });
      return { value, input, label: el("label", { class: "option" }, input, optionText(fact, value)) };
    });
    const follows = el("p", { class: "follows" });
    const group = el("fieldset", { class: fact.id === DATA.columnFact ? "fact columns" : "fact" },
      el("legend", {}, fact.label), el("div", { class: "options" }, options.map((option) => option.label)), follows);
    return { fact, options, follows, group };
  });
  return {
    element: el("div", { class: "chooser", role: "group", "aria-label": title }, groups.map((entry) => entry.group)),
    update(next) {
      facts = next;
      const { values } = contextOf(facts);
      for (const { fact, options, follows } of groups) {
        options.forEach(({ value, input }) => { input.checked = values[fact.id] === value; });
        follows.textContent = impliedFacts(values).has(fact.id) ? followsText(fact.id, values) : "";
      }
    },
  };
}

function optionText(fact, value) {
  if (fact.id !== DATA.columnFact) return el("span", {}, value);
  const column = columnOf(value);
  return el("span", {}, el("b", {}, column.printed), " ", el("span", { class: "title" }, column.title));
}

function followsText(fact, values) {
  const from = DATA.implications.find((entry) => entry.then[fact] !== undefined && holds(entry.when, values));
  return `implied: ${from.text} (${from.cite})`;
}
