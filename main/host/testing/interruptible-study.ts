// The program that interrupted-study.test.ts kills: a host with the real store and the real training thread, which runs one
// small study of all kinds of stages, or goes on with it, and prints what it says is done, each as it says so.
// Use: node interruptible-study.ts DATA_FOLDER RESOURCES_FOLDER
import { type LiveEvent, type StudyRecord, weakVsStrongRecipe } from "../../contract/index.ts";
import { startTrainingWorker } from "../../worker/client.ts";
import { threadEntries } from "../entries.ts";
import { createHost } from "../host.ts";
import { createCaller } from "../router/index.ts";

const sft = { batchSize: 2, maxLength: 48, optimizer: { learningRate: 1e-2 } };
const recipe = weakVsStrongRecipe.parse({
  kind: "weak-vs-strong",
  name: "Interrupted",
  data: {
    gsm8k: false,
    arithmetic: { count: 100, maxSteps: 1, maxDigits: 1, operations: ["-", "/"] },
    split: { sft: 0.4, rl: 0.2, dev: 0.15, test: 0.25 },
  },
  starts: [
    { name: "weak", prompts: 12, responsesPerPrompt: 2, sft: { ...sft, epochs: 16 } },
    { name: "strong", prompts: 24, responsesPerPrompt: 2, sft: { ...sft, epochs: 12 } },
  ],
  temperature: { candidates: [0.4, 0.7], problems: 6, samplesPerProblem: 2 },
  rl: {
    steps: 8,
    promptsPerStep: 4,
    groupSize: 4,
    maxResponseTokens: 12,
    evalEvery: 2,
    checkpointEvery: 3,
    optimizer: { learningRate: 1e-3 },
  },
  devEval: { pool: "dev", problems: 6, samplesPerProblem: 2, maxResponseTokens: 12 },
  finalEval: { pool: "test", problems: 12, samplesPerProblem: 4, maxResponseTokens: 12 },
});

const [dataFolder, resourcesFolder] = process.argv.slice(2);
const print = (...words: (string | number)[]) => process.stdout.write(`${words.join(" ")}\n`);
const ordinalOf = (stageId: string) => stageId.slice(stageId.lastIndexOf("-") + 1);

print("opening");
const host = await createHost({
  dataFolder,
  resourcesFolder,
  kind: "cli",
  entries: threadEntries(),
  takeUp: false,
  startWorker(options) {
    const worker = startTrainingWorker(options);
    // Checkpoints are no live events: said here, once the host has taken them.
    return {
      ...worker,
      run: (job, onEvent) =>
        worker.run(job, async (event) => {
          await onEvent(event);
          if (event.type === "checkpoint") print("checkpoint", ordinalOf(job.stageId), event.checkpoint.step);
        }),
    };
  },
});
const events = host.events.subscribe();
const caller = createCaller({ host });

const studies: StudyRecord[] = await host.store.studies();
if (studies.length === 0) await caller.studies.start({ recipe, seed: 5 });
else if (studies[0].status === "done") print("study", "done");
else await host.scheduler.takeUp();

if (studies[0]?.status !== "done") for await (const event of events) if (tell(event)) break;
const [{ status, error }] = await host.store.studies();
if (status !== "done") {
  console.error(error);
  process.exitCode = 1;
}
await host.close();

/** Whether it was the last thing to tell. */
function tell(event: LiveEvent): boolean {
  switch (event.type) {
    case "study":
      print("study", event.status);
      return event.status === "done" || event.status === "failed";
    case "stage":
      if (event.status === "done") print("done", ordinalOf(event.stageId));
      else print("progress", ordinalOf(event.stageId), event.step);
      return false;
    case "metrics":
      print("metrics", ordinalOf(event.stageId), event.step, Object.keys(event.values).sort().join());
      return false;
    case "rollouts":
      print("rollouts", ordinalOf(event.stageId), event.step, event.count);
      return false;
    case "evaluation":
      print("evaluation", ordinalOf(event.stageId), event.evaluation.step);
      return false;
    case "missed":
      throw new Error("This program listens to its own host and must hear everything.");
  }
}
