// SFT sets along two axes, prompts P and responses a prompt R, for telling what each is worth (the paper's v1–v7, §2.4; it says that all
// "keep a similar response-token-length distribution" and not how; this is ours):
//
//   nested    a cell of fewer prompts has the first of one order of problems, one of fewer responses the first of each problem's order
//   eligible  every cell draws only from problems that have at least the largest R of any cell, so that R differs in nothing else
//   matched   the order of problems is spread over their sources and, within each, over their mean response length, so that every
//             prefix has the mix of the whole; the order of a problem's responses is a uniformly random one, and over problems of
//             about one length each rank of length comes equally often at each place
//
// No cell's set depends on the other cells, but through the largest R.
//
// How far each cell's lengths are from the largest cell's is in the report.
import type { Problem, Trace } from "../contract/dataset.ts";
import { HeadstartError } from "../contract/errors.ts";
import type { LadderCellReport, LadderReport, NamedCell } from "../contract/ladder.ts";
import { distances, sorted } from "./ladder-distance.ts";
import { interleave, latinOrders, spreadOrder } from "./ladder-order.ts";
import { randomFrom } from "./random.ts";
import type { SftExample } from "./select.ts";

export interface LadderSource {
  problems: readonly Problem[];
  /** Up to `count` different responses; the first ones do not depend on the count. */
  traces(problem: Problem, count: number): readonly Trace[];
}

export interface LadderOptions {
  seed: number;
  /** Of a response: tokens, or characters. */
  length(text: string, trace: Trace): number;
}

export interface Ladder {
  /** Problem by problem, in the ladder's order. Throws a RangeError for a cell that is none. */
  examples(cell: string): SftExample[];
  report: LadderReport;
}

/** Groups of problems by mean length, in each of which ranks are dealt out evenly; between 4 and 16 the distances hardly differ. */
const strata = 8;

interface Candidate {
  problem: Problem;
  /** The largest R of its responses, as the source gives them first. */
  traces: readonly Trace[];
  lengths: readonly number[];
  mean: number;
}

/** Throws too-few-problems where a cell asks for more than there is. */
export function ladderCells(source: LadderSource, cells: readonly NamedCell[], options: LadderOptions): Ladder {
  refuseUnclear(cells);
  const mostResponses = Math.max(...cells.map(({ responsesPerPrompt }) => responsesPerPrompt));
  const pool = source.problems.filter((problem) => problem.pool === "sft");
  const responses = pool.map((problem) => different(source.traces(problem, mostResponses)));
  const eligible = pool.flatMap((problem, i) => (responses[i].length >= mostResponses ? [candidate(problem, responses[i], options)] : []));
  const largestAsked = cells.reduce((most, cell) => (cell.prompts > most.prompts ? cell : most));
  if (eligible.length < largestAsked.prompts) throw tooFew(largestAsked, cells, mostResponses, responses);

  const ordered = withResponseOrder(problemOrder(eligible, options.seed), mostResponses, options.seed);
  const taken = ({ prompts, responsesPerPrompt }: NamedCell) =>
    ordered.slice(0, prompts).flatMap(({ from, order }) => order.slice(0, responsesPerPrompt).map((i) => ({ from, i })));
  const lengthsOf = (cell: NamedCell) => sorted(taken(cell).map(({ from, i }) => from.lengths[i]));
  const size = ({ prompts, responsesPerPrompt }: NamedCell) => prompts * responsesPerPrompt;
  const largest = cells.reduce((most, cell) => (size(cell) > size(most) ? cell : most));
  const largestLengths = lengthsOf(largest);
  return {
    examples(name) {
      const cell = cells.find((each) => each.name === name);
      if (!cell) throw new RangeError(`The ladder has no cell ${name}.`);
      return taken(cell).map(({ from, i }) => ({ problem: from.problem, trace: from.traces[i] }));
    },
    report: {
      largest: largest.name,
      mostResponses,
      eligible: eligible.length,
      pool: pool.length,
      cells: cells.map((cell): LadderCellReport => {
        const lengths = lengthsOf(cell);
        const tokens = lengths.reduce((sum, each) => sum + each, 0);
        return { ...cell, examples: size(cell), tokens, meanLength: tokens / size(cell), ...distances(lengths, largestLengths) };
      }),
    },
  };
}

