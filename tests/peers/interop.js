// Stock servers of npm's socket.io, one a kind, for the tests of our client.
//
//   interop.js
//
// Tells once where they listen: {"event": "listening", "ports": {KIND: PORT}}. What they serve is
// the vocabulary of `interop` in the Rust crate beside this folder; socketioxide serves the same.
"use strict";

const { createServer } = require("node:http");
const { Server } = require("socket.io");
const { obey, tell } = require("./lines.js");

// Pings within the time of a test; a time-out that a busy machine keeps.
const common = {
  pingInterval: 300,
  pingTimeout: 2000,
  maxHttpBufferSize: 1e6,
  serveClient: false,
  // The tests in browsers come from the page of their runner.
  cors: { origin: true, credentials: true },
};

const kinds = {
  node: {},
  "node-recovery": { connectionStateRecovery: { maxDisconnectionDuration: 120_000 } },
  "node-msgpack": { parser: require("socket.io-msgpack-parser") },
  "node-polling": { transports: ["polling"] },
  "node-websocket": { transports: ["websocket"] },
  "node-small": { maxHttpBufferSize: 10_000 },
};

/** What was noted, and how often something flaky was seen: by the test's own id, because it is to
 * outlive connections. */
const notes = new Map();
const seen = new Map();

/** The same events in every namespace. `lasting`: sockets outlive their connections. */
const serve = (socket, lasting) => {
  socket.on("echo", (...args) => {
    const ack = args.at(-1);
    if (typeof ack === "function") {
      ack(...args.slice(0, -1));
    } else {
      socket.emit("echo", ...args);
    }
  });
  socket.on("ask", (...args) => {
    socket.emit("question", ...args, (...answer) => socket.emit("answered", ...answer));
  });
  socket.on("count", (n) => {
    for (let i = 0; i < n; i += 1) {
      socket.emit("number", i);
    }
  });
  socket.on("tick", (n, every) => {
    let i = 0;
    const timer = setInterval(() => {
      if (i >= n || !(lasting || socket.connected)) {
        return clearInterval(timer);
      }
      socket.emit("tick", i);
      i += 1;
    }, every);
  });
  socket.on("silent", () => {});
  socket.on("slow", (ms, value, ack) => setTimeout(() => ack(value), ms));
  socket.on("flaky", (id, failures, ack) => {
    const times = (seen.get(id) ?? 0) + 1;
    seen.set(id, times);
    if (times > failures) {
      ack(times);
    }
  });
  socket.on("note", (id, value, ack) => {
    notes.set(id, [...(notes.get(id) ?? []), value]);
    ack?.();
  });
  socket.on("seen", (id, ack) => ack(notes.get(id) ?? []));
  socket.on("leave", () => socket.disconnect());
  socket.on("close", () => socket.disconnect(true));
  socket.on("headers", (ack) => ack(socket.handshake.headers, socket.handshake.query));
  socket.on("transport", (ack) => ack(socket.conn.transport.name));
  socket.on("auth", (ack) => ack(socket.handshake.auth));
  socket.on("recovered", (ack) => ack(socket.recovered));
};

const open = (options) => {
  const http = createServer();
  const io = new Server(http, { ...common, ...options });
  const lasting = options.connectionStateRecovery !== undefined;
  for (const nsp of ["/", "/other", "/refused", "/token", "/never"]) {
    io.of(nsp).on("connection", (socket) => serve(socket, lasting));
  }
  io.of("/refused").use((_socket, next) => {
    const error = new Error("not today");
    error.data = { code: 42 };
    next(error);
  });
  io.of("/token").use((socket, next) => {
    const { token } = socket.handshake.auth;
    if (token === "right") {
      return next();
    }
    next(new Error(token === undefined ? "no token" : "a wrong token"));
  });
  io.of("/never").use(() => {});
  return new Promise((resolve) => {
    http.listen(0, "127.0.0.1", () => resolve(http.address().port));
  });
};

obey({});

const main = async () => {
  const ports = {};
  for (const [kind, options] of Object.entries(kinds)) {
    ports[kind] = await open(options);
  }
  tell("listening", { ports });
};
main();
