// `npm run -s headstart -- ...`: the command line, set up first where that is still to do (messages go to stderr).
import { join } from "node:path";
import { node24, root } from "./paths.mjs";
import { ensureReady, handOver } from "./ready.mjs";
import { failWith } from "./steps.mjs";

try {
  await ensureReady();
  process.exitCode = await handOver(node24, [join(root, "out", "main", "cli.cjs"), ...process.argv.slice(2)]);
} catch (error) {
  failWith(error);
}