/** The first of those that say the same. */
function different(traces: readonly Trace[]): Trace[] {
  const seen = new Set<string>();
  return traces.filter(({ text }) => !seen.has(text) && seen.add(text));
}

function candidate(problem: Problem, traces: readonly Trace[], { length }: LadderOptions): Candidate {
  const lengths = traces.map((trace) => length(trace.text, trace));
  return { problem, traces, lengths, mean: lengths.reduce((sum, each) => sum + each, 0) / lengths.length };
}

/** Every prefix has the sources' shares, and of each source all lengths. */
function problemOrder(candidates: readonly Candidate[], seed: number): Candidate[] {
  const sources = [...new Set(candidates.map(({ problem }) => problem.source))].sort();
  return interleave(
    sources.map((source) => {
      const random = randomFrom(seed, "ladder", "problems", source);
      // Shuffled first: problems of one length are in no order.
      const own = random.shuffle(candidates.filter(({ problem }) => problem.source === source)).sort((a, b) => a.mean - b.mean);
      return spreadOrder(own, random);
    }),
  );
}

/**
 * For each problem the order of its responses: place → index among them. Ranks of length are dealt out evenly among problems of about the
 * same mean length.
 */
function withResponseOrder(problems: readonly Candidate[], count: number, seed: number): { from: Candidate; order: number[] }[] {
  const byMean = problems.slice().sort((a, b) => a.mean - b.mean);
  const stratumOf = new Map(byMean.map((from, i) => [from, Math.floor((i * strata) / byMean.length)]));
  const nextRanks = Array.from({ length: strata }, (_, stratum) => latinOrders(count, randomFrom(seed, "ladder", "responses", stratum)));
  return problems.map((from) => {
    const byLength = from.lengths.map((_, i) => i).sort((a, b) => from.lengths[a] - from.lengths[b] || a - b);
    return { from, order: nextRanks[stratumOf.get(from)!]().map((rank) => byLength[rank]) };
  });
}

function refuseUnclear(cells: readonly NamedCell[]): void {
  const refuse = (message: string, hint: string) => new HeadstartError({ code: "recipe-contradiction", where: "ladder", message, hint });
  if (cells.length === 0) throw refuse("The ladder has no cell.", "Give it at least one.");
  const repeated = cells.find(({ name }, i) => cells.findIndex((cell) => cell.name === name) < i);
  if (repeated) throw refuse(`Two cells are called ${repeated.name}.`, "Name one of them otherwise.");
  const broken = cells.find((cell) => [cell.prompts, cell.responsesPerPrompt].some((count) => !Number.isInteger(count) || count < 1));
  if (broken) throw refuse(`The cell "${broken.name}" asks for no whole number of prompts and responses.`, "Both are at least 1.");
}

function tooFew(cell: NamedCell, cells: readonly NamedCell[], most: number, responses: readonly (readonly Trace[])[]): HeadstartError {
  const available = (count: number) => responses.filter(({ length }) => length >= count).length;
  const because = cells.find(({ responsesPerPrompt }) => responsesPerPrompt === most)!;
  // The largest number of responses that enough problems have.
  let enough = most;
  while (enough > 0 && available(enough) < cell.prompts) enough--;
  return new HeadstartError({
    code: "too-few-problems",
    where: `ladder cell ${cell.name}`,
    message:
      `The cell "${cell.name}" asks for ${cell.prompts} prompts; of the SFT pool's ${responses.length} problems ${available(most)} have the ` +
      `${most} different responses that every problem must have because the cell "${because.name}" takes ${most}.`,
    hint:
      `Lower its prompts to at most ${available(most)}` +
      (enough > 0
        ? `, or every cell's responses to at most ${enough}, which ${available(enough)} problems have.`
        : ", or make the pool larger."),
  });
}
