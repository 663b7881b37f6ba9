// `headstart bench`: step times of the engine, and with --peers of PyTorch and TRL in the same run. Turns alternate (ours,
// peer, ours, peer …) and each side waits, warm, while another runs.
import { execFile } from "node:child_process";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { HeadstartError, toErrorRecord } from "../contract/errors.ts";
import { busyShare } from "./busy-share.ts";
import {
  type BenchCase,
  benchCases,
  benchKeys,
  type Contestant,
  decontaminationKey,
  engineContestant,
  eventLoopKey,
  type GenerateCase,
  peersOf,
  rooflineContestant,
  verifiersKey,
} from "./cases.ts";
import { ContestantProcess, type Ready, type Turn } from "./contestant-process.ts";
import { measureDecontamination } from "./decontamination.ts";
import { peerPython } from "./peer-python.ts";
import { type BenchReport, type CaseReport, eventLoopReport, pairedRatios, spreadOf, strongestPeer } from "./report.ts";
import { leastSeconds, type Rates } from "./roofline.ts";
import { measureVerifiers } from "./verifiers.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));

const trainingPeers = {
  name: "bench-python",
  requirements: join(folder, "peers", "requirements.txt"),
  contents: "PyTorch and TRL, about 6 GB",
};

export interface BenchOptions {
  peers: boolean;
  /** Of benchKeys; empty: all. */
  cases: string[];
  rounds: number;
  say(line: string): void;
}

/** Long enough for single steps to average out, short enough for pairs to see the same machine. */
const turnSeconds = 2;
/** Between turns: thread pools spin for a moment after their last work; after that, what is busy is other programs. */
const restMilliseconds = { settle: 150, listen: 250 };

export async function runBench(options: BenchOptions): Promise<BenchReport> {
  const unknown = options.cases.find((key) => !benchKeys.includes(key));
  if (unknown)
    throw new HeadstartError({
      code: "unknown-case",
      where: "bench --case",
      message: `There is no case ${unknown}.`,
      hint: `Choose from ${benchKeys.join(", ")}.`,
    });
  const wanted = (key: string) => options.cases.length === 0 || options.cases.includes(key);
  const chosen = benchCases.filter(({ key }) => wanted(key));
  const python = options.peers && chosen.length > 0 ? await peerPython(trainingPeers, options.say) : null;
  const cases: CaseReport[] = [];
  const busy: number[] = [];
  for (const benchCase of chosen) cases.push(await measureCase(benchCase, options, python, busy));
  const eventLoop = wanted(eventLoopKey) ? await measureEventLoop(options) : null;
  const verifiers = wanted(verifiersKey) ? await measureVerifiers(options.rounds) : [];
  const decontamination = wanted(decontaminationKey) ? await measureDecontamination(options.rounds) : null;
  return {
    machine: {
      processor: cpus()[0]?.model ?? "unknown",
      cores: availableParallelism(),
      memoryGb: Math.round(totalmem() / 2 ** 30),
      node: process.versions.node,
    },
    busyShare: busy.reduce((sum, share) => sum + share, 0) / Math.max(1, busy.length),
    rounds: options.rounds,
    cases,
    eventLoop,
    verifiers,
    decontamination,
  };
}

async function measureEventLoop(options: BenchOptions): Promise<BenchReport["eventLoop"]> {
  options.say("Event loop of a host while its worker trains");
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "host-event-loop.ts")], { timeout: 300_000 });
  return eventLoopReport.parse(JSON.parse(stdout.trim().split("\n").pop()!));
}

interface Running {
  contestant: Contestant;
  child: ContestantProcess;
  ready: Ready;
  turns: number[];
  fastestStep: number;
  eventLoopP99: number;
}

async function measureCase(benchCase: BenchCase, options: BenchOptions, python: string | null, busy: number[]): Promise<CaseReport> {
  options.say(benchCase.label);
  const threads = Math.min(2, availableParallelism());
  const failed: CaseReport["failed"] = [];
  const running: Running[] = [];
  const contestants = [engineContestant, ...(python ? peersOf(benchCase) : [])];
  const roofline = benchCase.kind === "generate" ? start(rooflineContestant, { ...benchCase, threads, device: "" }, python) : null;
  const rates: Required<Pick<Turn, "rates" | "fastestRates">>[] = [];
  try {
    for (const contestant of contestants) {
      // Ours comes first and says where it runs; the peers are then put on the same device.
      const child = start(contestant, { ...benchCase, threads, device: running[0]?.ready.device ?? "cpu" }, python);
      try {
        running.push(await warmUp(contestant, child));
      } catch (error) {
        await child.close();
        if (contestant === engineContestant) throw error;
        failed.push({ name: contestant.name, reason: toErrorRecord(error, "bench").message });
      }
    }
    await roofline?.ready();
    for (let round = 0; round < options.rounds; round++) {
      if (roofline) {
        const { rates: mean, fastestRates } = await roofline.run(turnSeconds);
        rates.push({ rates: mean!, fastestRates: fastestRates! });
      }
      for (const side of running) {
        await pause(restMilliseconds.settle);
        busy.push(await busyShare(restMilliseconds.listen));
        await takeTurn(side);
      }
      options.say(
        `  round ${round + 1}: ${running.map(({ contestant, turns }) => `${contestant.name} ${turns[round].toFixed(1)} ms`).join(", ")}`,
      );
    }
  } finally {
    await Promise.all([...running.map(({ child }) => child.close()), roofline?.close()]);
  }
  const generation =
    benchCase.kind === "generate"
      ? generationOf(
          benchCase,
          running[0],
          rates.map((each) => each.rates),
          rates.map((each) => each.fastestRates),
        )
      : null;
  return { ...summarise(benchCase, running, failed), generation };
}

