// What Headstart needs of a machine. Each thing missing gives one sentence that says what to do.
import { readFileSync } from "node:fs";
import { arch, platform } from "node:os";
import { ask, SetupError } from "./steps.mjs";

const APT = "on Debian and Ubuntu: sudo apt install";

function older(version, least) {
  const [major, minor] = version.split(".").map(Number);
  const [leastMajor, leastMinor] = least.split(".").map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}

function cpuFlags() {
  try {
    return (
      readFileSync("/proc/cpuinfo", "utf8")
        .match(/^flags\s*:(.*)$/m)?.[1]
        .split(" ") ?? []
    );
  } catch {
    return [];
  }
}

function glibcVersion() {
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime;
}

/** What is wrong with the machine itself, as sentences. */
export function machineProblems() {
  if (platform() !== "linux" || arch() !== "x64")
    return [
      `Headstart's engine runs on Linux x64 only, and this is ${platform()} ${arch()}: use a Linux x64 machine and open its page from here.`,
    ];
  const problems = [];
  if (older(process.versions.node, "20.0"))
    problems.push(`Node ${process.versions.node} is too old: install Node 20 or newer with npm (https://nodejs.org).`);
  const glibc = glibcVersion();
  if (!glibc)
    problems.push("This system has no glibc (TensorFlow needs 2.27 or newer): use a distribution with glibc, such as Debian or Ubuntu.");
  else if (older(glibc, "2.27"))
    problems.push(`glibc ${glibc} is too old for TensorFlow (it needs 2.27): use Debian 10, Ubuntu 18.04 or a newer distribution.`);
  if (!cpuFlags().includes("avx"))
    problems.push("This CPU has no AVX, which TensorFlow needs: use a machine of 2011 or later, or turn AVX on in the virtual machine.");
  return problems;
}

/** What is missing among the tools that bring and compile the engine, as sentences. */
export async function toolProblems() {
  const [python, pip, compiler, npm] = await Promise.all([
    ask("python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]),
    ask("python3", ["-m", "pip", "--version"]),
    ask("g++", ["-dumpfullversion", "-dumpversion"]),
    ask("npm", ["--version"]),
  ]);
  const problems = [];
  if (!npm) problems.push("npm was not found: install it beside Node (https://nodejs.org has both).");
  if (!python) problems.push(`python3 was not found: install Python 3.9 or newer with pip (${APT} python3 python3-pip).`);
  else if (older(python, "3.9"))
    problems.push(`Python ${python} is too old: install Python 3.9 or newer with pip and put it first on PATH.`);
  else if (!pip) problems.push(`Python's pip was not found: install it (${APT} python3-pip).`);
  if (!compiler) problems.push(`g++ was not found: install a C++17 compiler (${APT} g++).`);
  else if (older(compiler.includes(".") ? compiler : `${compiler}.0`, "8.0"))
    problems.push(`g++ ${compiler} is too old for C++17: install g++ 8 or newer.`);
  return problems;
}

export function refuse(problems) {
  if (problems.length > 0) throw new SetupError(problems.join("\nheadstart: "));
}
