import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TRPCClientError } from "@trpc/client";
import { expect, onTestFinished, test } from "vitest";
import type { LiveEvent } from "../contract/index.ts";
import { isHeldElsewhere } from "./host.ts";
import { connectToHolder } from "./local-socket.ts";
import { refusalByHolder } from "./refusal.ts";
import { openHost, temporaryFolder, untilStatus } from "./testing/open-host.ts";
import { smallRecipe } from "./testing/small-recipe.ts";

async function connect(dataFolder: string) {
  const holder = await connectToHolder(dataFolder);
  if (!holder) throw new Error("Nobody listens.");
  onTestFinished(() => holder.close());
  return holder.client;
}

test("a second process is a client of the first: calls, events and errors come through", async () => {
  const { host, dataFolder } = await openHost();
  const client = await connect(dataFolder);
  expect(await client.system.info.query()).toMatchObject({ pid: process.pid, dataFolder });

  const heard: LiveEvent[] = [];
  await new Promise<void>((resolve) => {
    client.live.events.subscribe(undefined, { onStarted: () => resolve(), onData: (event) => heard.push(event) });
  });
  const { id } = await client.studies.start.mutate({ recipe: smallRecipe, seed: 1 });
  await untilStatus(host, id, "done");
  await expect.poll(() => heard.at(-1)).toEqual({ type: "study", studyId: id, status: "done" });
  expect((await client.studies.list.query()).map((study) => study.id)).toEqual([id]);

  const failure = await client.studies.get.query({ id: "none" }).catch((thrown: unknown) => thrown);
  expect(failure).toBeInstanceOf(TRPCClientError);
  expect((failure as TRPCClientError<never>).data).toMatchObject({ record: { code: "unknown-study" } });
});

test("only the owner can open the socket, and it goes with its host", async () => {
  const { host, dataFolder } = await openHost();
  const path = join(dataFolder, "host.sock");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await host.close();
  expect(() => statSync(path)).toThrow("ENOENT");
  expect(await connectToHolder(dataFolder)).toBeNull();
});

test("a second host is refused with who holds the folder, and where", async () => {
  const { host, dataFolder } = await openHost();
  host.setPage({ address: "http://127.0.0.1:4747/", newEntrance: () => "" });
  const thrown = await openHost({ dataFolder }).catch((error: unknown) => error);
  expect(isHeldElsewhere(thrown)).toBe(true);
  expect(await refusalByHolder(dataFolder, thrown)).toMatchObject({
    code: "data-folder-locked",
    message: `It is in use by a Headstart command, process ${process.pid}, at http://127.0.0.1:4747/.`,
  });
});

test("what a dead holder left behind is no holder", async () => {
  const dataFolder = temporaryFolder();
  writeFileSync(join(dataFolder, "host.sock"), "");
  expect(await connectToHolder(dataFolder)).toBeNull();
  const { caller } = await openHost({ dataFolder });
  expect(await (await connect(dataFolder)).system.info.query()).toEqual(await caller.system.info());
});

test("a data folder whose path is longer than a socket's address may be works too", async () => {
  const top = mkdtempSync(join(tmpdir(), "headstart-host-"));
  onTestFinished(() => rmSync(top, { recursive: true, force: true }));
  const dataFolder = join(top, "a".repeat(60), "b".repeat(60));
  mkdirSync(dataFolder, { recursive: true });
  const { host } = await openHost({ dataFolder });
  expect((await (await connect(dataFolder)).system.info.query()).dataFolder).toBe(dataFolder);
  await host.close();
});
