// Follows a study on stderr until it ends or is paused. Ctrl-C pauses it; a second one ends this process at once.
import type { TRPCClient } from "@trpc/client";
import { type ErrorRecord, HeadstartError, type LiveEvent, type Status } from "../contract/index.ts";
import type { AppRouter } from "../host/router/index.ts";
import type { Application } from "./application.ts";
import { recordBehind } from "./failure.ts";
import { ProgressLine, type ProgressOutput } from "./progress-line.ts";

/** Follows a study to its end. Says how to go on with one that was paused; throws for one that failed or was cancelled. */
export async function runToTheEnd({ client, holder }: Pick<Application, "client" | "holder">, id: string): Promise<"done" | "paused"> {
  if (holder) process.stderr.write(`Runs in the Headstart that holds the data folder (process ${holder.pid}).\n`);
  const status = await followStudy(client, id);
  if (status === "done") return status;
  if (status === "paused") {
    process.stderr.write(`Paused. To go on: headstart study resume ${id}\n`);
    process.exitCode = 130;
    return status;
  }
  const { error } = status === "failed" ? await client.studies.get.query({ id }) : { error: null };
  throw new HeadstartError(
    error ?? {
      code: `study-${status}`,
      where: `study ${id}`,
      message: `The study was ${status} before it ended.`,
      hint: status === "failed" ? `Try headstart study resume ${id}.` : "Start it again.",
    },
  );
}

const ended = (status: Status) => status === "done" || status === "failed" || status === "cancelled" || status === "paused";

/** `process`, but for tests. */
export interface Surroundings {
  stderr: ProgressOutput;
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

export async function followStudy(client: TRPCClient<AppRouter>, id: string, around: Surroundings = process): Promise<Status> {
  const line = new ProgressLine(around.stderr);
  let stageId = "";
  const progress = async () => {
    const study = (await client.studies.list.query()).find((candidate) => candidate.id === id);
    if (study) line.update(study);
  };
  const labels = new Map((await client.studies.get.query({ id })).stages.map((stage) => [stage.id, stage.plan.label]));
  let interrupted = false;
  const interrupt = () => {
    if (interrupted) process.exit(130);
    interrupted = true;
    line.note("Pausing (Ctrl-C again ends at once; then it goes on from its latest checkpoint)");
    client.studies.pause.mutate({ id }).catch((thrown) => line.note(recordBehind(thrown).message));
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) around.on(signal, interrupt);
  const ticker = setInterval(() => void progress().catch(() => {}), line.live ? 1_000 : 15_000);
  let subscription: { unsubscribe(): void } | null = null;

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
          const { pool, step, passAt1, low, high, problems, samplesPerProblem } = event.evaluation;
          const label = labels.get(event.stageId) ?? event.start;
          const interval = low === null || high === null ? "" : ` [${percent(low)}, ${percent(high)}]`;
          line.note(`${label}, step ${step}: ${percent(passAt1)}${interval} on ${pool} (n = ${problems} × ${samplesPerProblem})`);
        } else if (event.type === "stage" && event.stageId !== stageId) {
          stageId = event.stageId;
          void progress().catch(() => {});
        }
      };
      subscription = client.live.events.subscribe(undefined, {
        onStarted: () => void check().catch(reject), // it may have ended before this listened
        onData: take,
        onError: reject,
        // The link would try for ever to reach a holder that is gone.
        onConnectionStateChange: ({ state, error }) => {
          if (state === "connecting" && error) reject(new HeadstartError(holderGone(id)));
        },
      });
    });
  } finally {
    (subscription as { unsubscribe(): void } | null)?.unsubscribe();
    clearInterval(ticker);
    for (const signal of signals) around.off(signal, interrupt);
    line.end();
  }
}

const holderGone = (id: string): ErrorRecord => ({
  code: "holder-gone",
  where: `study ${id}`,
  message: "The Headstart that ran the study has stopped.",
  hint: `To go on: headstart study resume ${id}`,
});

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
