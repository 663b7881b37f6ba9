import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { type PipelineConfigInput, type PipelineProgress, pipelineConfig } from "../contract/index.ts";
import { openHost, temporaryFolder } from "./testing/open-host.ts";

/** Of GSM8K's first test problem, but for the apostrophe. */
const leaked = "Janet's ducks lay 16 eggs per day. She eats three for breakfast";

interface FileRow {
  question: string;
  answer?: string;
  output: string | string[];
}

async function openPools() {
  const opened = await openHost();
  const { host } = opened;
  const folder = temporaryFolder();
  const put = async (name: string, rows: FileRow[]) => {
    const path = join(folder, `${name}.jsonl`);
    writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    return (await host.importedDatasets.import({ path, name, mapping: undefined })).id;
  };
  await put("first", [
    { question: "What is 2+2?", answer: "4", output: ["It is \\boxed{4}.", "It is \\boxed{5}."] },
    { question: `Suppose ${leaked.toLowerCase()}`, answer: "32", output: "\\boxed{32}" },
  ]);
  await put("second", [{ question: " What is  2+2? ", answer: "4", output: "Four: \\boxed{4}" }]);
  const config = (steps: PipelineConfigInput["steps"]) =>
    pipelineConfig.parse({
      name: "made",
      steps: [{ kind: "merge", pools: [{ dataset: "first-v1" }, { dataset: "second-v1" }] }, ...steps],
    });
  return { ...opened, folder, config };
}

const whole: PipelineConfigInput["steps"] = [
  { kind: "unique" },
  { kind: "decontaminate", benchmarks: ["gsm8k"] },
  { kind: "check", verified: true },
];

test("pools become a version of a dataset, with its report and every matched span; the same again is the same version", async () => {
  const { host, caller, config, dataFolder } = await openPools();
  const seen: PipelineProgress[] = [];
  const { dataset, report } = await host.dataPipelines.run(config(whole), { onProgress: (progress) => seen.push(progress) });
  expect(dataset).toMatchObject({ id: "made-v1", rows: 1, badRows: 0, mapping: { answerRule: "boxed-or-last-number" } });
  expect(await host.importedDatasets.row("made-v1", 0)).toMatchObject({
    id: "first-v1/1",
    prompt: "What is 2+2?",
    responses: ["It is \\boxed{4}.", "Four: \\boxed{4}"],
    answer: "4",
  });
  expect(report.steps.map(({ name, in: taken, kept }) => [name, taken.rows, kept.rows])).toEqual([
    ["merge", 3, 3],
    ["unique", 3, 2],
    ["decontaminate", 2, 1],
    ["check", 1, 1],
  ]);
  expect(report.steps[3].dropped).toMatchObject([{ reason: "judged wrong", rows: 0, responses: 1 }]);
  expect(report.steps[2].benchmarks).toMatchObject([{ benchmark: "gsm8k", from: "gsm8k/test.jsonl", problems: 1319, rows: 1 }]);
  expect(await caller.datasets.pipeline.report({ datasetId: "made-v1" })).toEqual(report);
  const spans = await caller.datasets.pipeline.spans({ datasetId: "made-v1" });
  expect(spans).toMatchObject({ total: 1, rows: [{ dataset: "first-v1", row: 1, words: 13, from: 8, problem: "1" }] });
  expect(spans.rows).toEqual(report.steps[2].spans!.shown);
  expect(seen[0].activity).toBe("benchmarks");
  expect(seen[seen.length - 1].activity).toBe("importing");

  const again = await host.dataPipelines.run(config(whole));
  expect(again.dataset.id).toBe("made-v1");
  expect(await host.importedDatasets.row("made-v1", 0)).toMatchObject({ id: "first-v1/1" });
  const other = await host.dataPipelines.run(config([{ kind: "unique" }]));
  expect(other.dataset).toMatchObject({ id: "made-v2", rows: 2 });
  expect((await caller.datasets.pipeline.report({ datasetId: "made-v1" })).result.rows).toBe(1);
  expect(readdirSync(join(dataFolder, "pipelines"))).toHaveLength(2);
});

test("a preview reports the same and makes nothing", async () => {
  const { host, config, dataFolder } = await openPools();
  const report = await host.dataPipelines.preview(config(whole), null);
  expect(report.result).toEqual({ rows: 1, responses: 2 });
  expect((await host.dataPipelines.preview(config(whole), 1)).steps[0].in.rows).toBe(2);
  expect((await host.importedDatasets.list()).map(({ id }) => id).sort()).toEqual(["first-v1", "second-v1"]);
  expect(readdirSync(join(dataFolder, "pipelines"))).toEqual([]);
});

