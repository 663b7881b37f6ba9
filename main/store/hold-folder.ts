// The other process of lock.test.ts: opens a data folder and keeps it, or prints why it could not. Use: node hold-folder.ts FOLDER
import type { HeadstartError } from "../contract/errors.ts";
import { openStore } from "./client.ts";
import { entry } from "./fixture.ts";

try {
  const store = await openStore({ dataFolder: process.argv[2], entry });
  await store.announceSocket("/run/headstart.sock");
  console.log("open");
} catch (thrown) {
  console.log((thrown as HeadstartError).code);
}
