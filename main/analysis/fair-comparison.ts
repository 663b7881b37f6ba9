// The fair-comparison guard. Starts are compared by what one RL recipe makes of them, so whatever else differs between their runs
// may be the cause of what is seen. Every setting is compared, known or not: a setting without a rule of its own is held to the rule
// of its area, and one without an area is listed as to be known.
//
// One finding needs no difference: a temperature that was not found for each start. The paper's authors hold their result only when
// "the sampling temperature is carefully chosen" (§7 of the method's notes), so one fixed T for all is no fair recipe.
import { HeadstartError } from "../contract/errors.ts";
import type { FairnessFinding, FairnessGrade, FairnessReport, RunDescription } from "../contract/fair-comparison.ts";

interface Rule {
  /** The whole key, or its beginning up to a dot; the first rule that fits holds. */
  key: string;
  label?: string;
  grade: FairnessGrade;
  why: string;
}

const breaks: FairnessGrade = "breaks the comparison";
const known: FairnessGrade = "to be known";

const rules: Rule[] = [
  { key: "data", label: "The data", grade: breaks, why: "the starts trained or were tested on other problems" },
  { key: "prompts", label: "The RL prompts", grade: breaks, why: "one start may have had the easier problems" },
  { key: "rl.evalEvery", label: "How often RL is evaluated", grade: known, why: "curves have other points, the training is the same" },
  { key: "rl.checkpointEvery", label: "How often RL is saved", grade: known, why: "the training is the same" },
  {
    key: "rl.maxResponseTokens",
    label: "The response budget of RL",
    grade: breaks,
    why: "it decides how many responses are cut, and so who can learn",
  },
  { key: "rl.steps", label: "The number of RL steps", grade: breaks, why: "one start had more training" },
  {
    key: "rl.optimizer.learningRate",
    label: "RL's learning rate",
    grade: breaks,
    why: "equal steps then move the starts by other amounts",
  },
  { key: "rl.groupSize", label: "The group size", grade: breaks, why: "advantages and the rollouts a step differ" },
  { key: "rl.promptsPerStep", label: "Prompts a step", grade: breaks, why: "the rollouts a step differ" },
  { key: "rl", grade: breaks, why: "it is part of the RL recipe" },
  {
    key: "door.survivors",
    label: "The number of problems let through at the stages' doors",
    grade: known,
    why: "one filter on models of other strength lets other problems through, so the starts trained on different sets",
  },
  { key: "door", label: "A door's filter", grade: breaks, why: "the starts' problems were chosen by other rules" },
  { key: "stages", grade: breaks, why: "the starts went through other stages" },
  { key: "evaluation", grade: breaks, why: "the scores were not measured in one way" },
  {
    key: "engine",
    label: "The engine",
    grade: known,
    why: "rounding and random order may differ, which is noise and favours no start",
  },
  { key: "codeVersion", label: "The version of Headstart", grade: known, why: "check the changelog for changes to training between them" },
];

/** Rules are of any stage and door: the numbers of these in a key are left out. */
function fits(rule: Rule, key: string): boolean {
  const of = key.replace(/\.\d+(?=\.|$)/g, "");
  return of === rule.key || of.startsWith(`${rule.key}.`);
}
const elsewhere: Omit<Rule, "key"> = { grade: known, why: "no rule says what it does to the comparison" };

const absent = "not set";
const write = (value: RunDescription["settings"][string] | undefined): string =>
  value === undefined || value === null ? absent : `${value}`;

function findingOf(field: string, label: string, grade: FairnessGrade, why: string, values: FairnessFinding["values"]): FairnessFinding {
  const listed = values.map(({ start, value }) => `${start} ${value}`).join(", ");
  return { field, grade, values, sentence: `${label} differs (${listed}): ${why}.` };
}

/** What is found anew under each seed, in the order of seeds; once where all agree. */
export const valuesBySeed = (values: readonly (string | number | null | undefined)[]): string =>
  (new Set(values).size === 1 ? values.slice(0, 1) : values).map((value) => value ?? "none").join("/");

