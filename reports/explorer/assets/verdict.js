// The view that judges a recorded response. Nothing of it leaves the page, and no element's text is shown.

/** Returns the claims that the user states, by values or by names that override evidence, such as `refused`. */
function statedClaims(stated) {
  return Object.entries(stated).map(([fact, text]) => {
    const claim = { fact, value: text, source: `--${fact}`, precedence: STATED, overrides: null };
    for (const value of FACTS.find(({ id }) => id === fact).values) {
      const overrides = value.overrides.find(({ name }) => name === text);
      if (overrides) return { ...claim, value: value.id, overrides: overrides.evidence };
    }
    return claim;
  });
}

/** Creates the view. It calls `choose(context, path)` when the element of a finding is chosen. */
function judgingView(choose) {
  const stated = {};
  let results = [];
  const judgeInputs = () => {
    results = inputs.response.content === null ? [] : judgedResults(inputs, stated);
    outcome.replaceChildren(...(results.length ? resultParts(results, choose) : []));
    if (results.length) announce(results.map((entry) => `${entry.outcome}: ${counted(entry.findings.length, "finding")}`).join("; "), "heard");
  };
  const inputs = {
    response: input("response", "Response", "The recorded response: an XML file", judgeInputs),
    request: input("request", "Request", "Its request, if it was recorded: it shows caller and password", judgeInputs),
  };
  const outcome = el("div", { class: "outcome", id: "outcome" });
  const element = el("div", { class: "judging" },
    el("p", { class: "promise" }, 
      "Drop a recorded response here, and its request if you have it. It is judged in this page: nothing is sent anywhere, and no value of it is shown."),
    el("div", { class: "inputs" }, inputs.response.element, inputs.request.element),
    statedChoice(stated, judgeInputs), outcome);
  return {
    element,
    async drop(files) {
      for (const file of files) await inputs[await kindOf(file)].read(file);
    },
    seenAt(state) {
      const context = contextOf(state.facts);
      const roots = results.filter((entry) => ROOTS.has(entry) && contextOf(valuesOf(entry)).code === context.code);
      return roots.length && state.path ? linesAt(ROOTS.get(roots[0]), state.path) : null;
    },
    update() {},
  };
}

const valuesOf = (result) => Object.fromEntries(Object.entries(result.context).map(([fact, { value }]) => [fact, value]));

function judgedResults(inputs, stated) {
  const resolved = resolveClaims(statedClaims(stated));
  if (resolved.clash) return [{ index: 0, outcome: "unchecked", reason: "usage", detail: resolved.clash, context: {}, findings: [], undetermined: [], depends_on: [] }];
  return check(inputs.response.content, inputs.request.content, statedClaims(stated), inputs.request.fileName);
}

/** Returns "request" or "response", by the content of a file, or by its name if it cannot be parsed. */
async function kindOf(file) {
  try {
    requestsOf(new Uint8Array(await file.slice(0, WIRE.limits.size + 1).arrayBuffer()));
    return "request";
  } catch {
    return /\.request\.[a-z]+$/i.test(file.name) ? "request" : "response";
  }
}

/** Creates an input for a file or a pasted text; its `content` is null as long as it is empty. */
function input(id, title, hint, changed) {
  const state = { content: null, fileName: "" };
  const status = el("p", { class: "status", id: `${id}-status`, role: "status" }, "nothing yet");
  const clear = el("button", { type: "button", class: "quiet", hidden: true, onclick: () => set(null, "", "nothing yet") }, `remove the ${id}`);
  const file = el("input", { type: "file", id: `${id}-file`, accept: ".xml,text/xml,application/xml,text/plain", "aria-describedby": `${id}-status`, onchange: () => file.files[0] && read(file.files[0]) });
  const area = el("textarea", { id: `${id}-text`, rows: "6", spellcheck: "false", autocomplete: "off", oninput: () => set(area.value || null, "", area.value ? `pasted, ${counted(area.value.length, "character")}` : "nothing yet") });
  const set = (content, fileName, text) => {
    Object.assign(state, { content, fileName });
    status.textContent = text;
    clear.hidden = content === null;
    if (content === null) { file.value = ""; area.value = ""; }
    changed();
  };
  const read = async (chosenFile) => {
    const bytes = new Uint8Array(await chosenFile.slice(0, WIRE.limits.size + 1).arrayBuffer());
    area.value = "";
    set(bytes, chosenFile.name, `${chosenFile.name}, ${counted(chosenFile.size, "byte")}`);
  };
  const element = el("section", { class: "input", "aria-label": title },
    el("h2", {}, title), el("p", { class: "hint-line" }, hint),
    el("label", { class: "pick", for: `${id}-file` }, `Choose the ${id}…`), file,
    el("details", {}, el("summary", {}, "or paste it"), el("label", { for: `${id}-text`, class: "visually-hidden" }, `${title} as text`), area),
    status, clear);
  return { element, read, get content() { return state.content; }, get fileName() { return state.fileName; } };
}

