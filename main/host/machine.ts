// What the machine and the runtime are, for `headstart doctor`.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";
import { promisify } from "node:util";
import type { DoctorReport } from "../contract/index.ts";

const run = promisify(execFile);

export async function describeMachine(): Promise<DoctorReport["machine"]> {
  const [flags, glibc] = await Promise.all([cpuFlags(), glibcVersion()]);
  const processors = cpus();
  return {
    platform: `${process.platform} ${process.arch} ${release()}`,
    cpu: processors[0]?.model ?? "unknown",
    cores: processors.length,
    memoryBytes: totalmem(),
    avx: flags.filter((flag) => /^(avx|fma)/.test(flag)),
    glibc,
  };
}

export function describeRuntime(): DoctorReport["runtime"] {
  const { node, electron = null, chrome = null } = process.versions as Record<string, string>;
  return { kind: electron ? "electron" : "node", node, electron, chromium: chrome };
}

async function cpuFlags(): Promise<string[]> {
  if (process.platform !== "linux") return [];
  const flags = /^flags\s*:\s*(.*)$/m.exec(await readFile("/proc/cpuinfo", "utf8"));
  return flags ? flags[1].split(" ") : [];
}

/** Null where the C library is another one. */
async function glibcVersion(): Promise<string | null> {
  try {
    const { stdout } = await run("getconf", ["GNU_LIBC_VERSION"]);
    return stdout.trim().replace(/^glibc /, "") || null;
  } catch {
    return null;
  }
}
