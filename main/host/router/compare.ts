// compare: the end of a study, every start before and after RL.
import { byId, type Comparison } from "../../contract/index.ts";
import { notReady, procedure, router } from "./trpc.ts";

export const compare = router({
  /** Null while the study is not finished. */
  study: procedure.input(byId).query(async (): Promise<Comparison | null> => notReady()),
});
