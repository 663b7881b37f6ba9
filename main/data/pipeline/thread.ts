// A data thread: one task, then it ends. It can be ended at any time; what it leaves in its folder, its owner removes.
import { parentPort, workerData } from "node:worker_threads";
import { toErrorRecord } from "../../contract/errors.ts";
import type { VerifyRequest } from "../../contract/job.ts";
import type { Verification } from "../../contract/rollout.ts";
import { performPipeline } from "./perform.ts";
import { performLadder } from "./perform-ladder.ts";
import type { DataMessage, DataTask, VerdictMessage } from "./task.ts";

if (parentPort) {
  const port = parentPort;
  const say = (message: DataMessage) => port.postMessage(message);
  const asked = new Map<number, (verification: Verification) => void>();
  let lastId = 0;
  port.on("message", ({ id, verification }: VerdictMessage) => {
    asked.get(id)?.(verification);
    asked.delete(id);
  });
  const verify = (request: VerifyRequest): Promise<Verification> =>
    new Promise((resolve) => {
      asked.set(++lastId, resolve);
      say({ type: "verify", id: lastId, request });
    });
  const perform = async (task: DataTask) =>
    task.kind === "ladder"
      ? performLadder(task)
      : performPipeline(task, { tell: (progress) => say({ type: "progress", progress }), verify });
  perform(workerData as DataTask)
    .then(
      (outcome) => say({ type: "result", outcome }),
      (thrown) => say({ type: "error", error: toErrorRecord(thrown, "data thread") }),
    )
    .finally(() => port.close());
}
