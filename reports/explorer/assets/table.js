// The table as printed, with its notes and interpretations.

/** Creates the table. It calls `choose(path, column)` when a cell is chosen. */
function printedTable(choose) {
  const cells = [];
  const rows = ROWS.map((row) => {
    const line = DATA.columns.map((column) => {
      const cell = el("a", { href: "#", tabindex: "-1", class: `cell ${DATA.markers[row.cells[column.id]].style}`,
        "aria-label": `${row.element}, ${column.printed}: ${DATA.markers[row.cells[column.id]].printed}, ${DATA.markers[row.cells[column.id]].meaning}`,
        onclick: (event) => { if (!event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); choose(row.path, column.id); } } },
      DATA.markers[row.cells[column.id]].printed);
      cells.push({ row, column, cell });
      return el("td", {}, cell);
    });
    const printed = el("th", { scope: "row" }, el("span", { class: "name" }, row.element),
      row.path === row.element ? null : el("span", { class: "path" }, row.path));
    return { row, line: el("tr", {}, el("td", { class: "number" }, String(row.number)), printed, line, el("td", { class: "comment" }, row.comment)) };
  });
  const heads = DATA.columns.map((column) => el("th", { scope: "col", title: column.title }, el("abbr", { title: column.title }, column.printed)));
  const table = el("table", { class: "printed-table" },
    el("caption", {}, `${DATA.rulebook.table}: ${counted(ROWS.length, "row")}, as printed. Choose a cell for its explanation.`),
    el("thead", {}, el("tr", {}, el("th", { scope: "col", class: "number" }, "row"), el("th", { scope: "col" }, "element"), heads, el("th", { scope: "col", class: "comment" }, "comments"))),
    el("tbody", {}, rows.map((entry) => entry.line)));
  table.addEventListener("keydown", (event) => moveInTable(event, cells));
  return {
    element: el("div", {}, legend(), el("div", { class: "scroll" }, table), ...readings()),
    update(state) {
      const column = state.facts[DATA.columnFact];
      rows.forEach(({ row, line }) => { line.hidden = !finds(state.query, namesOf(row)); });
      const open = cells.filter(({ row }) => finds(state.query, namesOf(row)));
      const current = open.find((entry) => entry.row.path === state.path && entry.column.id === column) ?? open[0];
      for (const entry of cells) {
        const facts = chosen(state.facts, DATA.columnFact, entry.column.id).facts;
        entry.cell.href = `#${fragmentOf({ ...state, facts, path: entry.row.path })}`;
        entry.cell.tabIndex = entry === current ? 0 : -1;
        const here = entry.row.path === state.path && entry.column.id === column;
        if (here) entry.cell.setAttribute("aria-current", "true");
        else entry.cell.removeAttribute("aria-current");
      }
    },
  };
}

function legend() {
  return el("dl", { class: "legend" }, Object.values(DATA.markers).map((marker) => el("div", {},
    el("dt", {}, el("span", { class: `marker ${marker.style}` }, marker.printed)), el("dd", {}, marker.statement))));
}

/** Returns notes, interpretations, variables, unlisted elements and sources. */
function readings() {
  const { notes, interpretations, variables, sources, decisions } = DATA;
  const list = (title, items) => (items.length ? [el("h2", {}, title), el("ul", { class: "readings" }, items)] : []);
  return [
    ...list("Notes", notes.map((note) => el("li", {}, prose(note.text), " ", cite(note.cite)))),
    ...list("Interpretations, where the page is silent or unclear", interpretations.map((entry) =>
      el("li", { id: `reading-${entry.id}` }, el("strong", {}, `${entry.id} ${entry.title}. `), prose(entry.text), " ", cite(entry.basis)))),
    ...(variables ? [...list(variables.title, variables.names.map((entry) => el("li", {}, el("code", {}, entry.name), ` ${entry.text}`)))] : []),
    ...list(`Elements that ${DATA.rulebook.table} does not list`, [el("li", {}, decisions.unlisted.map(({ path }, at) => [at ? ", " : "", el("code", {}, path)]))]),
    ...list("Sources", sources.map((source) => el("li", {}, source.title, " ", cite(source.basis)))),
  ];
}

const cite = (text) => el("span", { class: "cite" }, text);

function moveInTable(event, cells) {
  const across = DATA.columns.length;
  const open = cells.filter(({ cell }) => !cell.closest("tr").hidden);
  const at = open.findIndex(({ cell }) => cell === document.activeElement);
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[event.key];
  if (at < 0 || !step || !open[at + step] || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  open[at].cell.tabIndex = -1;
  open[at + step].cell.tabIndex = 0;
  open[at + step].cell.focus();
}
