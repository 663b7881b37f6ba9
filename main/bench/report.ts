// What a benchmark run says: step times of each side, and for each peer how many of our steps fit in one of its, from turns
// that alternate. As JSON (schema here) and as text.
import { z } from "zod";

const spread = z.object({ median: z.number(), min: z.number(), max: z.number() });
export type Spread = z.infer<typeof spread>;

const side = z.object({
  name: z.string(),
  versions: z.string(),
  device: z.enum(["cpu", "cuda"]),
  threads: z.number().int(),
  firstStepSeconds: z.number().meta({ description: "From the model's making to the end of the first step: warm-up, compilation" }),
  millisecondsPerStep: spread.meta({ description: "Over turns; a turn's number is the mean of its steps" }),
  fastestStep: z.number().meta({ description: "Of all turns: what a quiet machine would show", unit: "ms" }),
});
export type SideReport = z.infer<typeof side>;

const peer = side.extend({
  speedRatio: spread.meta({ description: "Peer's time / ours in the same round: above 1, ours is faster" }),
  fastestRatio: z.number().meta({ description: "Peer's fastest step / ours: near the median ratio when the machine was quiet" }),
  ratios: z.array(z.number()).meta({ description: "One a round, in order" }),
});
export type PeerReport = z.infer<typeof peer>;

const generation = z.object({
  tokens: z.number().int().meta({ description: "New tokens of a step" }),
  tokensPerSecond: spread,
  gigaflops: spread.meta({ description: "Of a matrix product of the case's shape, mean of a turn in the same rounds" }),
  gigabytes: spread.meta({ description: "A second, read from more memory than caches hold, mean of a turn in the same rounds" }),
  ceiling: spread.meta({ description: "What both rates of a round allow (main/bench/roofline.ts)", unit: "tokens/s" }),
  share: spread.meta({ description: "Ours of its round's ceiling" }),
  fastestShare: z.number().meta({ description: "Our fastest step's of the ceiling at the best rates of all rounds" }),
});

const caseReport = z.object({
  key: z.string(),
  label: z.string(),
  parameters: z.number().int(),
  ours: side.extend({ eventLoopP99: z.number().meta({ description: "Of the main thread while the worker trains", unit: "ms" }) }),
  peers: z.array(peer),
  strongest: z.string().nullable().meta({ description: "Peer with the shortest median step" }),
  failed: z.array(z.object({ name: z.string(), reason: z.string() })).meta({ description: "Peers that could not run, and why" }),
  generation: generation.nullable().meta({ description: "Of the case that generates" }),
});
export type CaseReport = z.infer<typeof caseReport>;

/** What main/bench/host-event-loop.ts prints. */
export const eventLoopReport = z.object({
  p99: z.number().meta({ unit: "ms" }),
  max: z.number().meta({ unit: "ms" }),
  seconds: z.number(),
  steps: z.number().int().meta({ description: "SFT and RL steps stored meanwhile" }),
});

const verifierTiming = z.object({
  name: z.enum(["math", "code"]),
  responses: z.number().int(),
  workers: z.number().int().meta({ description: "Threads or processes" }),
  seconds: z.array(z.number()).meta({ description: "For all responses, one a round" }),
  paper: z.object({ seconds: z.number(), workers: z.number().int() }).meta({ description: "Its figure for 1,024 responses" }),
});
export type VerifierTiming = z.infer<typeof verifierTiming>;

const decontaminationTiming = z.object({
  problems: z.number().int().meta({ description: "Test problems searched for" }),
  n: z.number().int().meta({ description: "Words of an n-gram" }),
  bar: z.number().meta({ description: "What every kind of row is held to", unit: "rows/s a core" }),
  kinds: z.array(z.object({ name: z.string(), rowsPerSecond: spread.meta({ description: "Of one core, over rounds" }) })),
});
export type DecontaminationTiming = z.infer<typeof decontaminationTiming>;

export const benchReport = z.object({
  machine: z.object({ processor: z.string(), cores: z.number().int(), memoryGb: z.number(), node: z.string() }),
  busyShare: z.number().meta({ description: "Of the cores, used by other programs between the turns", unit: "share" }),
  rounds: z.number().int(),
  cases: z.array(caseReport),
  eventLoop: eventLoopReport
    .nullable()
    .meta({ description: "Delay of a host's main thread while its worker trains; empty: not asked for" }),
  verifiers: z.array(verifierTiming),
  decontamination: decontaminationTiming.nullable().meta({ description: "Empty: not asked for" }),
});
export type BenchReport = z.infer<typeof benchReport>;

