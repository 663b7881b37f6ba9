// The router: all that any client can ask of the application, one file an area.
import { checkpoints } from "./checkpoints.ts";
import { compare } from "./compare.ts";
import { datasets } from "./datasets.ts";
import { evaluations } from "./evaluations.ts";
import { files } from "./files.ts";
import { inspect } from "./inspect.ts";
import { live } from "./live.ts";
import { results } from "./results.ts";
import { runs } from "./runs.ts";
import { studies } from "./studies.ts";
import { system } from "./system.ts";
import { createCallerFactory, router } from "./trpc.ts";
import { verify } from "./verify.ts";

export const appRouter = router({
  system,
  files,
  checkpoints,
  datasets,
  studies,
  runs,
  evaluations,
  inspect,
  compare,
  results,
  verify,
  live,
});
export type AppRouter = typeof appRouter;
export const createCaller = createCallerFactory(appRouter);
