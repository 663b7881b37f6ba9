// SFT sets along two axes, prompts P and responses a prompt R, for telling what each is worth (the paper's v1–v7, §2.4; it says that all
// "keep a similar response-token-length distribution" and not how; this is ours):
//
//   nested    a cell of fewer prompts has the first of one order of problems, one of fewer responses the first of each problem's order
//   eligible  every cell draws only from problems that have at least the largest R of any cell, so that R differs in nothing else
//   matched   the order of problems keeps every prefix's lengths distributed like the whole's, and its sources in their shares; the orders
//             of responses keep the first r of each problem distributed like all of each, for every prefix and r
//
// No cell's set depends on the other cells, but through the largest R.
//
// How far each cell's lengths are from the largest cell's is in the report.
import type { Problem, Trace } from "../contract/dataset.ts";
import { HeadstartError } from "../contract/errors.ts";
import type { LadderCellReport, LadderReport, NamedCell } from "../contract/ladder.ts";
import { distances, sorted } from "./ladder-distance.ts";
import { balancedInnerOrders, balancedOrder, countsBelow, interleave, lengthScale } from "./ladder-order.ts";
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

interface Candidate {
  problem: Problem;
  /** The largest R of its responses, as the source gives them first. */
  traces: readonly Trace[];
  lengths: readonly number[];
}

/** Throws too-few-problems where a cell asks for more than there is. */
export function ladderCells(source: LadderSource, cells: readonly NamedCell[], options: LadderOptions): Ladder {
  refuseUnclear(cells);
  const mostResponses = Math.max(...cells.map(({ responsesPerPrompt }) => responsesPerPrompt));
  const pool = source.problems.filter((problem) => problem.pool === "sft");
  const responses = pool.map((problem) => different(source.traces(problem, mostResponses)));
  const eligible = pool.flatMap((problem, i) => (responses[i].length >= mostResponses ? [candidate(problem, responses[i], options)] : []));
  if (cells.some(({ prompts }) => eligible.length < prompts)) throw tooFew(cells, mostResponses, responses);

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
  return { problem, traces, lengths: traces.map((trace) => length(trace.text, trace)) };
}

/** Every prefix has the sources' shares, and of each source its lengths. */
function problemOrder(candidates: readonly Candidate[], seed: number): Candidate[] {
  const sources = [...new Set(candidates.map(({ problem }) => problem.source))].sort();
  return interleave(
    sources.map((source) => {
      const own = candidates.filter(({ problem }) => problem.source === source);
      const scale = lengthScale(sorted(own.flatMap(({ lengths }) => lengths)));
      const counts = own.map(({ lengths }) => countsBelow(lengths, scale));
      return balancedOrder(counts, scale, randomFrom(seed, "ladder", "problems", source)).map((i) => own[i]);
    }),
  );
}

/** With each problem the order of its responses: place → index among them. */
function withResponseOrder(problems: readonly Candidate[], count: number, seed: number): { from: Candidate; order: number[] }[] {
  const scale = lengthScale(sorted(problems.flatMap(({ lengths }) => lengths)));
  const next = balancedInnerOrders(count, scale, randomFrom(seed, "ladder", "responses"));
  return problems.map((from) => ({ from, order: next(from.lengths) }));
}

function refuseUnclear(cells: readonly NamedCell[]): void {
  const refuse = (message: string, hint: string) => new HeadstartError({ code: "recipe-contradiction", where: "ladder", message, hint });
  if (cells.length === 0) throw refuse("The ladder has no cell.", "Give it at least one.");
  const repeated = cells.find(({ name }, i) => cells.findIndex((cell) => cell.name === name) < i);
  if (repeated) throw refuse(`Two cells are called ${repeated.name}.`, "Name one of them otherwise.");
  const broken = cells.find((cell) => [cell.prompts, cell.responsesPerPrompt].some((count) => !Number.isInteger(count) || count < 1));
  if (broken) throw refuse(`The cell "${broken.name}" asks for no whole number of prompts and responses.`, "Both are at least 1.");
}

/** The cell of the most responses is named where it has too few problems by itself; elsewhere the one of the most prompts, and why. */
function tooFew(cells: readonly NamedCell[], most: number, responses: readonly (readonly Trace[])[]): HeadstartError {
  const available = (count: number) => responses.filter(({ length }) => length >= count).length;
  const mostPrompts = (of: readonly NamedCell[]) => of.reduce((a, b) => (b.prompts > a.prompts ? b : a));
  const deepest = mostPrompts(cells.filter(({ responsesPerPrompt }) => responsesPerPrompt === most));
  const alone = available(most) < deepest.prompts;
  const largest = mostPrompts(cells);
  const cell = alone ? deepest : largest;
  // The largest number of responses that enough problems have.
  let enough = most;
  while (enough > 0 && available(enough) < largest.prompts) enough--;
  const ways = [
    ...(available(most) > 0 ? [`every cell's prompts to at most ${available(most)}`] : []),
    ...(enough > 0 ? [`every cell's responses to at most ${enough}, which ${available(enough)} problems have`] : []),
  ];
  return new HeadstartError({
    code: "too-few-problems",
    where: `ladder cell ${cell.name}`,
    message:
      `The cell "${cell.name}" asks for ${cell.prompts} prompts${alone ? ` with ${most} different responses each` : ""}; of the SFT pool's ` +
      `${responses.length} problems ${available(most)} have ` +
      (alone
        ? "so many."
        : `the ${most} different responses that every problem must have because the cell "${deepest.name}" takes ${most}.`),
    hint: ways.length > 0 ? `Lower ${ways.join(", or ")}.` : "Make the pool larger.",
  });
}
