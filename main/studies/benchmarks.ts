// The benchmarks and how each is evaluated. Temperature 0.6, top-p 0.95 and n are AceReason-Nemotron 1.1's protocol where it
// names the benchmark; where it does not, they are ours. The paper's budget is 32,768 tokens; the default here is the smaller of
// that and what the checkpoint's positions allow, chosen when an evaluation is set up.
import { type Benchmark, type EvalConfig, evalConfig } from "../contract/index.ts";

const boxed = "Please place your final answer inside \\boxed{}.";
const python =
  "Write Python code to solve the problem. Please place the solution code in the following format:\n```python\n# Your solution code here\n```";

const functionHeader = `Solve the problem starting with the provided function header.\n\nFunction header:\n\`\`\`\n{problem}\n\`\`\`\n\n${python}`;

const paperBudget = 32_768;
const protocol = (samplesPerProblem: number): EvalConfig =>
  evalConfig.parse({ pool: "test", samplesPerProblem, temperature: 0.6, topP: 0.95, maxResponseTokens: paperBudget });

const math = { domain: "math", instruction: boxed, dates: null, shipped: null } as const;
const code = { domain: "code", instruction: python, dates: null, shipped: null } as const;
const paper = (n: number) => `AceReason-Nemotron 1.1: avg@${n}, T 0.6, top-p 0.95`;
const ours = "ours: the paper does not report it";

export const benchmarks: Benchmark[] = [
  { ...math, key: "aime24", name: "AIME 2024", shape: "aime", problems: 30, eval: protocol(64), provenance: paper(64) },
  { ...math, key: "aime25", name: "AIME 2025", shape: "aime", problems: 30, eval: protocol(64), provenance: paper(64) },
  { ...math, key: "hmmt25", name: "HMMT February 2025", shape: "matharena", problems: 30, eval: protocol(64), provenance: paper(64) },
  { ...math, key: "brumo25", name: "BRUMO 2025", shape: "matharena", problems: 30, eval: protocol(64), provenance: paper(64) },
  {
    ...math,
    key: "math500",
    name: "MATH-500",
    shape: "math-500",
    problems: 500,
    eval: protocol(4),
    provenance: paper(4),
    shipped: "math500/test.jsonl",
  },
  {
    ...math,
    key: "gsm8k",
    name: "GSM8K test",
    shape: "gsm8k",
    problems: 1319,
    eval: protocol(4),
    provenance: ours,
    shipped: "gsm8k/test.jsonl",
  },
  {
    ...code,
    key: "lcb-v5",
    name: "LiveCodeBench v5",
    shape: "livecodebench",
    problems: 279,
    dates: { from: "2024-08-01", to: "2025-02-01" },
    eval: protocol(8),
    provenance: paper(8),
  },
  {
    ...code,
    key: "lcb-v6",
    name: "LiveCodeBench v6",
    shape: "livecodebench",
    problems: 175,
    dates: { from: "2025-02-01", to: "2025-05-01" },
    eval: protocol(8),
    provenance: paper(8),
  },
  {
    ...code,
    key: "humaneval",
    instruction: functionHeader,
    name: "HumanEval",
    shape: "humaneval",
    problems: 164,
    eval: protocol(4),
    provenance: "AceReason-Nemotron 1.1 for EvalPlus: avg@4, T 0.6, top-p 0.95",
    shipped: "humaneval/HumanEval.jsonl",
  },
  {
    ...code,
    instruction: functionHeader,
    key: "humaneval-plus",
    name: "HumanEval+",
    shape: "humaneval-plus",
    problems: 164,
    eval: protocol(4),
    provenance: paper(4),
  },
  { ...code, key: "mbpp", name: "MBPP", shape: "mbpp", problems: null, eval: protocol(4), provenance: ours },
  { ...code, key: "mbpp-plus", name: "MBPP+", shape: "mbpp-plus", problems: 378, eval: protocol(4), provenance: paper(4) },
];
