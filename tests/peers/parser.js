// The reference parser: npm's socket.io-parser.
//
//   parser.js
//
// Obeys: read {id, text, attachments}, told as `read` with the packet or with why it was refused;
// write {id, packet}, told as `written` {text, attachments}. Bytes are {"$bytes": base64} in a
// packet's data, and base64 among attachments.
"use strict";

const { Decoder, Encoder } = require("socket.io-parser");
const { obey, tell } = require("./lines.js");

const base64 = (bytes) => Buffer.from(bytes).toString("base64");

/** A copy of a value with everything that `change` gives something for changed. */
const copy = (value, change) => {
  const changed = change(value);
  if (changed !== undefined) {
    return changed;
  }
  if (Array.isArray(value)) {
    return value.map((element) => copy(element, change));
  }
  if (typeof value === "object" && value !== null) {
    // Not by assignment: a key may be `__proto__`.
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, inner]) => [key, copy(inner, change)]));
  }
  return value;
};

const readable = (value) => (Buffer.isBuffer(value) ? { $bytes: base64(value) } : undefined);
const real = (value) =>
  typeof value?.$bytes === "string" ? Buffer.from(value.$bytes, "base64") : undefined;

obey({
  read({ id, text, attachments }) {
    const decoder = new Decoder();
    let packet;
    decoder.on("decoded", (decoded) => (packet = decoded));
    try {
      decoder.add(text);
      for (const attachment of attachments) {
        decoder.add(Buffer.from(attachment, "base64"));
      }
    } catch (error) {
      return tell("read", { id, refused: error.message });
    }
    tell("read", { id, packet: packet ? copy(packet, readable) : null });
  },
  write({ id, packet }) {
    const [text, ...attachments] = new Encoder().encode(copy(packet, real));
    tell("written", { id, text, attachments: attachments.map(base64) });
  },
});