/** Creates the form for facts that the messages do not show. */
function statedChoice(stated, judgeInputs) {
  const selects = FACTS.map((fact, at) => {
    const names = [...VALUES[at].slice(1), ...fact.values.flatMap((value) => value.overrides.map(({ name }) => name)), UNKNOWN];
    const select = el("select", { id: `stated-${fact.id}`, onchange: () => {
      if (select.value) stated[fact.id] = select.value;
      else delete stated[fact.id];
      judgeInputs();
    } }, el("option", { value: "" }, "as the messages show"), names.map((name) => el("option", { value: name }, name)));
    return el("div", {}, el("label", { for: select.id }, fact.label), select);
  });
  return el("details", { class: "stated" }, el("summary", {}, "State facts that the messages do not show"), el("div", { class: "selects" }, selects));
}

function resultParts(results, choose) {
  return [el("h2", { class: "visually-hidden" }, "Result"), ...results.map((result) => resultCard(result, results.length, choose))];
}

function resultCard(result, count, choose) {
  const body = count > 1 ? ` (body ${result.index + 1})` : "";
  const severities = SEVERITIES.map((severity) => [severity, result.findings.filter((finding) => finding.severity === severity).length])
    .filter(([, number]) => number).map(([severity, number]) => counted(number, severity));
  const context = Object.keys(result.context).length ? contextOf(valuesOf(result)) : null;
  return el("article", { class: `result ${result.outcome}` },
    el("h3", {}, el("span", { class: "outcome-word" }, result.outcome), body, result.reason ? el("span", { class: "reason" }, ` ${result.reason}`) : null),
    severities.length ? el("p", { class: "totals" }, severities.join(", ")) : null,
    el("p", { class: "facts" }, contextText(result)),
    result.detail ? el("p", {}, prose(sentence(result.detail)), ".") : null,
    groupsOf(result).map((group) => groupPart(group, context, choose)),
    undecidedPart(result));
}

/** Returns the context of a result in words, with the source of each fact. */
function contextText(result) {
  return Object.entries(result.context).map(([id, { value, from }]) => {
    const label = id === DATA.columnFact && value !== UNKNOWN ? "" : `${FACTS.find((fact) => fact.id === id).label} `;
    return `${label}${value}${from === "default" ? "" : ` (${from})`}`;
  }).join(", ");
}

function undecidedPart(result) {
  if (!result.undetermined.length) return null;
  const are = result.depends_on.length === 1 ? "is" : "are";
  return el("p", { class: "left-open" },
    `${counted(result.undetermined.length, "element")} undecided because ${result.depends_on.join(" and ")} ${are} unknown; state it above or add the request to decide them.`);
}

/** Groups findings of the same rule that have the same reason. */
function groupsOf(result) {
  const groups = new Map();
  for (const finding of result.findings) {
    const key = `${finding.rule} ${finding.because || finding.message}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()];
}

function groupPart(group, context, choose) {
  const [first] = group;
  const rule = DATA.rules[first.rule];
  const paths = new Set(group.map((finding) => finding.path));
  const heads = group.filter((finding) => finding.cause === null || !paths.has(finding.cause));
  const items = heads.filter((head) => head.path !== null).map((head) => findingPart(head, group, context, choose));
  const inner = [items.length ? el("ul", { class: "found" }, items) : null,
    el("p", { class: "because" }, prose(sentence(first.because || first.message)), "."),
    el("details", { class: "rule" }, el("summary", {}, `What “${first.rule}” means`), el("p", {}, rule.meaning), el("p", {}, `What to do: ${rule.remedy}`))];
  const title = [el("span", { class: `severity ${first.severity}` }, first.severity), " ", el("b", {}, first.rule), `: ${rule.when} (${numbered(group.length)})`];
  if (first.severity === "note") return el("details", { class: `group ${first.severity}` }, el("summary", {}, title), inner);
  return el("section", { class: `group ${first.severity}` }, el("h4", {}, title), inner);
}

function findingPart(head, group, context, choose) {
  const caused = causedBy(head, group);
  const where = head.lines.length ? `${["missing", "omitted"].includes(head.rule) ? "in the element of " : ""}line${head.lines.length > 1 ? "s" : ""} ${linesText(head.lines)}` : "";
  const inside = caused.map((finding) => [finding.path.startsWith(`${head.path}/`) ? finding.path.slice(head.path.length + 1) : finding.path, finding]);
  return el("li", {}, pathPart(head.path, head.path, head, context, choose), " ", el("span", { class: "lines" }, where),
    caused.length ? el("div", { class: "caused" }, "and in it ", inside.map(([name, finding], at) => [at ? ", " : "", pathPart(finding.path, name, finding, context, choose)])) : null);
}

/** Returns a path as a button that opens its explanation, or as text if there is none. */
function pathPart(path, shownAs, finding, context, choose) {
  const target = ROW_AT.has(path) || UNLISTED_AT.has(path) ? path : ROW_AT.has(finding.explains) ? finding.explains : null;
  if (!context || !target) return el("code", {}, shownAs);
  const facts = statedOf(context);
  return el("a", { href: `#${fragmentOf({ ...FIRST, facts, path: target })}`, onclick: (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    choose(facts, target);
  } }, el("code", {}, shownAs));
}

function causedBy(head, group) {
  const paths = new Set([head.path]);
  return group.filter((finding) => {
    const caused = finding !== head && paths.has(finding.cause);
    if (caused) paths.add(finding.path);
    return caused;
  });
}
