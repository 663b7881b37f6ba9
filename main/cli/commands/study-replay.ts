// headstart study replay: what another rule of the loss would have made of the rollouts that a study's RL stages have stored.
import { type Command, InvalidArgumentError } from "commander";
import { HeadstartError, type Replay, type ReplayRule, replayRule, ruleOf } from "../../contract/index.ts";
import { withApplication } from "../application.ts";
import { fixed, percent, plural, table } from "../text.ts";
import { findStudy } from "./find-study.ts";

type Change = Partial<ReplayRule>;

const words: Record<string, boolean> = { on: true, true: true, off: false, false: false };

/** `aggregation=sequence-mean`, `overlongFilter=off` */
export function parseChange(text: string, before: Change = {}): Change {
  const [, field, value] = /^(\w+)=(.+)$/.exec(text) ?? [];
  const parsed = replayRule
    .partial()
    .strict()
    .safeParse({ [field ?? ""]: words[value] ?? value });
  if (!parsed.success || field === undefined)
    throw new InvalidArgumentError(
      "a change is aggregation=token-mean|sequence-mean, std=sample|population|none, or overlongFilter, overlongInGroupStats or dynamicSampling =on|off",
    );
  return { ...before, ...parsed.data };
}

interface ReplayOptions {
  set: Change;
  json?: true;
}

export function addStudyReplay(study: Command): void {
  study
    .command("replay <id>")
    .description("what another rule of the loss would have made of each RL stage's stored rollouts, to first order; trains nothing")
    .requiredOption("--set <field=value>", "what differs from the rule as run; may be given again", parseChange)
    .option("--json", "print it as JSON (schema: replay in main/contract), with each step")
    .action((text: string, { set, json }: ReplayOptions) =>
      withApplication(async (application) => {
        const { client } = application;
        const { id } = await findStudy(application, text, "study replay");
        const found = await client.studies.get.query({ id });
        const stages: { arm: string; stage: string | null; replay: Replay }[] = [];
        for (const { id: stageId, plan, step } of found.stages)
          if (plan.kind === "rl" && step > 0) {
            const rule = { ...ruleOf(plan.config), ...set };
            stages.push({ arm: plan.start, stage: plan.name ?? null, replay: await client.results.replay.query({ stageId, rule }) });
          }
        if (stages.length === 0)
          throw new HeadstartError({ code: "no-rollouts", where: `study ${id}`, message: "It has no rollouts yet.", hint: "Let a stage of RL take a step first." }); // biome-ignore format: one thought
        process.stdout.write(json ? `${JSON.stringify({ studyId: id, stages }, null, 2)}\n` : formatReplay(stages));
      }),
    );
}

const share = (value: number | null): string => (value === null ? "" : `${percent(value)} %`);
const change = (before: number, after: number): string => `${percent(before)} → ${percent(after)} %`;

export function formatReplay(stages: readonly { arm: string; stage: string | null; replay: Replay }[]): string {
  const rows = stages.map(({ arm, stage, replay: { overall } }) => {
    const { pull } = overall;
    return [
      stage === null ? arm : `${arm}, ${stage}`,
      plural(overall.rollouts, "rollout"),
      share(overall.left),
      share(overall.entered),
      share(overall.signChanged),
      share(overall.relativeChange),
      overall.correlation === null ? "" : fixed(overall.correlation, 3),
      change(pull.asRun.right, pull.replayed.right),
      change(pull.asRun.wrong, pull.replayed.wrong),
      change(pull.asRun.truncated, pull.replayed.truncated),
    ];
  });
  const head = ["RL stage", "Rollouts", "Left the loss", "Entered it", "Changed sign", "Relative change", "Correlation", "Pull of right", "of wrong", "of truncated"]; // biome-ignore format: one row
  return `${table([head, ...rows])}Pull: share of the gradient's size, weight × |advantage| × tokens. On the same rollouts; under another rule the policy would have drawn others.\n`;
}
