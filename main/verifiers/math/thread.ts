// Entry of the verifier's threads: one pair at a time, with the symbolic engine.
import { parentPort } from "node:worker_threads";
import { judge } from "./judge.ts";
import { symbolicExpressions } from "./symbolic.ts";

export interface Pair {
  gold: string;
  given: string;
}

const port = parentPort!;
port.on("message", ({ gold, given }: Pair) => port.postMessage(judge(gold, given, symbolicExpressions)));
port.postMessage("ready");
