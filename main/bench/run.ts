// The benchmark as a program; `headstart bench` starts it. It always runs from source: the packed app has no benchmark.
//     node main/bench/run.ts '{"peers":true,"cases":[],"rounds":7,"json":false}'
import { toErrorRecord } from "../contract/errors.ts";
import { runBench } from "./bench.ts";
import { formatReport } from "./report.ts";

const options: { peers: boolean; cases: string[]; rounds: number; json: boolean } = JSON.parse(process.argv[2]);
try {
  const report = await runBench({ ...options, say: (line) => process.stderr.write(`${line}\n`) });
  process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : formatReport(report)}\n`);
} catch (thrown) {
  const { message, hint } = toErrorRecord(thrown, "bench");
  process.stderr.write(`${message}\n${hint}\n`);
  process.exitCode = 1;
}
