// What the Node peers have in common: JSON lines in, JSON lines out. A peer ends when its standard
// input does.
"use strict";

const readline = require("node:readline");

/** Tells the test something. */
exports.tell = (event, about = {}) => {
  process.stdout.write(JSON.stringify({ event, ...about }) + "\n");
};

/** Calls `commands[line.do](line)` for each line. */
exports.obey = (commands) => {
  readline
    .createInterface({ input: process.stdin })
    .on("line", (line) => {
      const order = JSON.parse(line);
      commands[order.do](order);
    })
    .on("close", () => process.exit());
};
