// The plots: latency of each operation, its quantiles, and the rate of operations over time.

const PLOT_PARTS = 60;
const MARGIN = { left: 56, right: 10, top: 8, bottom: 22 };

/** For each part of the run: counts by outcome, and quantiles of the latency. */
function partsOf(data) {
  const { operations } = data;
  const width = data.end / PLOT_PARTS;
  const parts = Array.from({ length: PLOT_PARTS }, (_, at) => (
    { from: at * width, until: (at + 1) * width, counts: [0, 0, 0, 0], latencies: [] }
  ));
  for (let i = 0; i < operations.count; i++) {
    const part = parts[Math.min(PLOT_PARTS - 1, Math.max(0, Math.floor(operations.invoked[i] / width)))];
    part.counts[operations.outcome[i]]++;
    if (!Number.isNaN(operations.ended[i])) part.latencies.push(operations.ended[i] - operations.invoked[i]);
  }
  for (const part of parts) {
    part.latencies.sort((a, b) => a - b);
    const at = (p) => part.latencies[Math.min(part.latencies.length - 1, Math.floor(part.latencies.length * p))];
    part.quantiles = part.latencies.length === 0 ? null : [at(0.5), at(0.95), at(0.99), at(1)];
    part.seconds = width / 1e9;
  }
  return parts;
}

/** A plot over time with faults shaded. `draw` draws the content, `read` describes a moment. */
class Plot {
  constructor(data, canvas, { scale, label, draw, read, onChoose }) {
    Object.assign(this, { data, canvas, scale, label, drawContent: draw, read, onChoose, at: null });
    this.reading = canvas.parentElement.querySelector(".reading");
    this.redraw = drawnOnce(() => this.draw());
    canvas.addEventListener("pointermove", (event) => this.point(this.timeAt(event.offsetX)));
    canvas.addEventListener("pointerleave", () => this.point(null));
    canvas.addEventListener("click", (event) => onChoose(this.timeAt(event.offsetX)));
    canvas.addEventListener("keydown", (event) => this.key(event));
    redrawOnChange(canvas, this.redraw);
  }

  get width() { return this.canvas.clientWidth - MARGIN.left - MARGIN.right; }
  get height() { return this.canvas.clientHeight - MARGIN.top - MARGIN.bottom; }
  x(time) { return MARGIN.left + (time / this.data.end) * this.width; }
  y(value) { return MARGIN.top + (1 - this.scale.part(value)) * this.height; }
  timeAt(x) {
    return Math.min(Math.max(((x - MARGIN.left) / this.width) * this.data.end, 0), this.data.end);
  }

  key(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1 };
    const step = this.data.end / PLOT_PARTS;
    if (event.key in steps) {
      this.point(Math.min(Math.max((this.at ?? step / 2) + steps[event.key] * step, 0), this.data.end));
      event.preventDefault();
    } else if (event.key === "Enter" && this.at !== null) {
      this.onChoose(this.at);
    }
  }

  point(time) {
    this.at = time;
    this.reading.textContent = time === null ? "" : this.read(time);
    this.redraw();
  }

  draw() {
    const { context, width, height } = prepare(this.canvas);
    context.fillStyle = colours.fault;
    for (const fault of this.data.faults) {
      const [left, right] = [this.x(fault.from), this.x(fault.until ?? this.data.end)];
      context.fillRect(left, MARGIN.top, Math.max(1, right - left), this.height);
    }
    context.strokeStyle = colours.line;
    context.fillStyle = colours.soft;
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const { value, text } of this.scale.marks(Math.floor(this.height / 36))) {
      const y = Math.round(this.y(value)) + 0.5;
      line(context, MARGIN.left, y, width - MARGIN.right, y);
      context.fillText(text, MARGIN.left - 6, y);
    }
    context.textBaseline = "top";
    this.drawTimes(context, width, height - MARGIN.bottom + 5);
    context.textAlign = "left";
    this.drawContent(context, this);
    if (this.at !== null) {
      context.strokeStyle = colours.text;
      const x = Math.round(this.x(this.at)) + 0.5;
      line(context, x, MARGIN.top, x, height - MARGIN.bottom);
    }
  }

  /** The times below the plot: round ones, and the end of the run. */
  drawTimes(context, width, y) {
    const end = this.data.end / 1e9;
    const last = `${+end.toPrecision(3)} s`;
    const room = width - context.measureText(last).width - 8;
    const step = axisStep(end, Math.floor(this.width / 70));
    for (let at = 0; at <= end; at += step) {
      const text = `${+at.toPrecision(6)} s`;
      const x = this.x(at * 1e9);
      const wide = context.measureText(text).width;
      if (x + (at === 0 ? wide : wide / 2) > room) break;
      context.textAlign = at === 0 ? "left" : "center";
      context.fillText(text, x, y);
    }
    context.textAlign = "right";
    context.fillText(last, width, y);
  }

  /** A line through the values of all parts; parts without one interrupt it. */
  drawLine(context, parts, value, colour) {
    context.strokeStyle = colour;
    context.lineWidth = 1.6;
    context.beginPath();
    let isOn = false;
    for (const part of parts) {
      const y = value(part);
      const x = this.x((part.from + part.until) / 2);
      if (y === null) isOn = false;
      else if (isOn) context.lineTo(x, this.y(y));
      else {
        context.moveTo(x, this.y(y));
        context.lineTo(x + 1, this.y(y));
        isOn = true;
      }
    }
    context.stroke();
    context.lineWidth = 1;
  }
}

