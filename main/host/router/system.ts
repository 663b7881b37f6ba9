// system: what runs here, and what the machine can do.
import type { DoctorReport, SystemInfo } from "../../contract/index.ts";
import { notReady, procedure, router } from "./trpc.ts";

export const system = router({
  info: procedure.query((): SystemInfo => notReady()),
  doctor: procedure.query(async (): Promise<DoctorReport> => notReady()),
});