test("conversations come through the file", async () => {
  const { host, folder } = await openPools();
  const path = join(folder, "talks.jsonl");
  const messages = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Hello?" },
    { role: "assistant", content: "Hi." },
  ];
  writeFileSync(path, `${JSON.stringify({ id: "t", messages })}\n`);
  await host.importedDatasets.import({ path, name: "talks" });
  const config = pipelineConfig.parse({ name: "talk", steps: [{ kind: "merge", pools: [{ dataset: "talks-v1" }] }] });
  const { dataset } = await host.dataPipelines.run(config);
  expect(await host.importedDatasets.row(dataset.id, 0)).toMatchObject({
    id: "t",
    prompt: "Hello?",
    messages: messages.slice(0, 2),
    responses: ["Hi."],
  });
});

test("lengths are tokens where a checkpoint is named", async () => {
  const { host, folder } = await openPools();
  const path = join(folder, "sums.jsonl");
  writeFileSync(path, `${JSON.stringify({ prompt: "12+34=?", response: "12+34=46#46" })}\n`);
  await host.importedDatasets.import({ path, name: "sums" });
  const config = pipelineConfig.parse({ name: "sum", tokenizer: "tiny-base", steps: [{ kind: "merge", pools: [{ dataset: "sums-v1" }] }] });
  const { responseLengths, promptLengths } = await host.dataPipelines.preview(config, null);
  const { length } = (await host.checkpoints.tokenizer("tiny-base")).encode("12+34=46#46");
  expect(responseLengths.before).toMatchObject({ unit: "tokens", count: 1, mean: length });
  expect(promptLengths.after).toMatchObject({ unit: "characters", mean: 7 });
});

test("what is not there is refused by name, before anything runs", async () => {
  const { host, caller, config, folder } = await openPools();
  await expect(host.dataPipelines.preview(config([{ kind: "decontaminate", benchmarks: ["nothing"] }]), null)).rejects.toMatchObject({
    code: "unknown-benchmark",
  });
  await expect(host.dataPipelines.preview(config([{ kind: "decontaminate", benchmarks: ["aime24"] }]), null)).rejects.toMatchObject({
    code: "no-benchmark-file",
  });
  await expect(host.dataPipelines.preview({ ...config([]), tokenizer: "nobody" }, null)).rejects.toMatchObject({
    code: "unknown-checkpoint",
  });
  await expect(caller.datasets.pipeline.report({ datasetId: "first-v1" })).rejects.toMatchObject({ cause: { code: "no-report" } });
  const nothing = config([{ kind: "thin", below: 1e9, keep: 0 }]);
  await expect(host.dataPipelines.run(nothing)).rejects.toMatchObject({ code: "nothing-left" });
  writeFileSync(join(folder, "second.jsonl"), "{}\n");
  await expect(host.dataPipelines.run(config([]))).rejects.toMatchObject({ code: "file-changed" });
});

test("a pipeline that is cancelled, or cut off, leaves nothing", async () => {
  const { host, config, dataFolder } = await openPools();
  const controller = new AbortController();
  const onProgress = () => controller.abort();
  await expect(host.dataPipelines.run(config(whole), { onProgress, signal: controller.signal })).rejects.toMatchObject({
    code: "cancelled",
  });
  expect(readdirSync(join(dataFolder, "pipelines"))).toEqual([]);
  mkdirSync(join(dataFolder, "pipelines", ".unfinished-x"));
  writeFileSync(join(dataFolder, "pipelines", ".unfinished-x", "rows.jsonl"), "{");
  await host.close();
  await openHost({ dataFolder });
  expect(readdirSync(join(dataFolder, "pipelines"))).toEqual([]);
});

test("the thread's rows are those of the file that is told in the report", async () => {
  const { host, config, dataFolder } = await openPools();
  const { dataset } = await host.dataPipelines.run(config([]));
  const lines = readFileSync(dataset.path, "utf8").trim().split("\n");
  expect(dataset.path.startsWith(join(dataFolder, "pipelines"))).toBe(true);
  expect(lines.map((line) => JSON.parse(line).from)).toEqual(["first-v1#0", "first-v1#1", "second-v1#0"]);
});

test("clients follow both as events; an error is an answer with its record", async () => {
  const { caller, config } = await openPools();
  const types: string[] = [];
  for await (const event of await caller.datasets.pipeline.preview({ config: config(whole) })) types.push(event.type);
  expect([types[0], types[types.length - 1]]).toEqual(["progress", "report"]);
  let made: unknown;
  for await (const event of await caller.datasets.pipeline.run({ config: config(whole) })) made = event;
  expect(made).toMatchObject({ type: "made", datasetId: "made-v1", rows: 1 });
  const refused = await caller.datasets.pipeline.run({ config: config([{ kind: "decontaminate", benchmarks: ["nothing"] }]) });
  await expect(refused[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: "UNPROCESSABLE_CONTENT",
    cause: { code: "unknown-benchmark" },
  });
});

