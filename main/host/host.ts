// The application: store, training thread and scheduler of one data folder, reached through the router by any host.
import type { SystemInfo } from "../contract/index.ts";

export interface Host {
  readonly kind: SystemInfo["host"];
  readonly dataFolder: string;
}
