// A stock client: npm's socket.io-client, of either age.
//
//   client.js PACKAGE URL OPTIONS EVENT...
//
// OPTIONS (JSON) goes to io() as it is. Tells: connect, upgrade, disconnect, connect_error, and
// each EVENT as {"event": "event", "name", "args"}. Obeys: emit {name, args, ack}, disconnect.
"use strict";

const { obey, tell } = require("./lines.js");

const [name, url, options, ...events] = process.argv.slice(2);
const io = require(name);
const socket = io(url, JSON.parse(options));

const transport = () => socket.io.engine.transport.name;
socket.on("connect", () => tell("connect", { id: socket.id, transport: transport() }));
socket.on("disconnect", (reason) => tell("disconnect", { reason }));
socket.on("connect_error", (error) => tell("connect_error", { message: error.message }));
socket.io.engine.on("upgrade", () => tell("upgrade", { transport: transport() }));
for (const event of events) {
  socket.on(event, (...args) => tell("event", { name: event, args }));
}

obey({
  emit({ name, args, ack }) {
    if (ack) {
      socket.emit(name, ...args, (...answer) => tell("ack", { name, args: answer }));
    } else {
      socket.emit(name, ...args);
    }
  },
  disconnect() {
    socket.disconnect();
  },
});
