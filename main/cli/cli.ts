// The command line. Each command is a file of commands/; a new one is added to the list there.
import { Command } from "commander";
import { version } from "../host/version.ts";
import { commands } from "./commands/index.ts";
import { formatFailure } from "./failure.ts";

const program = new Command("headstart")
  .description("How does the SFT start shape what RL can reach? Without a command: npm start opens the workbench.")
  .version(version)
  .enablePositionalOptions() // here and at study: --json after a subcommand is the subcommand's
  .showHelpAfterError();
for (const add of commands) add(program);

// Whoever reads the output may stop reading: `headstart … | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

program.parseAsync().catch((thrown) => {
  process.stderr.write(`${formatFailure(thrown)}\n`);
  process.exitCode = 1;
});
