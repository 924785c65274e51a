// A chat in the manner of socket.io's tutorial: a page that shows whatever anybody says, with the
// stock client, and the server for it. What the benchmark of the page is compared with.
//
//   tutorial.js PORT
//
// Tells: listening.
"use strict";

const { createServer } = require("node:http");
const { Server } = require("socket.io");
const { obey, tell } = require("./lines.js");

// One element a message, and a scroll to the end a message.
const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Chat</title>
<style>
  body { margin: 0; padding-bottom: 3rem; font-family: sans-serif; }
  #form { position: fixed; bottom: 0; left: 0; right: 0; display: flex; height: 3rem; }
  #input { flex-grow: 1; }
  #messages { list-style: none; margin: 0; padding: 0; }
  #messages > li { padding: 0.5rem 1rem; }
  #messages > li:nth-child(odd) { background: #efefef; }
</style>
</head>
<body>
<ul id="messages"></ul>
<form id="form"><input id="input" autocomplete="off"><button>Send</button></form>
<script src="/socket.io/socket.io.js"></script>
<script>
  const socket = io();
  const form = document.getElementById("form");
  const input = document.getElementById("input");
  const messages = document.getElementById("messages");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.value) {
      socket.emit("chat message", input.value);
      input.value = "";
    }
  });
  socket.on("chat message", (text) => {
    const item = document.createElement("li");
    item.textContent = text;
    messages.appendChild(item);
    window.scrollTo(0, document.body.scrollHeight);
  });
  socket.on("connect", () => document.body.dataset.connected = "yes");
</script>
</body>
</html>`;

const http = createServer((_request, response) => {
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(page);
});
const io = new Server(http);

io.on("connection", (socket) => {
  socket.on("chat message", (text) => io.emit("chat message", text));
});

obey({});
http.listen(Number(process.argv[2]), "127.0.0.1", () => {
  tell("listening", { port: http.address().port });
});
