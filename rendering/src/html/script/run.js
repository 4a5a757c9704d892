// Connects the parts of a run's page.

function start() {
  const data = decode();
  readColours();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    readColours();
    onTheme.forEach((redraw) => redraw());
  });
  const state = { hiddenKinds: new Set(), node: -1, lit: null, onlyLit: false, message: -1 };
  const values = new Values(data);
  let diagram = null;
  let motion = null;

  const light = (lit) => {
    state.lit = lit;
    document.body.dataset.lit = lit === null ? "" : lit.size;
    // Without a journal there is no diagram, and nothing to light up.
    if (diagram === null) return;
    byId("only-lit").disabled = lit === null;
    if (lit === null) {
      state.onlyLit = false;
      byId("only-lit").setAttribute("aria-pressed", "false");
    }
    byId("clear").disabled = lit === null;
    diagram.redraw();
  };
  const reveal = (times) => {
    if (motion === null || times.length === 0) return;
    // Not by arguments: there may be more than a call can have.
    const from = times.reduce((a, b) => Math.min(a, b));
    const until = times.reduce((a, b) => Math.max(a, b));
    const { view } = diagram;
    const isLegible = until - from > (view.until - view.from) / 12;
    if (isLegible && from >= view.from && until <= view.until) return;
    const span = Math.max((until - from) * 1.5, LEAST_SPAN);
    motion.show(from - span * 0.16, span);
  };
  const timesOf = (set) => [...set].flatMap((i) => {
    const { sent, arrived } = data.messages;
    return Number.isNaN(arrived[i]) ? [sent[i]] : [sent[i], arrived[i]];
  });

  const go = {
    clear() {
      state.message = -1;
      light(null);
      table?.mark(-1);
      details.clear();
    },
    operation(at) {
      state.message = -1;
      const lit = causedBy(data, at);
      light(lit);
      reveal(lit.size > 0 ? timesOf(lit) : [data.operations.invoked[at]]);
      const [first] = data.operations.messagesOf(at);
      if (first !== undefined) motion.revealLane(data.messages.to[first]);
      details.operation(at, lit);
    },
    message(i, keepsLit = false) {
      state.message = i;
      const operation = data.messages.operation[i];
      const caused = operation < 0 ? new Set([i]) : causedBy(data, operation);
      if (!keepsLit) {
        light(caused);
        table?.mark(operation);
      }
      motion?.reveal(data.messages.sent[i]);
      motion?.revealLane(data.messages.to[i]);
      details.message(i, caused);
      diagram?.redraw();
    },
    value(value) {
      state.message = -1;
      const trace = values.follow(value);
      light(trace.carriers);
      table?.mark(trace.writes[0] ?? -1);
      reveal(timesOf(trace.carriers));
      details.value(value, trace);
    },
  };
  const details = new Details(data, byId("details") ?? make("div"), values, go);
  details.clear();
  const table = data.operations.count === 0 ? null
    : new OperationTable(data, byId("rows"), { onChoose: (at) => go.operation(at) });

  if (data.messages.count > 0) {
    diagram = new Diagram(data, byId("messages"), state);
    motion = new Motion(diagram, byId("strip"), {
      // With only the chosen ones in view, these stay chosen.
      onPick: (i) => (i < 0 ? go.clear() : go.message(i, state.onlyLit)),
    });
    listenToFilters(data, state, diagram, motion, go);
  }
  plotAll(data, (time) => motion?.centre(time));
  if (table !== null) listenToSearch(table);
  listenToValue(values, go);
  addEventListener("keydown", (event) => globalKey(event, go));
  light(null);
  document.body.dataset.ready = "true";
}

function globalKey(event, go) {
  const isTyping = event.target.matches("input, select, textarea");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
    byId("search")?.focus();
    event.preventDefault();
  } else if (event.key === "Escape") {
    if (isTyping) event.target.blur();
    go.clear();
    showTip(null);
  }
}

function listenToFilters(data, state, diagram, motion, go) {
  const kinds = byId("kinds");
  const counts = new Array(data.kinds.length).fill(0);
  for (const kind of data.messages.kind) counts[kind]++;
  data.kinds.forEach((name, kind) => kinds.append(make("button", {
    type: "button", "aria-pressed": "true", class: `k-${kind % KIND_COLOURS}`,
    onclick: (event) => {
      const isHidden = state.hiddenKinds.has(kind);
      if (isHidden) state.hiddenKinds.delete(kind);
      else state.hiddenKinds.add(kind);
      event.currentTarget.setAttribute("aria-pressed", isHidden);
      diagram.redraw();
    },
  }, `${shortened(name, 30)} ${count(counts[kind])}`)));
  const node = byId("node");
  data.nodes.forEach((name, at) => node.append(make("option", { value: at }, name)));
  node.addEventListener("change", () => {
    state.node = Number(node.value);
    diagram.redraw();
  });
  const presses = {
    "zoom-in": () => motion.zoom(0.6), "zoom-out": () => motion.zoom(1 / 0.6), fit: () => motion.fit(),
    clear: () => go.clear(),
  };
  for (const [id, press] of Object.entries(presses)) byId(id).addEventListener("click", press);
  byId("only-lit").addEventListener("click", (event) => {
    state.onlyLit = !state.onlyLit;
    event.currentTarget.setAttribute("aria-pressed", state.onlyLit);
    diagram.redraw();
  });
  diagram.onDrawn = (inView, drawn) => {
    const thinned = drawn < inView ? ` (${count(drawn)} drawn, the others cover them: zoom in)` : "";
    byId("in-view").textContent = `${count(inView)} messages in view${thinned}`;
    byId("messages").dataset.inView = inView;
  };
}

function listenToSearch(table) {
  const search = byId("search");
  const show = () => {
    const found = table.search(search.value);
    byId("found").textContent = `${count(found)} of ${count(table.data.operations.count)}`;
  };
  let timer = 0;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 80);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    clearTimeout(timer);
    show();
    if (table.found.length > 0) table.choose(table.found[0]);
  });
  byId("found").textContent = `${count(table.data.operations.count)}`;
}

function listenToValue(values, go) {
  const form = byId("follow");
  if (form === null) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = byId("value").value.trim();
    const isKnown = values.isWritten(value);
    byId("follow-note").textContent = isKnown || value === "" ? "" : `no client wrote ${shortened(value, 40)}`;
    if (isKnown) go.value(value);
  });
}

start();
