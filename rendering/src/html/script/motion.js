// Moves the diagram: pointer, wheel, keys, and the strip above it that shows the whole run.

/** Shortest stretch of time that fits into the diagram, in ns. */
const LEAST_SPAN = 20e3;
const STRIP_PARTS = 400;

class Motion {
  constructor(diagram, strip, { onPick }) {
    Object.assign(this, { diagram, strip, onPick, pointers: new Map(), moved: 0 });
    this.density = densityOf(diagram.data);
    this.redrawStrip = drawnOnce(() => this.drawStrip());
    redrawOnChange(strip, this.redrawStrip);
    this.listen(diagram.canvas);
    strip.addEventListener("pointerdown", (event) => {
      strip.setPointerCapture(event.pointerId);
      this.toStripPoint(event);
    });
    strip.addEventListener("pointermove", (event) => event.buttons > 0 && this.toStripPoint(event));
  }

  get span() { return this.diagram.view.until - this.diagram.view.from; }

  /** Shows this stretch of time, within the run. */
  show(from, span) {
    const { diagram } = this;
    const end = diagram.data.end * 1.01 + 1e6;
    const wide = Math.min(Math.max(span, LEAST_SPAN), end * 1.02);
    const begin = Math.min(Math.max(from, -wide * 0.03), Math.max(end - wide, -wide * 0.03));
    diagram.view = { from: begin, until: begin + wide };
    diagram.redraw();
    this.redrawStrip();
  }

  centre(time) { this.show(time - this.span / 2, this.span); }
  fit() { this.show(0, this.diagram.data.end * 1.02); }
  pan(part) { this.show(this.diagram.view.from + part * this.span, this.span); }

  /** Zooms by a factor; the time at this height keeps its place. */
  zoom(factor, y = HEAD + this.diagram.height / 2) {
    const time = this.diagram.timeAt(y);
    const span = this.span * factor;
    this.show(time - (time - this.diagram.view.from) * (Math.max(span, LEAST_SPAN) / this.span), span);
  }

  panLanes(pixels) {
    const { diagram } = this;
    const hidden = diagram.laneWidth * diagram.data.lanes.length - (diagram.canvas.clientWidth - GUTTER);
    diagram.left = Math.min(Math.max(diagram.left + pixels, 0), Math.max(0, hidden));
    diagram.redraw();
  }

  /** Moves a column into view if it is not there. */
  revealLane(lane) {
    const { diagram } = this;
    const x = diagram.x(lane);
    const [least, most] = [GUTTER + diagram.laneWidth, diagram.canvas.clientWidth - diagram.laneWidth];
    if (x < least || x > most) this.panLanes(x - (least + most) / 2);
  }