test("a ladder on a dataset: what there is for it, its cells with their distances, and the preset", async () => {
  const { caller, host, folder } = await openPools();
  const path = join(folder, "many.jsonl");
  const rows = Array.from({ length: 60 }, (_, i) => ({
    prompt: `p${i}`,
    response: Array.from({ length: i < 40 ? 4 : 2 }, (_, r) => "x".repeat(1 + i + r)),
  }));
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  await host.importedDatasets.import({ path, name: "many" });
  const nothing = await caller.datasets.ladder.preview({ datasetId: "many-v1" });
  expect(nothing).toEqual({ unit: "characters", problems: 60, available: [1, 2, 3, 4].map((responses) => ({ responses, problems: responses > 2 ? 40 : 60 })), report: null }); // biome-ignore format: one record
  const cells = [
    { name: "small", prompts: 10, responsesPerPrompt: 1 },
    { name: "large", prompts: 40, responsesPerPrompt: 4 },
  ];
  const { report } = await caller.datasets.ladder.preview({ datasetId: "many-v1", cells });
  expect(report).toMatchObject({ largest: "large", eligible: 40, pool: 60, cells: [{ examples: 10 }, { examples: 160, wasserstein: 0 }] });
  const preset = await caller.datasets.ladder.preview({ datasetId: "many-v1", preset: { responses: 4 } });
  expect(preset.report!.cells.map(({ prompts, responsesPerPrompt }) => [prompts, responsesPerPrompt])).toEqual([
    [4, 1],
    [8, 1],
    [13, 1],
    [15, 1],
    [24, 2],
    [40, 2],
    [40, 4],
  ]);
  await expect(caller.datasets.ladder.preview({ datasetId: "many-v1", cells: [{ ...cells[1], prompts: 50 }] })).rejects.toMatchObject({
    cause: { code: "too-few-problems", where: "ladder cell large" },
  });
});

test("a ladder's sets become datasets: nested, with the responses that their cells take, and none where one fails", async () => {
  const { caller, host, folder } = await openPools();
  const path = join(folder, "many.jsonl");
  const rows = Array.from({ length: 30 }, (_, i) => ({
    prompt: `p${i}`,
    response: ["a", "b", "b", "c"].map((letter) => `${letter.repeat(1 + i)}\\boxed{${i}}`),
    answer: String(i),
  }));
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  await host.importedDatasets.import({ path, name: "many", mapping: { shape: "generic", prompt: "prompt", response: "response", answer: "answer", answerRule: "boxed" } }); // biome-ignore format: one call
  const cells = [
    { name: "10 × 1", prompts: 10, responsesPerPrompt: 1 },
    { name: "20 × 3", prompts: 20, responsesPerPrompt: 3 },
  ];
  const { sets, preview } = await caller.datasets.ladder.make({ datasetId: "many-v1", name: "steps", cells });
  expect(sets).toEqual([
    { cell: "10 × 1", datasetId: "steps-10x1-v1", rows: 10 },
    { cell: "20 × 3", datasetId: "steps-20x3-v1", rows: 20 },
  ]);
  expect(preview.report?.largest).toBe("20 × 3");
  const pairs = async (id: string) => {
    const made = await host.importedDatasets.get(id);
    expect(made.mapping).toMatchObject({ answerRule: "boxed" });
    const lines = readFileSync(made.path, "utf8").trim().split("\n");
    return lines.flatMap((line) => {
      const { prompt, response } = JSON.parse(line) as { prompt: string; response: string[] };
      return response.map((text) => `${prompt} ${text}`);
    });
  };
  const [small, large] = [await pairs("steps-10x1-v1"), await pairs("steps-20x3-v1")];
  expect([small.length, large.length]).toEqual([10, 60]);
  expect(new Set([...small, ...large]).size).toBe(60);
  await expect(caller.datasets.ladder.make({ datasetId: "many-v1", name: "steps", cells: [{ ...cells[1], prompts: 31 }] })).rejects.toMatchObject({ cause: { code: "too-few-problems" } }); // biome-ignore format: one thought
  const there = async () =>
    (await host.importedDatasets.list())
      .map(({ id }) => id)
      .filter((id) => id.startsWith("steps"))
      .sort();
  expect(await there()).toEqual(["steps-10x1-v1", "steps-20x3-v1"]);
  // The second import fails: the first cell's set goes again, the ones that were there stay.
  const importing = host.importedDatasets.import.bind(host.importedDatasets);
  const broken = vi.spyOn(host.importedDatasets, "import").mockImplementation((input, options) => {
    if (input.name?.endsWith("15x2")) throw new Error("no space left");
    return importing(input, options);
  });
  const failing = [
    cells[0],
    { name: "12 × 2", prompts: 12, responsesPerPrompt: 2 },
    { name: "15 × 2", prompts: 15, responsesPerPrompt: 2 },
  ];
  await expect(caller.datasets.ladder.make({ datasetId: "many-v1", name: "steps", cells: failing })).rejects.toThrow("no space left");
  broken.mockRestore();
  expect(await there()).toEqual(["steps-10x1-v1", "steps-20x3-v1"]);
  expect(readdirSync(join(host.dataFolder, "pipelines")).filter((name) => name.startsWith("."))).toEqual([]);
});
