import { writeFileSync } from "node:fs";
import { join } from "node:path";
import pino from "pino";
import { expect, onTestFinished, test, vi } from "vitest";
import { openHost, temporaryFolder } from "../../host/testing/open-host.ts";
import { serve } from "../../server/serve.ts";
import { enterRunningServer } from "./serve.ts";

test("headstart serve beside a running server prints a fresh address of that one", async () => {
  const { host, dataFolder } = await openHost();
  const rendererFolder = temporaryFolder();
  writeFileSync(join(rendererFolder, "index.html"), "");
  const server = await serve({ host, rendererFolder, port: 0, log: pino({ enabled: false }) });
  onTestFinished(() => server.close());
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  onTestFinished(() => write.mockRestore());
  expect(await enterRunningServer(dataFolder, false)).toBe(true);
  const printed = write.mock.calls.map(([text]) => text).join("");
  expect(printed).toContain(`${server.address}?token=`);
  expect(printed).not.toContain(server.entrance);
});

test("where nobody serves a page, it leaves the folder to be opened or refused", async () => {
  expect(await enterRunningServer(temporaryFolder(), false)).toBe(false);
  const { dataFolder } = await openHost();
  expect(await enterRunningServer(dataFolder, false)).toBe(false);
});
