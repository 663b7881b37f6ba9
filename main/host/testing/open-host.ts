// For tests only: a host on a real store in a temporary folder, with the scripted training thread.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { LiveEvent } from "../../contract/index.ts";
import { resourcesFolder, threadEntries } from "../entries.ts";
import { createHost, type Host } from "../host.ts";
import { createCaller } from "../router/index.ts";
import { ScriptedWorker } from "./scripted-worker.ts";

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "headstart-host-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function openHost(options: { dataFolder?: string; worker?: ScriptedWorker; takeUp?: boolean } = {}) {
  const { dataFolder = temporaryFolder(), worker = new ScriptedWorker(), takeUp = false } = options;
  const host = await createHost({
    dataFolder,
    resourcesFolder: resourcesFolder(),
    kind: "cli",
    entries: threadEntries(),
    takeUp,
    startWorker: () => worker,
  });
  onTestFinished(() => host.close());
  return { host, worker, dataFolder, caller: createCaller({ host }) };
}

/** Resolves at the first event that fits. To be called before what causes it. */
export async function untilEvent(host: Host, fits: (event: LiveEvent) => boolean): Promise<LiveEvent> {
  const controller = new AbortController();
  for await (const event of host.events.subscribe(controller.signal)) if (fits(event)) return event;
  throw new Error("The events ended.");
}

export const untilStatus = (host: Host, studyId: string, status: string) =>
  untilEvent(host, (event) => event.type === "study" && event.studyId === studyId && event.status === status);

/** A gate that code under test waits at until the test opens it. */
export function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let reach = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  return {
    open: () => open(),
    reached,
    wait: () => {
      reach();
      return opened;
    },
  };
}
