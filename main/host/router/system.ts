// system: what runs here, and what the machine can do.
import type { DoctorReport, SystemInfo } from "../../contract/index.ts";
import { describeMachine, describeRuntime } from "../machine.ts";
import { version } from "../version.ts";
import { procedure, router } from "./trpc.ts";

export const system = router({
  info: procedure.query(({ ctx }): SystemInfo => ctx.host.info()),
  /** Measures, so it takes a second or two; while a study trains, longer, and the figure is what training leaves. */
  doctor: procedure.query(async ({ ctx }): Promise<DoctorReport> => {
    const { host } = ctx;
    const [machine, engine, store] = await Promise.all([describeMachine(), host.engine(true), host.store.stats()]);
    return { headstart: { version, dataFolder: host.dataFolder }, machine, runtime: describeRuntime(), engine, store };
  }),
});
