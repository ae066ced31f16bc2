// The peer: a bare fan-out with ws on Node.js, without database, rules or identities.
import { WebSocketServer } from "ws";

const padding = "x".repeat(Math.max(0, Number(process.argv[2] ?? 400) - 40));
const rooms = new Map();
const server = new WebSocketServer({
  host: "127.0.0.1",
  port: 0,
  perMessageDeflate: false,
  clientTracking: false,
});
server.on("connection", (socket, request) => {
  const path = request.url;
  const room = rooms.get(path) ?? { seq: 0, sockets: new Set() };
  rooms.set(path, room);
  room.sockets.add(socket);
  socket.on("close", () => room.sockets.delete(socket));
  socket.on("message", (data) => {
    const frame = JSON.parse(data);
    if (frame.t === "hello") socket.send(JSON.stringify({ t: "welcome", seq: room.seq }));
    else if (frame.t === "ping") socket.send(JSON.stringify({ t: "pong", t0: frame.t0, now: Date.now() }));
    else {
      room.seq += 1;
      const told = JSON.stringify({ t: "set", seq: room.seq, set: { floor: padding } });
      for (const each of room.sockets) each.send(told);
      socket.send(JSON.stringify({ t: "ack", id: frame.id, seq: room.seq }));
    }
  });
});
server.on("listening", () => console.log(`http://127.0.0.1:${server.address().port}`));
