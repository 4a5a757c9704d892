// Draws the messages: time goes down, each column is a node, its clients, or a service.

const HEAD = 34;
const GUTTER = 84;
const LEAST_LANE = 36;
/** Columns that are narrower show no label for clients. */
const LABELLED_LANE = 46;
/** From this number of messages in view on, those that would cover each other are drawn once. */
const MANY = 6000;

class Diagram {
  constructor(data, canvas, state) {
    Object.assign(this, { data, canvas, state });
    this.view = firstView(data);
    this.left = 0;
    this.redraw = drawnOnce(() => this.draw());
    this.onDrawn = () => {};
    redrawOnChange(canvas, this.redraw);
  }

  get height() { return this.canvas.clientHeight - HEAD; }
  get laneWidth() {
    const lanes = Math.max(1, this.data.lanes.length);
    return Math.max(LEAST_LANE, (this.canvas.clientWidth - GUTTER) / lanes);
  }
  x(lane) { return GUTTER + (lane + 0.5) * this.laneWidth - this.left; }
  y(time) { return HEAD + ((time - this.view.from) / (this.view.until - this.view.from)) * this.height; }
  timeAt(y) { return this.view.from + ((y - HEAD) / this.height) * (this.view.until - this.view.from); }

  isShown(i) {
    const { messages } = this.data;
    const { hiddenKinds, node, onlyLit, lit } = this.state;
    if (messages.from[i] < 0 || messages.to[i] < 0 || hiddenKinds.has(messages.kind[i])) return false;
    if (onlyLit && lit !== null && !lit.has(i)) return false;
    return node < 0 || this.isOf(messages.src[i], node) || this.isOf(messages.dest[i], node);
  }
  isOf(party, node) {
    const it = this.data.parties[party];
    return it.role === ROLE.node && it.node === node;
  }

  /** Positions of the shown messages that are in view. */
  visible() {
    const { messages } = this.data;
    const found = [];
    const until = this.view.until;
    for (let i = lowerBound(messages.sent, this.view.from - messages.longest); i < messages.count; i++) {
      if (messages.sent[i] > until) break;
      const end = Number.isNaN(messages.arrived[i]) ? messages.sent[i] : messages.arrived[i];
      if (end >= this.view.from && this.isShown(i)) found.push(i);
    }
    return found;
  }

  /** Where a message is drawn: to its receiver, or halfway if it does not arrive. */
  segment(i) {
    const { messages } = this.data;
    const [fromX, toX] = [this.x(messages.from[i]), this.x(messages.to[i])];
    const fromY = this.y(messages.sent[i]);
    if (!Number.isNaN(messages.arrived[i])) return [fromX, fromY, toX, this.y(messages.arrived[i])];
    return [fromX, fromY, fromX + (toX - fromX) * 0.55, fromY + 14];
  }

  draw() {
    const { context, width, height } = prepare(this.canvas);
    this.context = context;
    this.drawFaults(width, height);
    this.drawTimes(width);
    this.drawLifelines(height);
    context.save();
    context.beginPath();
    context.rect(GUTTER - 2, HEAD, width - GUTTER + 2, height - HEAD);
    context.clip();
    const found = this.visible();
    const thinned = this.thinned(found, height);
    this.drawMessages(thinned);
    context.restore();
    this.drawHead(width);
    this.onDrawn(found.length, thinned.length);
  }

  drawFaults(width, height) {
    const { context, data } = this;
    for (const fault of data.faults) {
      const top = Math.max(HEAD, this.y(fault.from));
      const bottom = Math.min(height, this.y(fault.until ?? data.end));
      if (bottom < HEAD || top > height) continue;
      context.fillStyle = colours.fault;
      if (fault.node === null) {
        context.fillRect(GUTTER, top, width - GUTTER, Math.max(1, bottom - top));
      } else {
        const lane = data.lanes.findIndex((it) => !it.isClient && it.node === fault.node);
        const x = this.x(lane) - this.laneWidth / 2;
        // Twice, since one column is narrow.
        for (let i = 0; i < 2; i++) context.fillRect(x, top, this.laneWidth, Math.max(1, bottom - top));
      }
      context.fillStyle = colours["fault-edge"];
      context.fillRect(0, top, 3, Math.max(1, bottom - top));
      this.faultLabel(fault, top, bottom);
    }
  }

