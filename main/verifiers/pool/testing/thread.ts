// A thread that does what it is told, to try the pool's limits with.
import { parentPort } from "node:worker_threads";

export type Order = "answer" | "loop" | "fill memory" | "throw" | "exit";

const port = parentPort!;
let jobs = 0;
port.on("message", (order: Order) => {
  jobs++;
  if (order === "loop") for (;;);
  if (order === "throw") throw new Error("as told");
  if (order === "exit") process.exit(3);
  const kept: number[][] = [];
  while (order === "fill memory") kept.push(Array.from({ length: 100_000 }, (_, i) => i + kept.length));
  port.postMessage(jobs);
});
port.postMessage("ready");