function temperatureFindings(runs: readonly RunDescription[]): FairnessFinding[] {
  const stages = [...new Set(runs.flatMap(({ temperatures }) => temperatures.map(({ stage }) => stage)))];
  return stages.flatMap((stage): FairnessFinding[] => {
    const own = runs.flatMap(({ start, temperatures }) => {
      const found = temperatures.find((each) => each.stage === stage);
      return found ? [{ start, ...found }] : [];
    });
    const field = stage === "" ? "temperature" : `temperature, ${stage}`;
    const label = stage === "" ? "The sampling temperature" : `The sampling temperature of stage ${stage}`;
    const values = own.map(({ start, values: each, source }) => ({ start, value: `${valuesBySeed(each)} ${source}` }));
    const fixed = own.filter(({ source }) => source === "fixed");
    if (fixed.length > 0) {
      const who = fixed.length === runs.length ? "every start" : fixed.map(({ start }) => start).join(", ");
      const sentence = `${label} was fixed for ${who}, not found: a start at a temperature that does not suit it learns less for that alone.`;
      return [{ field, grade: breaks, values, sentence }];
    }
    if (new Set(values.map(({ value }) => value)).size === 1) return [];
    return [findingOf(field, label, known, "each was found for its start, as the method asks", values)];
  });
}

function seedFindings(runs: readonly RunDescription[]): FairnessFinding[] {
  const values = runs.map(({ start, seeds }) => ({ start, value: [...seeds].sort((a, b) => a - b).join(" ") || absent }));
  if (new Set(values.map(({ value }) => value)).size === 1) return [];
  return [
    findingOf("seeds", "The seeds", breaks, "seeds choose problems and prompts, so a gap over different seeds is not paired", values),
  ];
}

/** Lists every difference between the runs of two or more starts other than the start itself. */
export function fairComparison(runs: readonly RunDescription[]): FairnessReport {
  if (runs.length < 2)
    throw new HeadstartError({
      code: "too-few-starts",
      where: "fair comparison",
      message: "One run alone is compared with nothing.",
      hint: "Give the runs of at least two starts.",
    });
  const keys = [...new Set(runs.flatMap(({ settings }) => Object.keys(settings)))].sort();
  const settings = keys.flatMap((key): FairnessFinding[] => {
    const values = runs.map((run) => ({ start: run.start, value: write(run.settings[key]) }));
    if (new Set(values.map(({ value }) => value)).size === 1) return [];
    const { label = `The setting ${key}`, grade, why } = rules.find((rule) => fits(rule, key)) ?? elsewhere;
    return [findingOf(key, label, grade, why, values)];
  });
  const all = [...temperatureFindings(runs), ...seedFindings(runs), ...settings];
  const findings = [...all.filter(({ grade }) => grade === breaks), ...all.filter(({ grade }) => grade === known)];
  const broken = findings.filter(({ grade }) => grade === breaks);
  return {
    fair: broken.length === 0,
    findings,
    sentence:
      broken.length === 0
        ? findings.length === 0
          ? "The runs differ in their start alone."
          : `No difference breaks the comparison; ${findings.length} to be known.`
        : `Not a fair comparison: ${broken.length === 1 ? "1 difference breaks" : `${broken.length} differences break`} it (${broken.map(({ field }) => field).join(", ")}).`,
  };
}

/** An object's leaves by their path, as `settings` wants them; lists by their index from 1. Fields left unset are absent. */
export function flatSettings(value: unknown, path: string): RunDescription["settings"] {
  if (value === undefined) return {};
  if (value === null || typeof value !== "object") return { [path]: value as string | number | boolean | null };
  const entries = Array.isArray(value) ? value.map((each, i) => [String(i + 1), each] as const) : Object.entries(value);
  return Object.assign({}, ...entries.map(([key, each]) => flatSettings(each, `${path}.${key}`)));
}