  faultLabel(fault, top, bottom) {
    if (bottom - top < 16) return;
    const { context } = this;
    context.save();
    context.translate(13, Math.max(top, HEAD) + 6);
    context.rotate(Math.PI / 2);
    context.textBaseline = "middle";
    context.textAlign = "left";
    context.fillText(shortened(fault.short, Math.floor((bottom - top) / 7)), 0, 0);
    context.restore();
  }

  drawTimes(width) {
    const { context, view } = this;
    const step = axisStep((view.until - view.from) / 1e9, Math.floor(this.height / 60));
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    context.textAlign = "right";
    context.textBaseline = "middle";
    const first = Math.ceil(view.from / 1e9 / step);
    for (let at = first; at * step * 1e9 <= view.until; at++) {
      const y = Math.round(this.y(at * step * 1e9)) + 0.5;
      context.strokeStyle = colours.line;
      line(context, GUTTER - 4, y, width, y);
      context.fillStyle = colours.soft;
      context.fillText(`${(at * step).toFixed(digits)} s`, GUTTER - 8, y);
    }
  }

  drawLifelines(height) {
    const { context, data } = this;
    data.lanes.forEach((lane, at) => {
      const x = Math.round(this.x(at)) + 0.5;
      if (x < GUTTER) return;
      context.strokeStyle = lane.isClient ? colours.line : colours.soft;
      context.setLineDash(lane.isClient ? [3, 4] : []);
      line(context, x, HEAD, x, height);
    });
    context.setLineDash([]);
  }

  drawHead(width) {
    const { context, data } = this;
    context.fillStyle = colours.card;
    context.fillRect(0, 0, width, HEAD);
    context.strokeStyle = colours.line;
    line(context, 0, HEAD + 0.5, width, HEAD + 0.5);
    context.textAlign = "center";
    context.textBaseline = "middle";
    const room = Math.floor(this.laneWidth / 7);
    data.lanes.forEach((lane, at) => {
      const x = this.x(at);
      if (x < GUTTER || (lane.isClient && this.laneWidth < LABELLED_LANE)) return;
      context.font = lane.isClient ? "11px system-ui, sans-serif" : "600 13px system-ui, sans-serif";
      context.fillStyle = lane.isClient ? colours.soft : colours.text;
      context.fillText(shortened(lane.name, room), x, HEAD / 2);
    });
    context.font = "11px system-ui, sans-serif";
    context.textAlign = "left";
    context.fillStyle = colours.soft;
    context.fillText("time", 8, HEAD / 2);
  }

  /** Without messages that begin at the same pixel of the same columns, if there are many. */
  thinned(found, height) {
    if (found.length <= MANY) return found;
    const { messages, lanes } = this.data;
    const { lit } = this.state;
    const taken = new Set();
    return found.filter((i) => {
      if (lit?.has(i)) return true;
      const isLost = Number.isNaN(messages.arrived[i]) ? 1 : 0;
      const row = Math.floor(this.y(messages.sent[i]) + height);
      const key = ((row * lanes.length + messages.from[i]) * lanes.length + messages.to[i]) * 2 + isLost;
      if (taken.has(key)) return false;
      taken.add(key);
      return true;
    });
  }

  drawMessages(found) {
    const { context, data, state } = this;
    const { messages } = data;
    // By colour: the messages that are not lit, all at once.
    const groups = new Map();
    const lit = [];
    for (const i of found) {
      if (state.lit?.has(i)) {
        lit.push(i);
        continue;
      }
      const isLost = Number.isNaN(messages.arrived[i]);
      const colour = isLost ? colours.bad : colours[`k${messages.kind[i] % KIND_COLOURS}`];
      if (!groups.has(colour)) groups.set(colour, []);
      groups.get(colour).push(i);
    }
    const isSparse = found.length < 500;
    context.globalAlpha = state.lit !== null ? 0.16 : isSparse ? 0.9 : 0.55;
    for (const [colour, group] of groups) this.drawGroup(group, colour, 1.1, isSparse);
    context.globalAlpha = 1;
    this.drawGroup(lit.filter((i) => !Number.isNaN(messages.arrived[i])), colours.lit, 2, lit.length < 500);
    this.drawGroup(lit.filter((i) => Number.isNaN(messages.arrived[i])), colours.bad, 2, true);
    const chosen = state.message;
    if (chosen >= 0 && this.isShown(chosen)) this.drawGroup([chosen], colours.text, 3, true);
    if (found.length < 70 || (lit.length > 0 && lit.length < 70)) this.drawLabels(lit.length > 0 ? lit : found);
  }

