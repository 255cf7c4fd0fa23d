// The tree of a response: the expectation of each element, and the changes in a second context.

/** Creates the tree. It calls `choose(path)` when an element is chosen, and `enter` to move to its explanation. */
function responseTree(choose, enter, change) {
  const items = ROWS.map((row) => treeItem(row, choose));
  const itemAt = new Map(items.map((item) => [item.row.path, item]));
  for (const item of items) {
    const above = item.row.container === null ? null : itemAt.get(item.row.container);
    item.above = above;
    if (above) above.group.append(item.element);
  }
  const root = el("ul", { role: "tree", class: "tree", "aria-label": "elements of the response" },
    items.filter((item) => !item.above).map((item) => item.element));
  root.addEventListener("keydown", (event) => moveInTree(event, items, choose, enter));
  const chips = el("div", { class: "chips", role: "group", "aria-label": "show only" });
  const summary = el("p", { class: "summary" });
  const empty = el("p", { class: "empty" });
  const others = unlistedList(choose);
  return {
    element: el("div", {}, summary, chips, root, empty, others.element),
    update(state) {
      const context = contextOf(state.facts);
      const versus = state.versus && contextOf(state.versus);
      summary.replaceChildren(...summaryOf(context, versus));
      chips.replaceChildren(...chipsOf(state, context, versus, change));
      const wanted = new Set(ROWS.filter((row) => shown(state, context, versus, row)));
      const kept = new Set([...wanted].flatMap((row) => [row.path, ...aboveOf(row)]));
      items.forEach((item) => updateItem(item, { state, context, versus, wanted, kept }));
      const current = itemAt.get(state.path) ?? items.find((item) => !item.element.hidden);
      items.forEach((item) => { item.line.tabIndex = -1; item.element.tabIndex = item === current && !item.element.hidden ? 0 : -1; });
      if (current?.element.hidden) { const first = items.find((item) => !item.element.hidden); if (first) first.element.tabIndex = 0; }
      for (let item = itemAt.get(state.path)?.above; item; item = item.above) setOpen(item, true);
      const found = others.update(state);
      empty.replaceChildren(...(wanted.size || found ? [] : nothingFound(state, change)));
      empty.hidden = Boolean(wanted.size || found);
    },
    focus(path) {
      itemAt.get(path)?.element.focus();
    },
  };
}

function treeItem(row, choose) {
  const many = BELOW.get(row.path).length > 0;
  const names = row.steps.length > 1 ? [el("span", { class: "way" }, `${row.steps.slice(0, -1).join("/")}/`)] : [];
  const printed = row.element === row.steps.at(-1) ? null : el("span", { class: "printed" }, `printed ${row.element}`);
  const states = el("span", { class: "states" });
  const twisty = el("span", { class: many ? "twisty" : "twisty none", "aria-hidden": "true" });
  const line = el("div", { class: "line" }, twisty, el("span", { class: "name" }, ...names, row.steps.at(-1)), printed, states);
  const group = many ? el("ul", { role: "group" }) : null;
  const element = el("li", { role: "treeitem", "aria-expanded": many ? "true" : null, "data-path": row.path }, line, group);
  const item = { row, element, line, states, group, above: null };
  twisty.addEventListener("click", (event) => {
    if (!many) return;
    event.stopPropagation();
    setOpen(item, element.getAttribute("aria-expanded") !== "true");
  });
  line.addEventListener("click", () => choose(row.path, true));
  return item;
}

function setOpen(item, open) {
  if (item.group) item.element.setAttribute("aria-expanded", String(open));
}

function updateItem(item, { state, context, versus, wanted, kept }) {
  const { row } = item;
  const before = expectationOf(context, row);
  const after = versus && expectationOf(versus, row);
  const changed = after && after !== before;
  item.element.hidden = !kept.has(row.path);
  item.element.setAttribute("aria-selected", String(row.path === state.path));
  item.element.setAttribute("aria-level", String(aboveOf(row).length + 1));
  item.line.className = `line ${before}${changed ? " changed" : ""}${wanted.has(row) ? "" : " faint"}${row.path === state.path ? " chosen" : ""}`;
  const marker = markerOf(context, row);
  item.states.replaceChildren(
    markerChip(marker),
    badge(before),
    ...(changed ? [el("span", { class: "arrow", "aria-hidden": "true" }, "→"),
      ...(markerOf(versus, row) === marker ? [] : [markerChip(markerOf(versus, row))]), badge(after)] : []),
  );
  const then = changed ? `, in the second context ${EXPECTATIONS[after].text}` : after ? ", the same in the second context" : "";
  item.element.setAttribute("aria-label", `${row.steps.join("/")}: ${EXPECTATIONS[before].text}${then}; printed ${DATA.markers[marker].printed}`);
}

function aboveOf(row) {
  return row.container === null ? [] : [row.container, ...aboveOf(ROWS[ROW_AT.get(row.container)])];
}