export function spreadOf(values: number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return { median: (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2, min: sorted[0], max: sorted[sorted.length - 1] };
}

/** Round by round: ours and the peer ran one after the other, so what slowed the machine slowed both. */
export function pairedRatios(ours: number[], peers: number[]): number[] {
  if (ours.length !== peers.length) throw new RangeError(`${ours.length} turns of ours, ${peers.length} of the peer's`);
  return ours.map((milliseconds, round) => peers[round] / milliseconds);
}

export function strongestPeer(peers: PeerReport[]): string | null {
  const [best] = [...peers].sort((a, b) => a.millisecondsPerStep.median - b.millisecondsPerStep.median);
  return best?.name ?? null;
}

const time = ({ millisecondsPerStep: { median, min, max }, fastestStep }: SideReport) =>
  `${median.toFixed(1)} ms a step (${min.toFixed(1)}–${max.toFixed(1)}), fastest ${fastestStep.toFixed(1)}`;

const range = ({ median, min, max }: Spread, digits = 0) => `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;

/** Above this share of the cores, taken by others, times tell more of the machine than of the sides. */
const busyLimit = 0.1;

export function formatReport(report: BenchReport): string {
  const { machine } = report;
  const lines = [`${machine.processor}, ${machine.cores} cores, ${machine.memoryGb} GB, Node ${machine.node}; ${report.rounds} rounds`];
  if (report.busyShare > busyLimit)
    lines.push(
      `The machine was not quiet: other programs used ${(100 * report.busyShare).toFixed(0)} % of it. That slows the sides unequally (PyTorch's`,
      "threads wait for one another), so these ratios are no measurement: run it again on a quiet machine.",
    );
  for (const { label, parameters, ours, peers, strongest, failed, generation: generated } of report.cases) {
    lines.push("", `${label} (${parameters.toLocaleString("en")} parameters, ${ours.device}, ${ours.threads} threads)`);
    lines.push(`  ${ours.name}: ${time(ours)}; main's event loop p99 ${ours.eventLoopP99.toFixed(1)} ms`);
    if (generated) {
      const { tokensPerSecond, gigaflops, gigabytes, ceiling, share, fastestShare } = generated;
      lines.push(
        `    ${range(tokensPerSecond)} tokens/s; ${range(gigaflops)} GFLOP/s and ${range(gigabytes, 1)} GB/s allow ${range(ceiling)}`,
        `    ours / ceiling ${range(share, 2)}, of the fastest ${fastestShare.toFixed(2)}`,
      );
    }
    for (const peer of peers) {
      const { name, versions, speedRatio: ratio, fastestRatio } = peer;
      const mark = name === strongest && peers.length > 1 ? "; the stronger peer" : "";
      lines.push(`  ${name} (${versions}): ${time(peer)}`);
      if (generated) lines.push(`    ${((1000 * generated.tokens) / peer.millisecondsPerStep.median).toFixed(0)} tokens/s`);
      lines.push(
        `    speed ours / peer ${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)}), of the fastest steps ${fastestRatio.toFixed(2)}${mark}`,
      );
    }
    for (const { name, reason } of failed) lines.push(`  ${name}: not measured. ${reason}`);
  }
  const { eventLoop } = report;
  if (eventLoop)
    lines.push(
      "",
      "A host's main thread while its worker trains a study",
      `  event-loop delay p99 ${eventLoop.p99.toFixed(1)} ms, max ${eventLoop.max.toFixed(0)} ms, over ${eventLoop.seconds.toFixed(0)} s and ${eventLoop.steps} steps`,
    );
  for (const { name, responses, workers, seconds, paper } of report.verifiers) {
    const { median, min, max } = spreadOf(seconds);
    lines.push(
      "",
      `The ${name} verifier on ${responses.toLocaleString("en")} responses with ${workers} workers`,
      `  ${median.toFixed(2)} s (${min.toFixed(2)}–${max.toFixed(2)}); the paper's takes ${paper.seconds} s with ${paper.workers}`,
    );
  }
  if (report.decontamination) {
    const { problems, n, bar, kinds } = report.decontamination;
    lines.push(
      "",
      `Decontamination against ${problems.toLocaleString("en")} test problems, n = ${n}, one core (at least ${bar.toLocaleString("en")} rows/s)`,
    );
    for (const { name, rowsPerSecond } of kinds) {
      const missed = rowsPerSecond.median < bar ? "; below the bar" : "";
      lines.push(`  ${name}: ${range(rowsPerSecond)} rows/s${missed}`);
    }
  }
  return lines.join("\n");
}