  drawGroup(group, colour, width, hasHeads) {
    if (group.length === 0) return;
    const { context, data } = this;
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    for (const i of group) {
      const [fromX, fromY, toX, toY] = this.segment(i);
      context.moveTo(fromX, fromY);
      context.lineTo(toX, toY);
      for (const again of data.messages.repeats.get(i) ?? []) {
        context.moveTo(fromX, fromY);
        context.lineTo(toX, this.y(again));
      }
      if (Number.isNaN(data.messages.arrived[i])) {
        context.moveTo(toX - 4, toY - 4);
        context.lineTo(toX + 4, toY + 4);
        context.moveTo(toX - 4, toY + 4);
        context.lineTo(toX + 4, toY - 4);
      }
    }
    context.stroke();
    if (hasHeads) group.forEach((i) => this.drawArrow(i));
    context.lineWidth = 1;
  }

  drawArrow(i) {
    if (Number.isNaN(this.data.messages.arrived[i])) return;
    const { context } = this;
    const [fromX, fromY, toX, toY] = this.segment(i);
    const angle = Math.atan2(toY - fromY, toX - fromX);
    context.beginPath();
    context.moveTo(toX, toY);
    context.lineTo(toX - 8 * Math.cos(angle - 0.35), toY - 8 * Math.sin(angle - 0.35));
    context.lineTo(toX - 8 * Math.cos(angle + 0.35), toY - 8 * Math.sin(angle + 0.35));
    context.fill();
  }

  /** Types beside the messages, where there is room; reasons at crosses. */
  drawLabels(found) {
    const { context, data } = this;
    const { messages, kinds } = data;
    const taken = new Set();
    context.font = "11px system-ui, sans-serif";
    context.textBaseline = "bottom";
    context.textAlign = "center";
    for (const i of found) {
      const [fromX, fromY, toX, toY] = this.segment(i);
      const isLost = Number.isNaN(messages.arrived[i]);
      const [x, y] = [(fromX + toX) / 2, (fromY + toY) / 2 - 2];
      const text = isLost ? `${kinds[messages.kind[i]]}: ${FATES[messages.fate[i]]}` : kinds[messages.kind[i]];
      const wide = context.measureText(text).width / 2;
      const cells = [];
      for (let cell = Math.floor((x - wide) / 12); cell <= (x + wide) / 12; cell++) {
        cells.push(`${cell}:${Math.floor(y / 13)}`, `${cell}:${Math.floor(y / 13) - 1}`);
      }
      if (y < HEAD + 12 || cells.some((cell) => taken.has(cell))) continue;
      cells.forEach((cell) => taken.add(cell));
      context.lineWidth = 3;
      context.strokeStyle = colours.card;
      context.strokeText(text, x, y);
      context.lineWidth = 1;
      context.fillStyle = isLost ? colours.bad : colours.text;
      context.fillText(text, x, y);
    }
  }

  /** The message at a point of the canvas, -1 if there is none. */
  messageAt(x, y) {
    let [best, least] = [-1, 7];
    if (y < HEAD || x < GUTTER) return -1;
    for (const i of this.visible()) {
      let away = distance(x, y, ...this.segment(i));
      // Of overlapping messages, the lit one.
      if (this.state.lit?.has(i)) away -= 1;
      if (away < least) [best, least] = [i, away];
    }
    return best;
  }
}

/** Begins where the story of the failure does, or with the first operation, with few messages in view. */
function firstView(data) {
  const AT_FIRST = 120;
  const { messages } = data;
  if (messages.count === 0) return { from: 0, until: data.end };
  const begin = data.focus ?? data.operations.invoked[0] ?? 0;
  const first = lowerBound(messages.sent, begin);
  const last = Math.min(first + AT_FIRST, messages.count - 1);
  const span = Math.max(messages.sent[last] - begin, 1e6);
  return { from: Math.max(0, begin - span * 0.04), until: Math.min(begin + span * 1.04, data.end + 1e6) };
}

/** The distance of a point from a segment. */
function distance(x, y, fromX, fromY, toX, toY) {
  const [dx, dy] = [toX - fromX, toY - fromY];
  const along = dx === 0 && dy === 0 ? 0 : ((x - fromX) * dx + (y - fromY) * dy) / (dx * dx + dy * dy);
  const part = Math.min(Math.max(along, 0), 1);
  return Math.hypot(x - fromX - part * dx, y - fromY - part * dy);
}
