// What the chosen message, operation or value is, in words.

const LISTED = 200;

/** What became of a message, in words. */
function fateOf(data, i) {
  const { messages, faults } = data;
  if (!Number.isNaN(messages.arrived[i])) {
    const again = (messages.repeats.get(i) ?? []).map((time) => ` and again at ${seconds(time)} s`).join("");
    return `arrived after ${duration(messages.arrived[i] - messages.sent[i])}${again}`;
  }
  const fault = faults[messages.faultOf[i]];
  const why = {
    cut: "did not arrive: the link was cut", lost: "did not arrive: lost",
    dead: "did not arrive: its receiver was not running", late: "did not arrive: the run ended before",
    "not awaited": "came to a client that did not wait for it any more",
  }[FATES[messages.fate[i]]];
  return fault === undefined ? why : `${why} (${fault.text})`;
}

function route(data, i) {
  const { messages, parties } = data;
  return `${parties[messages.src[i]].name} → ${parties[messages.dest[i]].name}`;
}

/** A message in one line. */
function messageLine(data, i) {
  const { messages, kinds } = data;
  return `${seconds(messages.sent[i])} s  ${route(data, i)}  ${kinds[messages.kind[i]]}: ${fateOf(data, i)}`;
}

/** Fills the panel of details; `go` chooses something else. */
class Details {
  constructor(data, panel, values, go) {
    Object.assign(this, { data, panel, values, go });
  }

  clear() {
    this.panel.replaceChildren(make("p", { class: "soft" },
      this.data.messages.count === 0 ? "Click an operation to see it whole."
        : "Click a message or an operation to see what it caused. In the diagram: arrows move, + and − zoom, 0 shows all, n and p go through messages, Esc ends a choice."));
  }

  show(title, ...content) {
    this.panel.replaceChildren(make("h3", {}, title), ...content);
    this.panel.scrollTop = 0;
  }

  message(i, lit) {
    const { data } = this;
    const { messages, kinds } = data;
    const operation = messages.operation[i];
    this.show(`Message ${kinds[messages.kind[i]]}`,
      make("p", {}, `${route(data, i)}, sent at ${seconds(messages.sent[i])} s`),
      make("p", { class: Number.isNaN(messages.arrived[i]) ? "bad" : "" }, fateOf(data, i)),
      make("pre", { class: "wrapped", tabindex: 0, "aria-label": "body" }, pretty(data.body(i))),
      ...this.valueButtons(data.body(i)),
      ...(operation < 0 ? [] : [this.operationPart(operation, lit)]));
  }

  operation(at, lit) {
    this.show("Operation", this.operationPart(at, lit));
  }

  operationPart(at, lit) {
    const { operations } = this.data;
    const took = operations.ended[at] - operations.invoked[at];
    const part = make("div", {},
      make("p", {}, make("strong", {}, `${operations.f[at]} ${operations.argument[at]}`),
        ` of process ${operations.process[at]}, entry ${operations.entry[at]}`),
      make("p", {}, `began at ${seconds(operations.invoked[at])} s, ${OUTCOMES[operations.outcome[at]]}${Number.isNaN(took) ? "" : ` after ${duration(took)}`}`));
    const result = operations.result[at];
    if (result !== "") part.append(make("pre", { class: "wrapped", tabindex: 0, "aria-label": "result" }, result));
    part.append(...this.values.written[at].map((value) => this.valueButton(value)));
    part.append(...this.list(`Its messages, and those it caused: ${count(lit.size)}`, lit));
    return part;
  }

  value(value, { writes, carriers, holders }) {
    const { data } = this;
    const { messages, nodes } = data;
    const rows = nodes.map((name, node) => {
      const at = holders.get(node);
      const text = at === undefined
        ? "no message with it arrived"
        : `since ${seconds(messages.arrived[at])} s, by ${data.kinds[messages.kind[at]]} of ${data.parties[messages.src[at]].name}`;
      return make("li", {}, make("strong", {}, name), ` ${text}`);
    });
    const lost = [...carriers].filter((i) => Number.isNaN(messages.arrived[i])).length;
    this.show(`Value ${shortened(value, 40)}`,
      make("p", {}, `Written by ${plural(writes.length, "operation")}; carried by ${plural(carriers.size, "message")}, of which ${count(lost)} did not arrive.`),
      make("h3", {}, "Which node had it"), make("ul", { class: "plain small" }, ...rows),
      ...this.list("Its messages", carriers));
  }

  /** Buttons for values in a body that clients wrote. */
  valueButtons(body) {
    const found = new Set();
    const value = parsed(body);
    if (value === null) return [];
    for (const [key, inner] of Object.entries(value)) {
      if (!NOT_VALUES.includes(key)) walkScalars(inner, "", (_, scalar) => this.values.isWritten(scalar) && found.add(scalar));
    }
    if (found.size === 0) return [];
    const some = [...found].slice(0, 40);
    const more = found.size > some.length ? [` and ${found.size - some.length} more`] : [];
    return [make("p", {}, "Follow a value: ", ...some.map((it) => this.valueButton(it)), ...more)];
  }

  valueButton(value) {
    const label = shortened(value, 24);
    return make("button", { class: "value", type: "button", title: `follow ${label}`, onclick: () => this.go.value(value) }, label);
  }

  list(title, set) {
    const positions = [...set].sort((a, b) => a - b);
    const { messages } = this.data;
    const rows = positions.slice(0, LISTED).map((i) => make("li", {},
      make("button", { type: "button", class: Number.isNaN(messages.arrived[i]) ? "bad" : "", title: messageLine(this.data, i), onclick: () => this.go.message(i, true) },
        `${seconds(messages.sent[i])}  ${route(this.data, i)}  ${this.data.kinds[messages.kind[i]]}${Number.isNaN(messages.arrived[i]) ? " ✗" : ""}`)));
    const more = positions.length > LISTED ? [make("p", { class: "soft small" }, `and ${count(positions.length - LISTED)} more`)] : [];
    return [make("h3", {}, title), make("ol", {}, ...rows), ...more];
  }
}

function pretty(body) {
  const value = parsed(body);
  if (value === null) return body;
  const text = JSON.stringify(value, null, 1);
  return text.length > 1500 ? JSON.stringify(value) : text;
}