const namesOf = (row) => [row.path, row.element, ...row.spellings];

function shown(state, context, versus, row) {
  const expected = expectationOf(context, row);
  const changed = versus && expectationOf(versus, row) !== expected;
  const only = state.only.filter((entry) => entry !== "changes" || versus);
  return finds(state.query, namesOf(row)) &&
    (!only.length || only.includes(expected) || (changed && only.includes("changes")));
}

function summaryOf(context, versus) {
  const inBold = (entry) => el("strong", {}, contextWords(entry));
  if (!versus) return ["Expected in a response for ", inBold(context), ":"];
  const rank = (expectation) => ["must-not", "masked", "may", "should", "must"].indexOf(expectation);
  const changes = ROWS.map((row) => rank(expectationOf(versus, row)) - rank(expectationOf(context, row)));
  const [more, less] = [changes.filter((change) => change > 0).length, changes.filter((change) => change < 0).length];
  const verdict = more || less
    ? `${counted(more, "element")} more visible, ${counted(less, "element")} less.` : "no element changes.";
  return ["From ", inBold(context), " to ", inBold(versus), ": ", verdict];
}

function chipsOf(state, context, versus, change) {
  const counts = { must: 0, should: 0, may: 0, masked: 0, "must-not": 0, changes: 0 };
  for (const row of ROWS) {
    counts[expectationOf(context, row)]++;
    if (versus && expectationOf(versus, row) !== expectationOf(context, row)) counts.changes++;
  }
  return SHOWN.filter((entry) => entry !== "changes" || versus).map((entry) => {
    const on = state.only.includes(entry);
    const label = entry === "changes" ? "changes" : EXPECTATIONS[entry].word;
    const chip = el("button", { type: "button", id: `only-${entry}`, class: `chip ${entry}`, "aria-pressed": String(on), onclick: () => {
      change({ only: on ? state.only.filter((other) => other !== entry) : [...state.only, entry] });
      document.getElementById(`only-${entry}`)?.focus();
    } }, el("span", { class: "sign", "aria-hidden": "true" }, EXPECTATIONS[entry]?.sign ?? "⇄"), label, " ", el("b", {}, String(counts[entry])));
    return chip;
  });
}

function nothingFound(state, change) {
  const offered = state.query ? closestNames(state.query) : [];
  return [
    state.query ? `No element is called “${state.query}”` : "No element matches",
    offered.length ? "; did you mean " : ".",
    ...offered.flatMap((name, at) => [at ? ", " : "", el("button", { type: "button", class: "link", onclick: () => change({ query: name }) }, name)]),
    offered.length ? "?" : "",
  ];
}

/** Creates the list of known elements that the table does not list. */
function unlistedList(choose) {
  const buttons = DATA.decisions.unlisted.map(({ path }) => ({
    path, button: el("button", { type: "button", class: "link", "data-path": path, onclick: () => choose(path, true) }, path),
  }));
  const title = el("summary", {});
  const element = el("details", { class: "others" }, title,
    el("ul", {}, buttons.map(({ button }) => el("li", {}, button))));
  return {
    element,
    update(state) {
      let found = 0;
      for (const { path, button } of buttons) {
        button.parentElement.hidden = !finds(state.query, [path]);
        if (!button.parentElement.hidden) found++;
        if (path === state.path) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
      }
      title.textContent = `${counted(found, "element")} that ${DATA.rulebook.table} does not list, known from real responses`;
      element.hidden = !found;
      if (state.query || UNLISTED_AT.has(state.path)) element.open = true;
      return normalizeName(state.query) ? found : 0;
    },
  };
}

/** Handles the keys of the ARIA tree pattern: arrows, Home, End, and Enter for the explanation. */
function moveInTree(event, items, choose, enter) {
  const here = items.find((item) => item.element === document.activeElement);
  if (!here || event.altKey || event.ctrlKey || event.metaKey) return;
  const seen = items.filter((item) => !item.element.hidden && isOpenAbove(item));
  const at = seen.indexOf(here);
  const open = here.element.getAttribute("aria-expanded");
  const to = { ArrowDown: () => seen[at + 1], ArrowUp: () => seen[at - 1], Home: () => seen[0], End: () => seen.at(-1),
    ArrowRight: () => (open === "false" ? setOpen(here, true) : open ? seen.find((item) => item.above === here) : null),
    ArrowLeft: () => (open === "true" ? setOpen(here, false) : here.above),
    Enter: () => { choose(here.row.path, false); enter(); }, " ": () => { choose(here.row.path, false); } }[event.key];
  if (!to) return;
  event.preventDefault();
  const next = to();
  if (next) {
    choose(next.row.path, false);
    next.element.focus();
  }
}

function isOpenAbove(item) {
  return !item.above || (item.above.element.getAttribute("aria-expanded") === "true" && isOpenAbove(item.above));
}
