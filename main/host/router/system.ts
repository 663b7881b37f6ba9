// system: what runs here, and what the machine can do.
import { type DoctorReport, HeadstartError, type SystemInfo } from "../../contract/index.ts";
import { describeMachine, describeRuntime } from "../machine.ts";
import { version } from "../version.ts";
import { procedure, router } from "./trpc.ts";

export const system = router({
  info: procedure.query(({ ctx }): SystemInfo => ctx.host.info()),
  /** An address that lets one browser in, once. Not for a page: what runs in one must not let others in. */
  entrance: procedure.mutation(({ ctx }): string => {
    if (!ctx.local)
      throw new HeadstartError({
        code: "not-for-the-page",
        where: "system.entrance",
        message: "An address that lets a browser in is given to commands of this machine only.",
        hint: "Run headstart serve again, beside the server.",
      });
    const { page } = ctx.host;
    if (!page)
      throw new HeadstartError({
        code: "no-page",
        where: "system.entrance",
        message: "The process that holds the data folder serves no page.",
        hint: "Close it, then run headstart serve.",
      });
    return page.newEntrance();
  }),
  /** Measures, so it takes a second or two; while a study trains, longer, and the figure is what training leaves. */
  doctor: procedure.query(async ({ ctx }): Promise<DoctorReport> => {
    const { host } = ctx;
    const [machine, engine, code, store] = await Promise.all([
      describeMachine(),
      host.engine(true),
      host.verifiers.codeBoundary(),
      host.store.stats(),
    ]);
    return { headstart: { version, dataFolder: host.dataFolder }, machine, runtime: describeRuntime(), engine, verifiers: { code }, store };
  }),
});
