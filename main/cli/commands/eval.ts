// headstart eval: a checkpoint on a benchmark, to its score; responses: an evaluation's responses as a dataset.
import { type Command, Option } from "commander";
import { type BenchmarkEvaluation, type EvaluationSummaryView, HeadstartError, type StartEvaluationInput } from "../../contract/index.ts";
import { type Application, withApplication } from "../application.ts";
import { parseCount, parseNumber, parseSeed } from "../arguments.ts";
import { runToTheEnd } from "../follow-study.ts";
import { plural } from "../text.ts";

interface EvalOptions {
  data?: string;
  limit?: number;
  n?: number;
  temperature?: number;
  topP?: number;
  maxTokens?: number;
  instruction?: string;
  seed: number;
  json?: true;
}

export function addEval(program: Command): void {
  program
    .command("eval <checkpoint> <benchmark>")
    .description("evaluate a checkpoint on a benchmark (gsm8k, math500, humaneval, aime24, …), or on any imported dataset by its id")
    .option("--data <dataset>", "imported dataset version that holds the benchmark's problems")
    .option("--limit <k>", "the first k problems", parseCount)
    .option("--n <n>", "samples a problem; by default the benchmark's", parseCount)
    .option("--temperature <t>", "by default the benchmark's", parseNumber)
    .option("--top-p <p>", "by default the benchmark's", parseNumber)
    .option("--max-tokens <n>", "budget of a response", parseCount)
    .option("--instruction <text>", "put after each problem in place of the benchmark's")
    .option("--seed <seed>", "seed of the draws", parseSeed, 1)
    .option("--json", "print the evaluation as one line of JSON and each sample as one more")
    .action((checkpoint: string, benchmark: string, options: EvalOptions) =>
      withApplication((application) => evaluate(application, checkpoint, benchmark, options)),
    );
  program
    .command("extend <evaluation>")
    .description("draw more samples of every problem of a finished evaluation; those that are there are kept")
    .requiredOption("--n <n>", "samples a problem, in all", parseCount)
    .option("--json", "as eval does")
    .action((evaluationId: string, { n, json }: { n: number; json?: true }) =>
      withApplication(async (application) => {
        const { studyId } = await application.client.evaluations.extend.mutate({ evaluationId, samplesPerProblem: n });
        await report(application, studyId, json);
      }),
    );
  program
    .command("responses <evaluation>")
    .description("the responses of an evaluation as an SFT dataset")
    .addOption(new Option("--keep <which>", "all, or only those with reward 1").choices(["all", "verified"]).default("all"))
    .requiredOption("--name <name>", "of the dataset")
    .option("--json", "print its id as JSON")
    .action((evaluationId: string, { keep, name, json }: { keep: "all" | "verified"; name: string; json?: true }) =>
      withApplication(async ({ client }) => {
        const made = await client.evaluations.toDataset.mutate({ evaluationId, keep, name });
        process.stdout.write(json ? `${JSON.stringify(made)}\n` : `Made ${made.datasetId} of ${plural(made.rows, "row")}.\n`);
      }),
    );
}

async function evaluate(application: Application, checkpoint: string, benchmark: string, options: EvalOptions): Promise<void> {
  const { client } = application;
  const known = (await client.evaluations.benchmarks.query()).some(({ key }) => key === benchmark);
  const { data, limit, n, temperature, topP, maxTokens, instruction, seed, json } = options;
  const input: StartEvaluationInput = {
    checkpoint,
    benchmark: known ? benchmark : null,
    dataset: known ? (data ?? null) : benchmark,
    limit: limit ?? null,
    samplesPerProblem: n,
    temperature,
    topP,
    maxResponseTokens: maxTokens,
    instruction,
    seed,
  };
  await report(application, (await client.evaluations.start.mutate(input)).id, json);
}

async function report(application: Application, studyId: string, json: true | undefined): Promise<void> {
  const { client } = application;
  if ((await runToTheEnd(application, studyId)) === "paused") return;
  const evaluation = (await client.evaluations.list.query()).find((each) => each.studyId === studyId && each.latest);
  if (!evaluation)
    throw new HeadstartError({
      code: "no-evaluation",
      where: `study ${studyId}`,
      message: "It ended without an evaluation.",
      hint: "Start it again.",
    });
  const summary = await client.evaluations.summary.query({ evaluationId: evaluation.id });
  if (!json) {
    process.stdout.write(inWords(evaluation, summary));
    return;
  }
  process.stdout.write(`${JSON.stringify({ evaluation, summary })}\n`);
  const limit = 500;
  for (let offset = 0; ; offset += limit) {
    const { total, rows } = await client.inspect.samples.query({ evaluationId: evaluation.id, offset, limit });
    for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
    if (offset + limit >= total) break;
  }
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function inWords(evaluation: BenchmarkEvaluation, { score, passAtK, verdicts }: EvaluationSummaryView): string {
  const counted = Object.entries(verdicts).filter(([, count]) => count > 0);
  const lines = [
    `${evaluation.name}  (${evaluation.id})`,
    `avg@${score.samplesPerProblem}    ${percent(score.value)} [${percent(score.low)}, ${percent(score.high)}]  (n = ${score.problems} × ${score.samplesPerProblem})`,
    ...(passAtK.length > 1 ? [`pass@k   ${passAtK.map(({ k, closedForm }) => `${k}: ${percent(closedForm)}`).join("  ")}`] : []),
    `verdicts ${counted.map(([name, count]) => `${count} ${name}`).join(", ")}`,
    `tokens   ${evaluation.responseTokens.toFixed(1)} a response, ${percent(evaluation.truncated)} truncated`,
  ];
  return `${lines.join("\n")}\n`;
}
