// The data of the page, decoded: columns become typed arrays, times are ns since the test began.

const ROLE = { node: 0, service: 1, client: 2 };
const FATES = ["arrived", "cut", "lost", "dead", "not awaited", "late"];
const OUTCOMES = ["ok", "fail", "info", "open"];

function textOf(id) {
  const block = document.getElementById(id);
  return block === null ? "" : block.textContent;
}

/** Sums of differences. */
function summed(differences) {
  const sums = new Float64Array(differences.length);
  let sum = 0;
  for (let i = 0; i < differences.length; i++) sums[i] = sum += differences[i];
  return sums;
}

/** Ends of intervals, NaN for those without one. */
function ends(begins, took) {
  return Float64Array.from(begins, (begin, i) => (took[i] < 0 ? NaN : begin + took[i]));
}

function decodeMessages(raw, parties) {
  const sent = summed(raw.sent);
  const count = sent.length;
  const fate = new Uint8Array(count);
  const faultOf = new Int32Array(count).fill(-1);
  for (const [at, kind, fault] of raw.dropped) {
    fate[at] = kind;
    faultOf[at] = fault;
  }
  const arrived = ends(sent, raw.took);
  let longest = 0;
  for (let i = 0; i < count; i++) if (arrived[i] - sent[i] > longest) longest = arrived[i] - sent[i];
  return {
    count, total: raw.total, sent, arrived, longest, fate, faultOf,
    src: Int32Array.from(raw.src), dest: Int32Array.from(raw.dest),
    kind: Int32Array.from(raw.kind), operation: Int32Array.from(raw.operation),
    repeats: new Map(raw.repeats), bodyLimit: raw.body_limit,
    isClient: (i) => parties[raw.src[i]].role === ROLE.client || parties[raw.dest[i]].role === ROLE.client,
  };
}

function decodeOperations(raw, messages) {
  const invoked = summed(raw.invoked);
  const count = invoked.length;
  // By operation: its messages, in order.
  const its = new Map();
  for (let i = 0; i < messages.count; i++) {
    const operation = messages.operation[i];
    if (operation < 0) continue;
    if (its.has(operation)) its.get(operation).push(i);
    else its.set(operation, [i]);
  }
  return { ...raw, count, invoked, ended: ends(invoked, raw.took), messagesOf: (at) => its.get(at) ?? [] };
}

/** Columns of the diagram: for each node its clients and itself, then services and what else takes part. */
function lanesOf(raw, messages) {
  const lanes = [];
  const ofParty = new Int32Array(raw.parties.length).fill(-1);
  const ofClients = new Map();
  const askedNodes = new Set();
  const nodeOf = (party) => (raw.parties[party].role === ROLE.node ? raw.parties[party].node : -1);
  const isClient = (party) => raw.parties[party].role === ROLE.client;
  for (let i = 0; i < messages.count; i++) {
    if (isClient(messages.src[i])) askedNodes.add(nodeOf(messages.dest[i]));
    else if (isClient(messages.dest[i])) askedNodes.add(nodeOf(messages.src[i]));
  }
  const addClients = (node, name) => {
    if (!askedNodes.has(node)) return;
    ofClients.set(node, lanes.length);
    lanes.push({ name, isClient: true, node });
  };
  raw.nodes.forEach((name, node) => {
    addClients(node, "clients");
    const party = raw.parties.findIndex((it) => it.role === ROLE.node && it.node === node);
    if (party >= 0) ofParty[party] = lanes.length;
    lanes.push({ name, isClient: false, node });
  });
  addClients(-1, "clients");
  raw.parties.forEach((party, at) => {
    if (party.role !== ROLE.service) return;
    ofParty[at] = lanes.length;
    lanes.push({ name: party.name, isClient: false, node: -1 });
  });
  const from = new Int32Array(messages.count);
  const to = new Int32Array(messages.count);
  for (let i = 0; i < messages.count; i++) {
    const [src, dest] = [messages.src[i], messages.dest[i]];
    from[i] = isClient(src) ? ofClients.get(nodeOf(dest)) ?? -1 : ofParty[src];
    to[i] = isClient(dest) ? ofClients.get(nodeOf(src)) ?? -1 : ofParty[dest];
  }
  return { lanes, from, to };
}

function decode() {
  const raw = JSON.parse(textOf("data"));
  const messages = decodeMessages(raw.messages, raw.parties);
  const { lanes, from, to } = lanesOf(raw, messages);
  messages.from = from;
  messages.to = to;
  let lines = null;
  const bodies = () => (lines ??= textOf("bodies").split("\n"));
  return {
    end: Math.max(raw.end, 1), nodes: raw.nodes, parties: raw.parties, kinds: raw.kinds, faults: raw.faults,
    messages, operations: decodeOperations(raw.operations, messages), lanes, focus: raw.focus,
    body: (at) => bodies()[at] ?? "",
  };
}

/** The first position whose element is not smaller. */
function lowerBound(sorted, value) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const seconds = (nanos, digits = 6) => (nanos / 1e9).toFixed(digits);

/** A duration with a fitting unit. */
function duration(nanos) {
  if (!Number.isFinite(nanos)) return "-";
  if (nanos >= 1e9) return `${+(nanos / 1e9).toPrecision(4)} s`;
  if (nanos >= 1e6) return `${+(nanos / 1e6).toPrecision(4)} ms`;
  return nanos >= 1e3 ? `${+(nanos / 1e3).toPrecision(4)} µs` : `${nanos} ns`;
}
