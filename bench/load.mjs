// Plays browsers against any server that speaks the wire: closed loop for throughput, open loop for latency.
// Reads {url, rooms: [{id, path, cookies: [..]}], commands, warmSeconds, seconds, rate, origin} from stdin.
// Writes one line {ready} when all sockets are idle, waits for a line, then writes the result.
import { createInterface } from "node:readline";
import WebSocket from "ws";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const plan = JSON.parse((await lines.next()).value);
const rooms = plan.rooms.map((room) => ({
  ...room,
  seats: [],
  seen: [],
  waiting: new Map(),
  turn: 0,
  bytes: 0,
  frames: 0,
}));
const toAck = [];
const toAll = [];
let sent = 0;
let refused = 0;
let answered = 0;
let measuring = false;
let onDone = () => {};

/** Finishes the commands of a room that everybody has seen. */
function settle(room) {
  const seen = Math.min(...room.seen);
  for (const [id, command] of room.waiting) {
    if (command.seq === undefined || command.seq > seen) continue;
    room.waiting.delete(id);
    if (command.measured) toAll.push(performance.now() - command.at);
    onDone(room);
  }
}

/** Opens one seat and resolves once the server has welcomed it. */
function sit(room, seat) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(plan.url + room.path, {
      headers: { Cookie: room.cookies[seat], Origin: plan.origin },
      perMessageDeflate: false,
    });
    room.seats[seat] = socket;
    room.seen[seat] = 0;
    socket.on("open", () =>
      socket.send(JSON.stringify({ t: "hello", tab: `${room.id}-${seat}`, lang: "en" })),
    );
    socket.on("error", reject);
    socket.on("message", (data) => {
      const text = data.toString();
      const kind = text.slice(6, 9);
      if (kind === "set") {
        room.bytes += text.length;
        room.frames += 1;
        room.seen[seat] = Number(/"seq":(\d+)/.exec(text)[1]);
        if (room.waiting.size > 0) settle(room);
      } else if (kind === "ack") {
        const frame = JSON.parse(text);
        const command = room.waiting.get(frame.id);
        if (command === undefined) return;
        answered += 1;
        command.seq = frame.seq;
        if (command.measured) toAck.push(performance.now() - command.at);
        settle(room);
      } else if (kind === "wel") {
        room.seen[seat] = Number(/"seq":(\d+)/.exec(text)[1]);
        resolve();
      } else if (kind === "ref" || kind === "bye") {
        refused += 1;
        const frame = JSON.parse(text);
        if (process.env.BENCH_DEBUG) console.error(text.slice(0, 200));
        room.waiting.delete(frame.id);
        onDone(room);
      }
    });
  });
}

/** Lets the next seat of a room raise or lower its hand: a small fact everybody sees. */
function act(room) {
  const seats = room.seats.length - 1;
  const seat = 1 + (room.turn % seats);
  const raise = Math.floor(room.turn / seats) % 2 === 0;
  room.turn += 1;
  const id = `${room.id}-${room.turn}`;
  room.waiting.set(id, { at: performance.now(), measured: measuring });
  if (measuring) sent += 1;
  room.seats[seat].send(JSON.stringify({ t: "do", id, type: raise ? "raise-hand" : "lower-hand" }));
}

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const share = (values, part) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] : null;
};

/** Sends every socket's heartbeat each 5 seconds, spread as those of independent browsers are. */
let beat = 0;
const heart = setInterval(() => {
  for (let at = beat % 50; at < rooms.length; at += 50) {
    for (const seat of rooms[at].seats)
      if (seat?.readyState === WebSocket.OPEN) seat.send('{"t":"ping","t0":1}');
  }
  beat += 1;
}, 100);

for (let from = 0; from < rooms.length; from += 20) {
  await Promise.all(
    rooms.slice(from, from + 20).flatMap((room) => room.cookies.map((_, seat) => sit(room, seat))),
  );
}
await pause(plan.settle ?? 1);
console.log(JSON.stringify({ ready: true }));
await lines.next();

const started = () => performance.now();
if (plan.rate) {
  let at = 0;
  const begin = started();
  const total = plan.rate * (plan.warmSeconds + plan.seconds);
  while (at < total) {
    const due = Math.min(total, Math.floor(((started() - begin) / 1000) * plan.rate));
    measuring = at >= plan.rate * plan.warmSeconds;
    for (; at < due; at += 1) act(rooms[at % rooms.length]);
    await pause(0.001);
  }
  await pause(1);
} else {
  let running = true;
  onDone = (room) => {
    if (running) act(room);
  };
  for (const room of rooms) act(room);
  await pause(plan.warmSeconds);
  measuring = true;
  await pause(plan.seconds);
  measuring = false;
  running = false;
  await pause(0.5);
}
clearInterval(heart);
const bytes = rooms.reduce((sum, room) => sum + room.bytes, 0);
const frames = rooms.reduce((sum, room) => sum + room.frames, 0);
const result = {
  perSecond: toAll.length / plan.seconds,
  sent,
  done: toAll.length,
  refused,
  answered,
  frameBytes: Math.round(bytes / Math.max(1, frames)),
  ack: { p50: share(toAck, 0.5), p99: share(toAck, 0.99) },
  everyone: { p50: share(toAll, 0.5), p99: share(toAll, 0.99) },
};
console.log(JSON.stringify(result));
process.exit(0);
