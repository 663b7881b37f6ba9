// The log: JSON lines in a file of the data folder, for whoever has to find out later what happened.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import pino, { type Logger } from "pino";

export function openLog(dataFolder: string, kind: string): Logger {
  mkdirSync(join(dataFolder, "logs"), { recursive: true, mode: 0o700 });
  const destination = pino.destination({ dest: join(dataFolder, "logs", "headstart.log"), mode: 0o600, sync: false });
  return pino({ base: { pid: process.pid, host: kind } }, destination);
}
