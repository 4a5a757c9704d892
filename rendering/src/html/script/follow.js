// What belongs together: the messages that an operation caused, and those that carried a value.

/**
 * The messages of an operation: those of its client, and what the node sent and received while it had
 * the request and had not answered.
 */
function causedBy(data, operation) {
  const { messages, operations, parties } = data;
  const its = operations.messagesOf(operation);
  const caused = new Set(its);
  if (its.length === 0 || Number.isNaN(messages.arrived[its[0]])) return caused;
  const begin = messages.arrived[its[0]];
  const answers = its.filter((it) => parties[messages.dest[it]].role === ROLE.client);
  const ended = operations.ended[operation];
  const end = answers.length > 0
    ? Math.max(...answers.map((it) => messages.sent[it]))
    : Number.isNaN(ended) ? Infinity : ended;
  const node = messages.dest[its[0]];
  for (let i = lowerBound(messages.sent, begin); i < messages.count && messages.sent[i] <= end; i++) {
    if (!messages.isClient(i) && (messages.src[i] === node || messages.dest[i] === node)) caused.add(i);
  }
  return caused;
}

/** Calls `see(path, scalar)` for the scalars of a body, each with the path of its keys. */
function walkScalars(value, path, see) {
  if (Array.isArray(value)) {
    for (const element of value) walkScalars(element, path, see);
  } else if (value !== null && typeof value === "object") {
    for (const [key, inner] of Object.entries(value)) {
      // Values may be the keys of an object.
      const isNumber = /^[+-]?\d+$/.test(key);
      if (isNumber) see(`${path}/#`, key);
      walkScalars(inner, `${path}/${isNumber ? "#" : key}`, see);
    }
  } else if (value !== null) {
    see(path, JSON.stringify(value));
  }
}

const NOT_VALUES = ["type", "msg_id", "in_reply_to"];

function parsed(body) {
  try {
    const value = JSON.parse(body);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null; // A body that was cut.
  }
}

/** By operation: the values that it wrote, as JSON. */
function writtenBy(operations) {
  return operations.written.map((values) => values ?? []);
}

/**
 * The messages that carried a value. What messages between nodes mean, only the nodes know: each path
 * of keys is assumed to hold values, until something is found there that no client ever wrote.
 */
class Values {
  constructor(data) {
    this.data = data;
    this.written = writtenBy(data.operations);
    this.all = new Set(this.written.flat());
    this.paths = null;
  }

  isWritten(value) {
    return this.all.has(value);
  }

  /** By path: whether something else was found there. */
  wrongPaths() {
    if (this.paths !== null) return this.paths;
    this.paths = new Map();
    this.eachScalar((_, path, scalar) => {
      const isWrong = !this.all.has(scalar) || this.paths.get(path) === true;
      this.paths.set(path, isWrong);
    });
    return this.paths;
  }

  eachScalar(see) {
    const { messages, kinds } = this.data;
    for (let i = 0; i < messages.count; i++) {
      if (messages.isClient(i)) continue;
      const body = parsed(this.data.body(i));
      if (body === null) continue;
      for (const [key, value] of Object.entries(body)) {
        if (NOT_VALUES.includes(key)) continue;
        walkScalars(value, `${kinds[messages.kind[i]]}/${key}`, (path, scalar) => see(i, path, scalar));
      }
    }
  }

  /** The operations that wrote it, its messages, and since when each node had it. */
  follow(value) {
    const { messages, operations, parties } = this.data;
    const writes = [];
    this.written.forEach((values, at) => values.includes(value) && writes.push(at));
    const wrong = this.wrongPaths();
    const carriers = new Set(writes.flatMap((at) => operations.messagesOf(at)));
    this.eachScalar((at, path, scalar) => {
      if (scalar === value && !wrong.get(path)) carriers.add(at);
    });
    const holders = new Map();
    for (const at of carriers) {
      const dest = parties[messages.dest[at]];
      if (dest.role !== ROLE.node || Number.isNaN(messages.arrived[at])) continue;
      const before = holders.get(dest.node);
      if (before === undefined || messages.arrived[at] < messages.arrived[before]) holders.set(dest.node, at);
    }
    return { writes, carriers, holders };
  }
}
