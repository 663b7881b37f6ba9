// A study's plan as text: its stages with tokens and time, memory, truncation, and what would stop it.
import type { Preflight } from "../contract/index.ts";
import { formatDuration } from "./progress-line.ts";
import { plural, table } from "./text.ts";

const thousands = (count: number): string =>
  count >= 1e6 ? `${(count / 1e6).toFixed(1)}M` : count >= 1e3 ? `${Math.round(count / 1e3)}k` : String(Math.round(count));
const percent = (share: number): string => `${Math.round(100 * share)} %`;
const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

export function formatPreflight({ stages, totals, basis, data, memory, truncation, problems }: Preflight): string {
  const rows = stages.map(({ label, tokens, seconds, memory: bytes }) => [
    label,
    tokens === null ? "" : thousands(tokens),
    seconds === null ? "" : formatDuration(seconds),
    bytes === null ? "" : gigabytes(bytes),
  ]);
  const { pools, sft } = data;
  const parts = [
    table([
      ["Stage", "Tokens", "Time", "Memory"],
      ...rows,
      [plural(stages.length, "stage"), thousands(totals.tokens), formatDuration(totals.seconds), ""],
    ]),
    `${basis}\n`,
    `Problems: SFT ${pools.sft}, RL ${pools.rl}, dev ${pools.dev}, test ${pools.test}.\n`,
  ];
  if (sft.length > 0)
    parts.push(
      table([
        ["SFT", "Examples", "Too long", "Updates", "Trained tokens", "Of the first batch trained", "Not padding"],
        ...sft.map((each) => [each.start, String(each.examples), String(each.dropped), String(each.steps), thousands(each.trainedTokens), percent(each.trainedShare), percent(each.filled)]), // biome-ignore format: one row
      ]),
    );
  parts.push(
    `Memory: ${gigabytes(memory.plan.total)} of ${gigabytes(memory.plan.available)} at most, in ${memory.stage}; most of it ${memory.plan.largest}.\n`,
  );
  if (truncation.length > 0)
    parts.push(
      `Responses that would be cut: ${truncation.map(({ start, budget, share, basis }) => `${start} at ${budget} tokens ${percent(share)} (${basis})`).join(", ")}.\n`,
    );
  for (const { severity, where, message, hint } of problems)
    parts.push(`${severity === "stops" ? "STOPS" : "Caution"}: ${where}: ${message} ${hint}\n`);
  return parts.join("\n");
}
