// A stock server: npm's socket.io.
//
//   server.js PORT
//
// Namespaces: "/" and "/side" let everybody in, "/guarded" those whose auth has the right word.
// In each, `echo` is answered with its arguments (as the event `echoed`, or as the
// acknowledgement), `silence` never. Tells: listening, connection, event, disconnect, answer.
// Obeys: emit, ask (which wants an acknowledgement), disconnect, kick (closes the connection).
"use strict";

const { createServer } = require("node:http");
const { Server } = require("socket.io");
const { obey, tell } = require("./lines.js");

const http = createServer();
const io = new Server(http);

io.of("/guarded").use((socket, next) => {
  if (socket.handshake.auth.word === "friend") {
    return next();
  }
  const error = new Error("not a friend");
  error.data = { code: 7, heard: socket.handshake.auth.word ?? null };
  next(error);
});

for (const nsp of ["/", "/side", "/guarded"]) {
  io.of(nsp).on("connection", (socket) => {
    const { auth, query } = socket.handshake;
    const about = { nsp, id: socket.id, connection: socket.conn.id };
    tell("connection", { ...about, auth, query, transport: socket.conn.transport.name });
    socket.on("disconnect", (reason) => tell("disconnect", { nsp, id: socket.id, reason }));
    socket.onAny((name, ...args) => {
      const told = args.filter((arg) => typeof arg !== "function");
      tell("event", { nsp, name, args: told, acknowledged: told.length < args.length });
    });
    socket.on("echo", (...args) => {
      const last = args.at(-1);
      if (typeof last === "function") {
        last(...args.slice(0, -1));
      } else {
        socket.emit("echoed", ...args);
      }
    });
  });
}

obey({
  emit({ nsp, name, args }) {
    io.of(nsp).emit(name, ...args);
  },
  ask({ nsp, name, args, timeout }) {
    for (const socket of io.of(nsp).sockets.values()) {
      socket.timeout(timeout).emit(name, ...args, (error, ...answer) => {
        tell("answer", { nsp, name, args: answer, timedOut: error !== null });
      });
    }
  },
  disconnect({ nsp }) {
    io.of(nsp).disconnectSockets();
  },
  kick({ nsp }) {
    io.of(nsp).disconnectSockets(true);
  },
});

http.listen(Number(process.argv[2]), "127.0.0.1", () => {
  tell("listening", { port: http.address().port });
});
