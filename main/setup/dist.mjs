// `npm run dist [-- --test-electron]`: packs the app into release/. With the users' Electron where its host can be reached (AppImage
// and deb); else, saying so, with the test Electron as a folder, which the end-to-end tests drive.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { modules, node24, root } from "./paths.mjs";
import { ensureReady, environment } from "./ready.mjs";
import { sqliteForNapi8 } from "./sqlite-napi8.mjs";
import { stageApp } from "./stage.mjs";
import { failWith, hashOfFiles, isMain, isStamped, run, say, stamp } from "./steps.mjs";
import { TEST_ELECTRON, testElectronFolder } from "./test-electron.mjs";
import { whyElectronUnreachable } from "./users-electron.mjs";

export const packedApp = join(root, "release", "linux-unpacked", "headstart");

async function pack({ engine, sqlite, options }) {
  await stageApp({ engine, sqlite });
  say("packing");
  await run(node24, [join(modules, "electron-builder", "cli.js"), "--linux", ...options], { env: environment(), quiet: true });
  rmSync(join(root, "release", "stage"), { recursive: true, force: true });
}

/** The app packed with the test Electron as a folder; gives its executable. */
export async function packForTests(engine) {
  const [electron, sqlite] = [await testElectronFolder(), await sqliteForNapi8()];
  const inputs = hashOfFiles([
    join(root, "out"),
    join(root, "resources"),
    join(root, "electron-builder.yml"),
    join(root, "package-lock.json"),
    join(modules, "@tensorflow", "tfjs-node-gpu", "lib"),
    sqlite,
  ]);
  if (existsSync(packedApp) && isStamped("packed-for-tests", inputs)) return packedApp;
  rmSync(join(root, "release"), { recursive: true, force: true });
  await pack({ engine, sqlite, options: ["dir", `-c.electronVersion=${TEST_ELECTRON}`, `-c.electronDist=${electron}`] });
  stamp("packed-for-tests", inputs);
  return packedApp;
}

if (isMain(import.meta.url)) {
  try {
    const { values } = parseArgs({ options: { "test-electron": { type: "boolean" } } });
    const { engine } = await ensureReady();
    const why = values["test-electron"] ? "--test-electron" : await whyElectronUnreachable();
    if (why) {
      say(`packing a folder with the test Electron ${TEST_ELECTRON}, no AppImage and deb: ${why}`);
      say(`packed: ${await packForTests(engine)}`);
    } else {
      rmSync(join(root, "release"), { recursive: true, force: true });
      await pack({ engine, sqlite: join(modules, "better-sqlite3", "prebuilds", "linux-x64.node"), options: ["AppImage", "deb"] });
      say("packed: release/*.AppImage and release/*.deb");
    }
  } catch (error) {
    failWith(error);
  }
}
