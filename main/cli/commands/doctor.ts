// headstart doctor: machine, engine, versions, GPU or why none, measured speed, store.
import type { Command } from "commander";
import type { DoctorReport } from "../../contract/index.ts";
import { withApplication } from "../application.ts";
import { plural } from "../text.ts";

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("what this machine, its engine and the data folder are, measured")
    .option("--json", "print the report as JSON")
    .action(async ({ json }: { json?: true }) => {
      const report = await withApplication(({ client }) => client.system.doctor.query());
      process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : formatDoctor(report));
    });
}

const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
/** The ones that TensorFlow's builds differ by; the JSON has all. */
const telling = new Set(["avx", "avx2", "avx512f", "fma"]);

export function formatDoctor({ headstart, machine, runtime, engine, verifiers, store }: DoctorReport): string {
  const rows: [string, string][] = [
    ["Headstart", headstart.version],
    ["Data folder", headstart.dataFolder],
    ["Platform", `${machine.platform}, glibc ${machine.glibc ?? "unknown"}`],
    [
      "Processor",
      `${machine.cpu}, ${plural(machine.cores, "core")}, ${machine.avx.filter((flag) => telling.has(flag)).join(" ") || "no AVX"}`,
    ],
    ["Memory", gigabytes(machine.memoryBytes)],
    ["Runtime", runtime.kind === "electron" ? `Electron ${runtime.electron}, Node ${runtime.node}` : `Node ${runtime.node}`],
    ["Engine", `${engine.backend}, TensorFlow ${engine.tensorflow}, tfjs ${engine.tfjs}, ${plural(engine.threads, "thread")}`],
    ["GPU", engine.gpu ?? `none: ${engine.whyNoGpu ?? "no reason given"}`],
    ["Fused kernels", engine.fusedKernels.join(", ") || "none"],
    ["Matrix product", `${engine.matmulGflops.toFixed(0)} GFLOP/s (1024³ F32, best of 10)`],
    ["Python programs", verifiers.code.kind === "none" ? `are not run: ${verifiers.code.detail}` : `run in ${verifiers.code.detail}`],
    ["Store", `SQLite ${store.sqlite}, schema ${store.schemaVersion}, ${megabytes(store.bytes)}`],
    ["Stored", `${plural(store.studies, "study", "studies")}, ${plural(store.rollouts, "rollout")}`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(15)} ${value}\n`).join("");
}