function line(context, fromX, fromY, toX, toY) {
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
}

/** Latencies: powers of ten. */
function latencyScale(least, most) {
  const low = Math.floor(Math.log10(Math.max(least, 1000)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(most, 1000))));
  return {
    part: (value) => (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low),
    marks: () => Array.from({ length: high - low + 1 }, (_, at) => (
      { value: 10 ** (low + at), text: duration(10 ** (low + at)) }
    )),
  };
}

function linearScale(most) {
  const top = Math.max(most, 1);
  return {
    part: (value) => value / top,
    marks: (marks) => {
      const step = axisStep(top, marks);
      return Array.from({ length: Math.floor(top / step) + 1 }, (_, at) => (
        { value: at * step, text: count(+(at * step).toPrecision(6)) }
      ));
    },
  };
}

function plotAll(data, onChoose) {
  const { operations } = data;
  if (operations.count === 0) return;
  const parts = partsOf(data);
  const outcomeColours = () => [colours.k0, colours.bad, colours.doubt, colours.soft];
  const all = parts.flatMap((part) => part.latencies);
  const least = all.reduce((a, b) => Math.min(a, b), Infinity);
  const most = all.reduce((a, b) => Math.max(a, b), 0);
  const scale = latencyScale(Number.isFinite(least) ? least : 0, most);
  const partAt = (time) => parts[Math.min(PLOT_PARTS - 1, Math.floor((time / data.end) * PLOT_PARTS))];
  const faultsAt = (time) => {
    const active = data.faults.filter((it) => it.from <= time && time <= (it.until ?? data.end));
    return active.length === 0 ? "" : `; ${active.map((it) => it.text).join(", ")}`;
  };
  const when = (part) => `${seconds(part.from, 2)} to ${seconds(part.until, 2)} s`;

  new Plot(data, byId("plot-latency"), {
    scale, onChoose,
    draw: (context, plot) => {
      for (let i = 0; i < operations.count; i++) {
        if (Number.isNaN(operations.ended[i])) continue;
        context.fillStyle = outcomeColours()[operations.outcome[i]];
        context.fillRect(plot.x(operations.invoked[i]) - 1, plot.y(operations.ended[i] - operations.invoked[i]) - 1, 2.4, 2.4);
      }
    },
    read: (time) => {
      const at = nearest(operations.invoked, time);
      const took = operations.ended[at] - operations.invoked[at];
      return `${seconds(operations.invoked[at], 3)} s: ${operations.f[at]} took ${duration(took)} (${OUTCOMES[operations.outcome[at]]})${faultsAt(time)}`;
    },
  });
  new Plot(data, byId("plot-quantiles"), {
    scale, onChoose,
    draw: (context, plot) => ["k0", "k1", "k2", "k3"].forEach((colour, at) => (
      plot.drawLine(context, parts, (part) => part.quantiles?.[at] ?? null, colours[colour])
    )),
    read: (time) => {
      const part = partAt(time);
      if (part.quantiles === null) return `${when(part)}: no operation`;
      const [p50, p95, p99, max] = part.quantiles.map(duration);
      return `${when(part)}: p50 ${p50}, p95 ${p95}, p99 ${p99}, max ${max}${faultsAt(time)}`;
    },
  });
  const rate = (part, outcome) => part.counts[outcome] / part.seconds;
  const fastest = Math.max(...parts.map((part) => Math.max(...[0, 1, 2].map((it) => rate(part, it)))));
  new Plot(data, byId("plot-rate"), {
    scale: linearScale(fastest), onChoose,
    draw: (context, plot) => [0, 1, 2].forEach((outcome) => {
      if (parts.some((part) => part.counts[outcome] > 0)) {
        plot.drawLine(context, parts, (part) => rate(part, outcome), outcomeColours()[outcome]);
      }
    }),
    read: (time) => {
      const part = partAt(time);
      const rates = [0, 1, 2].map((it) => `${OUTCOMES[it]} ${+rate(part, it).toPrecision(3)}/s`);
      return `${when(part)}: ${rates.join(", ")}${faultsAt(time)}`;
    },
  });
}

/** The position of the element that is nearest to a value. */
function nearest(sorted, value) {
  const at = Math.min(lowerBound(sorted, value), sorted.length - 1);
  return at > 0 && value - sorted[at - 1] < sorted[at] - value ? at - 1 : at;
}
