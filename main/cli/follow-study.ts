// Follows a study on stderr until it ends or is paused. Ctrl-C pauses it; a second one ends this process at once.
import type { TRPCClient } from "@trpc/client";
import type { LiveEvent, Status } from "../contract/index.ts";
import type { AppRouter } from "../host/router/index.ts";
import { recordOfFailure } from "./failure.ts";
import { ProgressLine } from "./progress-line.ts";

const ended = (status: Status) => status === "done" || status === "failed" || status === "cancelled" || status === "paused";

export async function followStudy(client: TRPCClient<AppRouter>, id: string): Promise<Status> {
  const line = new ProgressLine(process.stderr);
  const progressOf = async () => {
    const study = (await client.studies.list.query()).find((candidate) => candidate.id === id);
    if (study) line.update(study);
  };
  let interrupted = false;
  const interrupt = () => {
    if (interrupted) process.exit(130);
    interrupted = true;
    line.note("Pausing (Ctrl-C again ends at once; then it goes on from its latest checkpoint)");
    client.studies.pause.mutate({ id }).catch((thrown) => line.note(recordOfFailure(thrown).message));
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  const ticker = setInterval(() => void progressOf().catch(() => {}), line.live ? 1_000 : 15_000);

  try {
    return await new Promise<Status>((resolve, reject) => {
      const check = async () => {
        const { status } = await client.studies.get.query({ id });
        if (ended(status)) resolve(status);
      };
      const take = (event: LiveEvent) => {
        if (event.type === "missed") void check().catch(reject);
        if (!("studyId" in event) || event.studyId !== id) return;
        if (event.type === "study" && ended(event.status)) resolve(event.status);
        else if (event.type === "evaluation") {
          const { pool, step, passAt1, standardError } = event.evaluation;
          line.note(`${event.start}, ${pool}, RL step ${step}: ${percent(passAt1)} ± ${percent(standardError * 1.96)}`);
        } else if (event.type === "stage") void progressOf().catch(() => {});
      };
      const subscription = client.live.events.subscribe(undefined, {
        onStarted: () => void check().catch(reject), // it may have ended before this listened
        onData: take,
        onError: reject,
        onStopped: () => reject(new Error("The process that runs the study stopped.")),
      });
      void subscription;
    });
  } finally {
    clearInterval(ticker);
    for (const signal of signals) process.off(signal, interrupt);
    line.end();
  }
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
