// The audit as a program; `headstart audit math` starts it. It always runs from source: the packed app has no audit.
//     node main/bench/audit.ts '{"alone":false,"json":false}'
import { toErrorRecord } from "../contract/errors.ts";
import { auditMath, formatAudit } from "./math-audit.ts";

const options: { alone: boolean; json: boolean } = JSON.parse(process.argv[2]);
try {
  const report = await auditMath({ alone: options.alone, say: (line) => process.stderr.write(`${line}\n`) });
  process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : formatAudit(report)}\n`);
  if (!report.passed) process.exitCode = 1;
} catch (thrown) {
  const { message, hint } = toErrorRecord(thrown, "audit");
  process.stderr.write(`${message}\n${hint}\n`);
  process.exitCode = 1;
}
