// The page: its parts, and the state that all of them show.

let state = FIRST;
let drawn = null;

const views = {
  response: responseTree(chooseElement, () => explanation.focus(), change),
  table: printedTable((path, column) => {
    change({ facts: chosen(state.facts, DATA.columnFact, column).facts, path });
    if (narrow.matches) explanation.focus();
  }),
  ...(VIEWS.includes("check") && {
    check: judgingView((facts, path) => {
      change({ facts, path, versus: null });
      if (narrow.matches) explanation.focus();
    }),
  }),
};
const explanation = explanationPanel(change, closeExplanation);
const narrow = matchMedia("(max-width: 62rem)");
const first = chooser("first", "the context", (facts, discarded) => change({ facts }, discarded));
const second = chooser("second", "the second context", (versus, discarded) => change({ versus }, discarded));

function chooseElement(path, byPointer) {
  change({ path });
  if (byPointer && narrow.matches) explanation.focus();
}

function closeExplanation() {
  const { path } = state;
  if (narrow.matches) change({ path: null });
  if (state.view === "response") views.response.focus(path);
}

/** Changes the state and the address; typing in the search field adds nothing to the history. */
function change(changes, discarded = []) {
  state = { ...state, ...changes };
  const address = `#${fragmentOf(state)}`;
  if (address !== location.hash) history["query" in changes ? "replaceState" : "pushState"](null, "", address);
  show();
  announce(discarded.join("; "));
}

function show() {
  first.update(state.facts);
  if (state.versus) second.update(state.versus);
  document.getElementById("second").hidden = !state.versus;
  document.getElementById("compare").hidden = Boolean(state.versus);
  document.getElementById("context").textContent = contextWords(contextOf(state.facts));
  document.body.dataset.view = state.view;
  for (const [name, view] of Object.entries(views)) {
    const tab = document.getElementById(`tab-${name}`);
    if (name === state.view) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
    tab.href = `#${fragmentOf({ ...state, view: name })}`;
    document.getElementById(name).hidden = name !== state.view;
  }
  views[state.view].update(state);
  explanation.update(state, state.view === "check" ? views.check.seenAt(state) : null);
  const search = document.getElementById("search");
  if (search.value !== state.query) search.value = state.query;
  drawn = location.hash;
}

function restore() {
  const read = stateAt(location.hash);
  state = read.state;
  show();
  announce(read.unknownParts.length ? `ignored parts of the link that this rulebook does not have: ${read.unknownParts.join(", ")}` : "");
}

function begin() {
  document.getElementById("chooser").append(first.element);
  document.getElementById("second-chooser").append(second.element);
  for (const [name, view] of Object.entries(views)) document.getElementById(name).append(view.element);
  document.getElementById("panel").append(explanation.element);
  document.getElementById("identity").textContent = `${DATA.rulebook.id} ${DATA.rulebook.version}, ${DATA.rulebook.digest.slice(0, 19)}…`;
  document.getElementById("search").addEventListener("input", (event) => change({ query: event.target.value }));
  document.getElementById("search-form").addEventListener("submit", (event) => { event.preventDefault(); firstFound(); });
  document.getElementById("compare").addEventListener("click", () => {
    change({ versus: { ...state.facts } });
    document.querySelector("#second-chooser input:checked").focus();
  });
  document.getElementById("stop").addEventListener("click", () => {
    change({ versus: null, only: state.only.filter((entry) => entry !== "changes") });
    document.getElementById("compare").focus();
  });
  document.getElementById("swap").addEventListener("click", () => change({ facts: state.versus, versus: state.facts }));
  document.querySelectorAll(".tabs a").forEach((tab) => tab.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    change({ view: tab.id.slice("tab-".length) });
  }));
  addEventListener("hashchange", () => { if (location.hash !== drawn) restore(); });
  addEventListener("popstate", () => { if (location.hash !== drawn) restore(); });
  document.getElementById("tab-check").hidden = !views.check;
  if (views.check) acceptDrops();
  document.getElementById("context-details").open = !narrow.matches;
  restore();
}

/** Selects the first element that the search finds. */
function firstFound() {
  const row = ROWS.find((entry) => finds(state.query, namesOf(entry)));
  const path = row?.path ?? DATA.decisions.unlisted.find((entry) => finds(state.query, [entry.path]))?.path;
  if (!path) return;
  change({ path });
  if (state.view === "response" && row) views.response.focus(path);
  if (narrow.matches) explanation.focus();
}

function acceptDrops() {
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("dropping"); });
  addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    document.body.classList.remove("dropping");
    change({ view: "check" });
    views.check.drop(Array.from(event.dataTransfer.files));
  });
}

// The same answers as data, for scripts; documented in docs/guides/explorer.md.
window.whosees = Object.freeze({
  check: (response, request = null, stated = {}) => check(response, request, statedClaims(stated)),
  explain(path, facts) {
    const context = contextOf(facts);
    const row = ROWS[ROW_AT.get(path)];
    return { ...explanationOf(context, row), expectation: expectationOf(context, row), marker: markerOf(context, row) };
  },
  closestRow(parent, name, otherNamespace = false) {
    const like = closestRow(parent, { name, otherNamespace });
    return like && [like.row.path, like.difference];
  },
  contexts: () => DATA.decisions.contexts.map((code) => contextWithCode(code).values),
});

begin();
