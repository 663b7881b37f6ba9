// A benchmark: which imported rows it is, and the protocol it is evaluated by. Benchmarks come by file; Headstart ships the ones
// whose licences allow it.
import type { EvalConfig } from "./recipe.ts";

export interface Benchmark {
  key: string;
  name: string;
  domain: "math" | "code";
  /** Shape of the imported rows it is read from (data/import). */
  shape: string;
  /** Problems in the published set; null where it grows. */
  problems: number | null;
  /** Put after each problem. */
  instruction: string;
  /** Only rows dated in this window, [from, to). */
  dates: { from: string; to: string } | null;
  eval: EvalConfig;
  /** What the protocol's numbers come from. */
  provenance: string;
  /** File among the shipped resources; null: the user brings it. */
  shipped: string | null;
}
