// A small client of Parlour: says every line of standard input in a room, and prints what is said.
//
//   npm install socket.io-client
//   node chat.mjs http://127.0.0.1:3000 Ann chat state.json
//
// Connection, server and client may be away for a while: everything is printed once and in order,
// and said once. What that takes is kept in one file: the token, the cursor, the outbox. (Killed
// between printing and writing the file, it prints the last lines again. Whoever stores messages
// stores the cursor in the same transaction.)
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const [url, nickname, room = "chat", file = "state.json"] = process.argv.slice(2);
if (!url || !nickname) {
  console.error("node chat.mjs URL NICKNAME [ROOM] [FILE]");
  process.exit(2);
}
const state = existsSync(file) ? JSON.parse(readFileSync(file)) : { outbox: [] };
const save = () => {
  writeFileSync(`${file}.part`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${file}.part`, file); // A crash leaves the old one or the new one, whole.
};
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const stop = (why) => {
  console.error(why);
  process.exit(1);
};

const socket = io(`${url}/chat`, { auth: (give) => give({ nickname, token: state.token }) });

// The answer to a request: {ok} or {error}, or {} if none came.
const ask = (name, payload) => socket.timeout(10_000).emitWithAck(name, payload).catch(() => ({}));
// Refusals that pass by waiting. A code that is not known here is one that does not.
const passes = (code) => ["rate_limited", "busy", "full", "storage", "muted"].includes(code);
const pause = (error) => sleep(Math.min(error?.retry_after ?? 1_000, 60_000));

// --- What others say ----------------------------------------------------------------------------

let round = 0; // Only the answers to the newest catching up count.
let live = false; // Nothing is missing, as far as we know.
let head = 0; // The highest number that we heard of.

function show({ seq, author, body, attachments = [] }) {
  if (body !== undefined) console.log(`#${seq} ${author.name}: ${body}`);
  for (const { file, name } of attachments) console.log(`#${seq} ${name}: ${url}/files/${file}`);
}

// Takes the changes that continue the cursor: none that we have, none behind a gap.
function apply(changes) {
  for (const change of changes) {
    if (change.seq !== state.cursor.seq + 1) continue;
    if (change.type === "posted") show(change);
    if (change.type === "edited") console.log(`#${change.seq} edited: ${change.body ?? ""}`);
    state.cursor.seq = change.seq; // Changes of other types, unknown ones too, count as well.
  }
  save();
}

async function catchUp(request) {
  const mine = ++round;
  const counts = () => mine === round && socket.connected; // If not, the next connect begins again.
  live = false;
  head = 0;
  while (counts()) {
    const { ok, error } = await ask(request, { room, after: state.cursor });
    if (!counts()) return;
    if (error && !passes(error.code)) stop(`${room}: ${error.message}`);
    if (!ok) {
      await pause(error);
      continue;
    }
    if (ok.type === "reset") {
      if (ok.why !== "new") console.log(`--- ${room} begins anew: ${ok.why} ---`);
      ok.messages.forEach(show);
      state.cursor = { epoch: ok.epoch, seq: ok.head };
      save();
    } else {
      apply(ok.changes);
    }
    head = Math.max(head, ok.head);
    if (state.cursor.seq >= head) {
      live = true;
      return flush();
    }
    request = "room:sync";
  }
}

socket.on("room:changes", (news) => {
  if (news.room !== room) return;
  head = Math.max(head, news.changes.at(-1).seq);
  if (!live) return; // They are in the answer that we wait for, or will be asked for after it.
  if (news.epoch === state.cursor.epoch) apply(news.changes);
  if (news.epoch !== state.cursor.epoch || state.cursor.seq < head) catchUp("room:sync");
});
socket.on("room:head", (news) => {
  if (live && news.room === room && state.cursor.seq < news.head) catchUp("room:sync");
});
socket.on("room:updated", (news) => {
  if (news.room === room && !news.now?.joined) stop(`You are not in ${room} any more.`);
});

// --- What we say --------------------------------------------------------------------------------

let flushing = false;

// Sends the outbox, one message after the other. Each stays in it until the server has it.
async function flush() {
  if (flushing) return;
  flushing = true;
  while (live && state.outbox.length > 0) {
    const { ok, error } = await ask("message:send", state.outbox[0]); // With the same id.
    if (ok || (error && !passes(error.code))) {
      if (error) console.error(`not sent: ${error.message}`);
      state.outbox.shift();
      save();
    } else {
      await pause(error);
    }
  }
  flushing = false;
}

// A UUID of version 7: the time, then random digits.
function uuid7() {
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

createInterface({ input: process.stdin }).on("line", (body) => {
  if (body.trim() === "") return;
  state.outbox.push({ room, id: uuid7(), body });
  save();
  flush();
});

// --- Who we are ---------------------------------------------------------------------------------

socket.on("session", ({ token }) => {
  state.token = token ?? state.token; // None where it came from another system.
  save();
});
socket.on("connect", () => catchUp("room:join"));
socket.on("disconnect", () => (live = false));
socket.on("session:ended", ({ code, message }) => {
  delete state.token; // It is worth nothing any more.
  save();
  stop(`${code}: ${message}`);
});
socket.on("connect_error", async ({ message }) => {
  if (socket.active) return console.error(`no answer from ${url} (${message}); trying again`);
  const code = message.split(": ")[0];
  if (passes(code)) await sleep(5_000);
  else if (state.token && ["token_invalid", "session_ended"].includes(code)) delete state.token;
  else stop(message);
  socket.connect();
});
