"use strict";
(() => {
  const BATCH = 100;
  const SEVERITIES = ["error", "warning", "note"];
  const byId = (id) => document.getElementById(id);
  const read = (id) => JSON.parse(byId(id).textContent);
  const number = (n) => n.toLocaleString("en");
  const counted = (n, noun) => `${number(n)} ${noun}${n === 1 ? "" : "s"}`;

  // Text is inserted as text, never as markup.
  const make = (tag, kind, ...inside) => {
    const element = document.createElement(tag);
    if (kind) element.className = kind;
    element.append(...inside);
    return element;
  };

  const rules = read("rules");
  const contexts = [];
  const findings = [];
  const responses = [];
  for (const [kind, ...entry] of read("data")) {
    if (kind === "c") contexts.push(entry[0]);
    else if (kind === "f") {
      const [rule, severity, path, message, where, command, reasons, cause, explored] = entry;
      findings.push({ rule, severity, path, message, where, command, reasons, cause, explored });
    } else if (kind === "r") {
      const [name, outcome, reason, details, context, column, found] = entry;
      const counts = [0, 0, 0];
      const words = [name, contexts[context], reason];
      for (const [index] of found) {
        counts[findings[index].severity] += 1;
        words.push(findings[index].rule, findings[index].path);
      }
      responses.push({ name, outcome, reason, details, context, column, found, counts, words: words.join("\n").toLowerCase() });
    }
  }

  const list = byId("list");
  const more = byId("more");
  const cellButton = byId("cell");
  const controls = Object.fromEntries(["find", "outcome", "column", "rule", "order"].map((id) => [id, byId(id)]));
  let cell = null;
  let shown = [];
  let rendered = 0;

  const formatLines = (finding, lines) => {
    if (!lines.length) return "";
    const few = lines.slice(0, 8).join(", ");
    const rest = lines.length > 8 ? ` and ${number(lines.length - 8)} more` : "";
    return `${finding.where}line${lines.length > 1 ? "s" : ""} ${few}${rest}`;
  };

  const copyButton = (text, code) => {
    const button = make("button", "copy", "Copy");
    button.type = "button";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(code);
        button.textContent = "Selected";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    return button;
  };

  // Text between backticks is a name.
  const withCode = (text) => text.split("`").map((part, index) => (index % 2 ? make("code", "", part) : part));

  const collapsed = (kind, title, entries) => {
    const details = make("details", kind, make("summary", "", title));
    details.addEventListener("toggle", () => {
      if (details.open && details.childElementCount === 1) details.append(...entries());
    });
    return details;
  };

  const findingElement = ([index, ...lines], caused) => {
    const finding = findings[index];
    const title = make("h4", "", make("span", "path", finding.path || rules[finding.rule][0]));
    title.append(make("span", "where", formatLines(finding, lines)));
    const element = make("article", "finding", title, make("p", "", ...withCode(finding.message)));
    if (finding.reasons.length) {
      element.append(make("ol", "", ...finding.reasons.map(([text, cite]) => make("li", "", ...withCode(text), make("cite", "", cite)))));
    }
    const code = make("code", "", finding.command);
    element.append(make("div", "command", code, copyButton(finding.command, code)));
    if (finding.explored) {
      const link = make("a", "explored", "Open in the explorer");
      link.href = `explorer.html#${finding.explored}`;
      link.title = "explorer.html next to this page; `whosees explore` writes it";
      element.append(link);
    }
    if (caused.length) {
      const title = `and ${counted(caused.length, "element")} in it`;
      element.append(collapsed("caused", title, () => caused.map((entry) => findingElement(entry, []))));
    }
    return element;
  };

  // Groups findings of one rule: those that another one explains go below it, at any depth.
  const groupByCause = (found) => {
    const heads = [];
    const headOf = new Map();
    for (const entry of found) {
      const { path, cause } = findings[entry[0]];
      const head = headOf.get(cause) || { entry, caused: [] };
      if (head.entry === entry) heads.push(head);
      else head.caused.push(entry);
      if (path) headOf.set(path, head);
    }
    return heads;
  };

  const groupsByRule = (found) => {
    const byRule = new Map();
    for (const entry of found) {
      const { rule } = findings[entry[0]];
      if (!byRule.has(rule)) byRule.set(rule, []);
      byRule.get(rule).push(entry);
    }
    return [...byRule].map(([rule, entries]) => {
      const [when, meaning, remedy] = rules[rule];
      const severity = findings[entries[0][0]].severity;
      const title = make("h3", "", make("span", `tag s${severity}`, rule), make("span", "when", when));
      const section = make("section", "group", title, make("p", "fine", `${meaning} ${remedy}`));
      section.append(...groupByCause(entries).map(({ entry, caused }) => findingElement(entry, caused)));
      return section;
    });
  };

  const fill = (details, response) => {
    const inside = make("div", "inside");
    for (const text of response.details) if (text) inside.append(make("p", "detail", text));
    const notes = response.found.filter(([index]) => findings[index].severity === 2);
    inside.append(...groupsByRule(response.found.filter(([index]) => findings[index].severity !== 2)));
    if (notes.length) inside.append(collapsed("notes", counted(notes.length, "note"), () => groupsByRule(notes)));
    if (!response.found.length && !inside.childElementCount) inside.append(make("p", "detail", "No findings."));
    details.append(inside);
  };

  const responseElement = (response) => {
    const tags = make("span", "counts", make("span", `tag ${response.outcome}`, response.outcome + (response.reason ? `: ${response.reason}` : "")));
    response.counts.forEach((n, severity) => {
      if (n) tags.append(make("span", `tag s${severity}`, counted(n, SEVERITIES[severity])));
    });
    const summary = make("summary", "", make("span", "name", response.name), tags, make("span", "context", contexts[response.context]));
    const details = make("details", `response ${response.outcome}`, summary);
    details.addEventListener("toggle", () => {
      if (details.open && details.childElementCount === 1) fill(details, response);
    });
    return details;
  };

  const render = () => {
    const next = shown.slice(rendered, rendered + BATCH);
    list.append(...next.map(responseElement));
    rendered += next.length;
    const left = shown.length - rendered;
    more.hidden = left === 0;
    more.textContent = `Show more (${number(left)} left)`;
  };

  const matches = (response, words) => {
    if (controls.outcome.value && response.outcome !== controls.outcome.value) return false;
    if (controls.column.value && response.column !== controls.column.value) return false;
    const rule = controls.rule.value;
    if (rule && !response.found.some(([index]) => findings[index].rule === rule)) return false;
    if (cell) {
      if (response.column !== cell.column) return false;
      const here = ([index]) => findings[index].path === cell.path && ["leaked", "unmasked", "missing", "omitted"].includes(findings[index].rule);
      if (!response.found.some(here)) return false;
    }
    return words.every((word) => response.words.includes(word));
  };

  const update = () => {
    const words = controls.find.value.toLowerCase().split(/\s+/).filter(Boolean);
    shown = responses.filter((response) => matches(response, words));
    if (controls.order.value === "errors") {
      shown.sort((a, b) => b.counts[0] - a.counts[0] || b.counts[1] - a.counts[1]);
    }
    list.replaceChildren();
    rendered = 0;
    render();
    byId("shown").textContent = shown.length === responses.length
      ? counted(shown.length, "response")
      : `${number(shown.length)} of ${counted(responses.length, "response")}`;
    if (!shown.length) list.append(make("p", "empty", responses.length ? "No response matches." : "No response to check."));
    cellButton.hidden = !cell;
    if (cell) cellButton.textContent = `Only ${cell.path} for ${cell.column}: show all`;
  };

  let timer = 0;
  controls.find.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(update, 60);
  });
  for (const id of ["outcome", "column", "rule", "order"]) controls[id].addEventListener("change", update);
  more.addEventListener("click", render);
  new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting) && !more.hidden) render();
  }, { rootMargin: "600px" }).observe(more);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !["INPUT", "SELECT"].includes(event.target.tagName)) {
      event.preventDefault();
      controls.find.focus();
    }
  });

  // The table is one stop of the Tab key; arrow keys move to the nearest cell that is a button.
  const cells = [...document.querySelectorAll(".map button")];
  const selectCell = (button) => {
    for (const other of cells) other.removeAttribute("aria-pressed");
    const same = cell && button && cell.path === button.dataset.path && cell.column === button.dataset.column;
    cell = button && !same ? { path: button.dataset.path, column: button.dataset.column } : null;
    if (cell) button.setAttribute("aria-pressed", "true");
    update();
  };
  const position = (button) => [button.closest("tr").rowIndex, button.closest("td").cellIndex];
  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const neighbour = (button, [down, right]) => {
    const [row, column] = position(button);
    let best = null;
    for (const other of cells) {
      const [r, c] = position(other);
      const along = down ? (r - row) * down : (c - column) * right;
      const across = down ? Math.abs(c - column) : Math.abs(r - row);
      if (along <= 0) continue;
      const distance = along + across * 100;
      if (!best || distance < best[0]) best = [distance, other];
    }
    return best && best[1];
  };
  if (cells.length) cells[0].tabIndex = 0;
  for (const button of cells) {
    button.addEventListener("click", () => {
      selectCell(button);
      const above = byId("responses").getBoundingClientRect().top < 0;
      if (cell && (above || innerWidth <= 1024)) byId("responses").scrollIntoView();
    });
    button.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      const next = step && neighbour(button, step);
      if (!step) return;
      event.preventDefault();
      if (!next) return;
      button.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
  }
  cellButton.addEventListener("click", () => {
    selectCell(null);
    controls.find.focus();
  });
  if (innerWidth <= 1024) byId("map").open = false;
  update();
})();