  listen(canvas) {
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) this.zoom(1.0025 ** event.deltaY, event.offsetY);
      else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.panLanes(event.deltaX || event.deltaY);
      else this.pan(event.deltaY / canvas.clientHeight);
    }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
      this.moved = 0;
      canvas.classList.add("is-dragged");
    });
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(name, (event) => this.release(event, name === "pointerup"));
    }
    canvas.addEventListener("pointerleave", () => showTip(null));
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    const now = [event.offsetX, event.offsetY];
    if (before === undefined) {
      const at = this.diagram.messageAt(...now);
      showTip(at < 0 ? null : messageLine(this.diagram.data, at), event.clientX, event.clientY);
      return;
    }
    showTip(null);
    if (this.pointers.size === 2) {
      const other = [...this.pointers].find(([id]) => id !== event.pointerId)[1];
      const apart = (point) => Math.max(10, Math.abs(point[1] - other[1]));
      this.zoom(apart(before) / apart(now), (now[1] + other[1]) / 2);
    } else {
      this.pan((before[1] - now[1]) / this.diagram.height);
      this.panLanes(before[0] - now[0]);
    }
    this.moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
    this.pointers.set(event.pointerId, now);
  }

  release(event, isUp) {
    const wasDown = this.pointers.delete(event.pointerId);
    this.diagram.canvas.classList.remove("is-dragged");
    if (wasDown && isUp && this.moved < 5) this.onPick(this.diagram.messageAt(event.offsetX, event.offsetY));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const actions = {
      ArrowUp: () => this.pan(-0.15), ArrowDown: () => this.pan(0.15),
      PageUp: () => this.pan(-0.9), PageDown: () => this.pan(0.9),
      ArrowLeft: () => this.panLanes(-60), ArrowRight: () => this.panLanes(60),
      "+": () => this.zoom(0.7), "=": () => this.zoom(0.7), "-": () => this.zoom(1 / 0.7), 0: () => this.fit(),
      Home: () => this.show(0, this.span), End: () => this.show(this.diagram.data.end - this.span * 0.9, this.span),
      n: () => this.step(1), p: () => this.step(-1), Enter: () => this.step(0),
    };
    if (!(event.key in actions)) return;
    event.preventDefault();
    actions[event.key]();
  }

  /** Picks the next or previous message that is shown; from none, the first in view. */
  step(by) {
    const { diagram } = this;
    const { messages } = diagram.data;
    const before = diagram.state.message;
    if (before < 0 || by === 0) {
      const first = diagram.visible()[0] ?? -1;
      if (first >= 0) this.onPick(before >= 0 ? before : first);
      return;
    }
    for (let i = before + by; i >= 0 && i < messages.count; i += by) {
      if (diagram.isShown(i)) {
        this.onPick(i);
        this.reveal(messages.sent[i]);
        return;
      }
    }
  }

  /** Moves a time into view if it is not there. */
  reveal(time) {
    const { from, until } = this.diagram.view;
    if (time < from || time > until) this.centre(time);
  }

  toStripPoint(event) {
    const width = this.strip.clientWidth;
    this.centre((Math.min(Math.max(event.offsetX, 0), width) / width) * this.diagram.data.end);
  }

  drawStrip() {
    const { context, width, height } = prepare(this.strip);
    const { data, view } = this.diagram;
    const x = (time) => (time / data.end) * width;
    context.fillStyle = colours.row;
    context.fillRect(0, 0, width, height);
    context.fillStyle = colours.fault;
    for (const fault of data.faults) {
      context.fillRect(x(fault.from), 0, Math.max(1, x(fault.until ?? data.end) - x(fault.from)), height);
    }
    const most = Math.max(1, ...this.density.all);
    const bar = width / STRIP_PARTS;
    for (let at = 0; at < STRIP_PARTS; at++) {
      const [all, lost] = [this.density.all[at], this.density.lost[at]];
      context.fillStyle = colours.accent;
      context.fillRect(at * bar, height - (all / most) * (height - 4), Math.max(bar, 1), (all / most) * (height - 4));
      context.fillStyle = colours.bad;
      context.fillRect(at * bar, height - (lost / most) * (height - 4), Math.max(bar, 1), (lost / most) * (height - 4));
    }
    context.strokeStyle = colours.lit;
    context.lineWidth = 2;
    const left = Math.max(1, x(view.from));
    context.strokeRect(left, 1, Math.max(3, Math.min(x(view.until), width - 1) - left), height - 2);
    context.lineWidth = 1;
  }
}

/** By part of the run: numbers of messages, and of those that did not arrive. */
function densityOf(data) {
  const { messages } = data;
  const [all, lost] = [new Float64Array(STRIP_PARTS), new Float64Array(STRIP_PARTS)];
  for (let i = 0; i < messages.count; i++) {
    const at = Math.min(STRIP_PARTS - 1, Math.floor((messages.sent[i] / data.end) * STRIP_PARTS));
    all[at]++;
    if (Number.isNaN(messages.arrived[i])) lost[at]++;
  }
  return { all, lost };
}
