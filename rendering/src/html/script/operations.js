// The table of operations, of which only the rows in view exist.

const ROW = 28;
/** Rows beyond the edges that exist, too. */
const SPARE = 8;

class OperationTable {
  constructor(data, frame, { onChoose }) {
    Object.assign(this, { data, frame, onChoose, chosen: -1, focus: 0 });
    const { operations } = data;
    this.space = frame.querySelector(".space");
    this.texts = null;
    this.found = Int32Array.from({ length: operations.count }, (_, at) => at);
    this.render = drawnOnce(() => this.draw());
    frame.addEventListener("scroll", this.render);
    frame.addEventListener("keydown", (event) => this.key(event));
    frame.addEventListener("click", (event) => {
      const row = event.target.closest(".line");
      if (row !== null) this.choose(Number(row.dataset.at));
    });
    new ResizeObserver(this.render).observe(frame);
    this.resize();
  }

  cells(at) {
    const { operations, nodes } = this.data;
    const took = operations.ended[at] - operations.invoked[at];
    const outcome = OUTCOMES[operations.outcome[at]];
    return [
      seconds(operations.invoked[at], 4), `${operations.entry[at]}`, `${operations.process[at]}`,
      nodes[operations.node[at]] ?? "", operations.f[at], operations.argument[at],
      operations.result[at], outcome, Number.isNaN(took) ? "" : duration(took),
    ];
  }

  /** Shows the operations with all these words. */
  search(text) {
    const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "");
    const { operations } = this.data;
    // Made at the first search: one text of each operation.
    this.texts ??= Array.from({ length: operations.count }, (_, at) => this.cells(at).join(" ").toLowerCase());
    const all = Array.from({ length: operations.count }, (_, at) => at);
    this.found = Int32Array.from(words.length === 0 ? all : all.filter((at) => words.every((word) => this.texts[at].includes(word))));
    this.focus = 0;
    this.frame.scrollTop = 0;
    this.resize();
    return this.found.length;
  }

  resize() {
    this.space.style.height = `${this.found.length * ROW}px`;
    this.frame.setAttribute("aria-rowcount", this.found.length + 1);
    this.render();
  }

  choose(at) {
    this.mark(at);
    this.onChoose(at);
  }

  /** Marks an operation that was chosen elsewhere, and scrolls to it; -1 for none. */
  mark(at) {
    this.chosen = at;
    const row = this.found.indexOf(at);
    if (at >= 0 && row >= 0) {
      this.focus = row;
      this.scrollTo(row);
    }
    this.render();
  }

  scrollTo(row) {
    const room = this.frame.clientHeight - ROW - 34;
    if (row * ROW < this.frame.scrollTop) this.frame.scrollTop = row * ROW;
    else if (row * ROW > this.frame.scrollTop + room) this.frame.scrollTop = row * ROW - room;
  }

  key(event) {
    const page = Math.floor(this.frame.clientHeight / ROW) - 2;
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in steps) {
      this.focus = Math.min(Math.max(this.focus + steps[event.key], 0), this.found.length - 1);
      this.scrollTo(this.focus);
      this.draw();
      this.space.querySelector('[tabindex="0"]')?.focus({ preventScroll: true });
    } else if ((event.key === "Enter" || event.key === " ") && this.found.length > 0) {
      this.choose(this.found[this.focus]);
    } else {
      return;
    }
    event.preventDefault();
  }

  draw() {
    const first = Math.max(0, Math.floor(this.frame.scrollTop / ROW) - SPARE);
    const last = Math.min(this.found.length, Math.ceil((this.frame.scrollTop + this.frame.clientHeight) / ROW) + SPARE);
    const hadFocus = this.space.contains(document.activeElement);
    const rows = [];
    for (let row = first; row < last; row++) {
      const at = this.found[row];
      const cells = this.cells(at).map((text, column) => make("span", {
        role: "gridcell", title: column === 5 || column === 6 ? text : undefined,
        class: column < 3 || column === 8 ? "right" : column === 7 ? OUTCOME_CLASSES[this.data.operations.outcome[at]] : undefined,
      }, text));
      const line = make("div", {
        role: "row", class: at === this.chosen ? "line is-chosen" : "line", "aria-rowindex": row + 2,
        "aria-selected": at === this.chosen, "data-at": at, tabindex: row === this.focus ? 0 : -1,
      }, ...cells);
      line.style.top = `${row * ROW}px`;
      rows.push(line);
    }
    this.space.replaceChildren(...rows);
    if (hadFocus) this.space.querySelector('[tabindex="0"]')?.focus({ preventScroll: true });
  }
}

const OUTCOME_CLASSES = ["good", "bad", "doubt", "soft"];