/** One turn that does not count. */
async function warmUp(contestant: Contestant, child: ContestantProcess): Promise<Running> {
  const ready = await child.ready();
  await child.run(turnSeconds);
  return { contestant, child, ready, turns: [], fastestStep: Number.POSITIVE_INFINITY, eventLoopP99: 0 };
}

async function takeTurn(side: Running): Promise<void> {
  const { milliseconds, eventLoopP99 } = await side.child.run(turnSeconds);
  side.turns.push(milliseconds.reduce((sum, each) => sum + each, 0) / milliseconds.length);
  side.fastestStep = Math.min(side.fastestStep, ...milliseconds);
  side.eventLoopP99 = Math.max(side.eventLoopP99, eventLoopP99 ?? 0);
}

function generationOf(
  benchCase: GenerateCase,
  { turns, fastestStep }: Running,
  rates: Rates[],
  fastest: Rates[],
): CaseReport["generation"] {
  const tokens = benchCase.promptLengths.length * benchCase.newTokens;
  const least = rates.map((each) => 1000 * leastSeconds(benchCase, each));
  const best = {
    gigaflops: Math.max(...fastest.map((each) => each.gigaflops)),
    gigabytes: Math.max(...fastest.map((each) => each.gigabytes)),
  };
  return {
    tokens,
    tokensPerSecond: spreadOf(turns.map((milliseconds) => (1000 * tokens) / milliseconds)),
    gigaflops: spreadOf(rates.map(({ gigaflops }) => gigaflops)),
    gigabytes: spreadOf(rates.map(({ gigabytes }) => gigabytes)),
    ceiling: spreadOf(least.map((milliseconds) => (1000 * tokens) / milliseconds)),
    share: spreadOf(pairedRatios(turns, least)),
    fastestShare: (1000 * leastSeconds(benchCase, best)) / fastestStep,
  };
}

function summarise(benchCase: BenchCase, running: Running[], failed: CaseReport["failed"]): Omit<CaseReport, "generation"> {
  const [ours, ...others] = running;
  const sideOf = ({ contestant, ready, turns, fastestStep }: Running) => ({
    name: contestant.name,
    versions: ready.ready,
    device: ready.device,
    threads: ready.threads,
    firstStepSeconds: ready.firstStepSeconds,
    millisecondsPerStep: spreadOf(turns),
    fastestStep,
  });
  const peers = others.map((peer) => {
    if (peer.ready.parameters !== ours.ready.parameters || peer.ready.threads !== ours.ready.threads)
      throw new HeadstartError({
        code: "bench-unequal",
        where: `bench: ${peer.contestant.name}`,
        message: `It has ${peer.ready.parameters} parameters on ${peer.ready.threads} threads, ours ${ours.ready.parameters} on ${ours.ready.threads}.`,
        hint: "The two sides of main/bench must build the same model.",
      });
    const ratios = pairedRatios(ours.turns, peer.turns);
    return { ...sideOf(peer), speedRatio: spreadOf(ratios), fastestRatio: peer.fastestStep / ours.fastestStep, ratios };
  });
  return {
    key: benchCase.key,
    label: benchCase.label,
    parameters: ours.ready.parameters,
    ours: { ...sideOf(ours), eventLoopP99: ours.eventLoopP99 },
    peers,
    strongest: strongestPeer(peers),
    failed,
  };
}

function start(
  { name, script, flags }: Contestant,
  sizes: BenchCase & { threads: number; device: string },
  python: string | null,
): ContestantProcess {
  const count = String(sizes.threads);
  const env = { ...process.env, OMP_NUM_THREADS: count, TF_NUM_INTRAOP_THREADS: count, PYTHONDONTWRITEBYTECODE: "1" };
  const own = script === "engine" || script === "roofline";
  const [command, program] = own ? [process.execPath, `${script}-process.ts`] : [python ?? "python3", join("peers", script)];
  return new ContestantProcess(name, command, [join(folder, program), JSON.stringify(sizes), ...flags], env);
}
