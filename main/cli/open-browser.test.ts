import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { temporaryFolder } from "../host/testing/open-host.ts";
import { openInBrowser, writeRedirect } from "./open-browser.ts";

const address = "http://127.0.0.1:4747/?token=secret";

test("the file that leads on can be read by its owner alone, whatever was there before", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "enter.html"), "old", { mode: 0o644 });
  const path = writeRedirect(folder, address);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, "utf8")).toContain(`content="0;url=${address}"`);
});

test("the browser is started without the token, and the file is removed", async () => {
  const folder = temporaryFolder();
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "xdg-open"), `#!/bin/sh\necho "$@" > "${folder}/arguments"\n`, { mode: 0o700 });
  vi.stubEnv("PATH", `${bin}:${process.env.PATH}`).stubEnv("DISPLAY", ":99");
  try {
    const opening = openInBrowser(folder, address)!;
    await expect
      .poll(() => existsSync(join(folder, "arguments")) && readFileSync(join(folder, "arguments"), "utf8"))
      .toBe(`${folder}/enter.html\n`);
    expect(existsSync(join(folder, "enter.html"))).toBe(true);
    opening.remove();
    await opening.removed;
    expect(existsSync(join(folder, "enter.html"))).toBe(false);
  } finally {
    vi.unstubAllEnvs();
  }
});

test("without a desktop nothing is opened and nothing written", () => {
  const folder = temporaryFolder();
  vi.stubEnv("DISPLAY", undefined).stubEnv("WAYLAND_DISPLAY", undefined);
  try {
    expect(openInBrowser(folder, address)).toBeNull();
    expect(existsSync(join(folder, "enter.html"))).toBe(false);
  } finally {
    vi.unstubAllEnvs();
  }
});
