// Emmett: its PostgreSQL event store. The protocol is that of serving.py; the first argument is where its packages are.
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const require = createRequire(join(process.argv[2], "package.json"));
const { getPostgreSQLEventStore, readMessagesBatch } = require("@event-driven-io/emmett-postgresql");
const { dumbo } = require("@event-driven-io/dumbo");

const FILL_CHUNK = 100;
const PAGE = 1000;
const filled = new Map();

function open({ host, port, user, password, dbname, payload }) {
  const access = new URLSearchParams({ host, port, user, ...(password ? { password } : {}) });
  const connectionString = `postgresql:///${dbname}?${access}`;
  return { store: getPostgreSQLEventStore(connectionString), pool: dumbo({ connectionString }), payload };
}

async function append({ store, payload }, stream, size, count) {
  for (let version = 0; version < count; version += size) {
    const events = Array.from({ length: size }, () => ({ type: "Deposited", data: payload }));
    const expectedStreamVersion = version === 0 ? "STREAM_DOES_NOT_EXIST" : BigInt(version);
    await store.appendToStream(`account-${stream}`, events, { expectedStreamVersion });
  }
}

async function read({ store }, size, times) {
  let found = 0;
  for (let time = 0; time < times; time++) {
    found += (await store.readStream(`account-${filled.get(size)}`)).events.length;
  }
  expect(size * times, found);
}

async function scan({ pool }, count) {
  let found = 0;
  let after = 0n;
  while (found < count) {
    const page = await readMessagesBatch(pool.execute, { after, batchSize: PAGE });
    if (page.messages.length === 0) break;
    found += page.messages.length;
    after = page.currentGlobalPosition;
  }
  expect(count, found);
}

function expect(expected, found) {
  // A peer that reads a part of what it should must not look fast.
  if (found !== expected) throw new Error(`read ${found} events instead of ${expected}`);
}

async function obey(peer, command, numbers) {
  if (command === "create") return peer.store.schema.migrate();
  if (command === "fill") {
    filled.set(numbers[0], randomUUID());
    return append(peer, filled.get(numbers[0]), FILL_CHUNK, numbers[0]);
  }
  if (command === "append") return append(peer, randomUUID(), ...numbers);
  return command === "read" ? read(peer, ...numbers) : scan(peer, ...numbers);
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const peer = open(JSON.parse((await lines.next()).value));
console.log("ok 0");
for await (const line of lines) {
  const [command, ...numbers] = line.split(" ");
  const start = performance.now();
  try {
    await obey(peer, command, numbers.map(Number));
    console.log(`ok ${(performance.now() - start) / 1000}`);
  } catch (error) {
    console.log(`error ${`${error}`.replaceAll("\n", " ")}`);
  }
}
process.exit(0);
