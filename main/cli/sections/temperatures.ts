// The sweep of sampling temperatures before RL, without training: what each start gives at each T, and the T that was chosen.
import type { StudyResult, SweepRow } from "../../contract/index.ts";
import { fixed, percent, table } from "../text.ts";

/** Over seeds, means of those that tried the T. */
export function temperatureSection({ arms, seeds }: Pick<StudyResult, "arms" | "seeds">): string | null {
  const starts = arms.filter(({ sweep }) => sweep.length > 0);
  if (starts.length === 0) return null;
  const several = seeds.length > 1;
  const rows = starts.flatMap(({ name, sweep }) =>
    sweep.map((row, i) => [
      i === 0 ? name : "",
      String(row.temperature),
      fixed(row.entropy, 2),
      share(row.reward),
      share(row.distinct),
      share(row.truncated),
      share(row.informative),
      mark(row, several),
    ]),
  );
  const targets = starts.flatMap(({ runs }) => runs.flatMap(({ temperature }) => (temperature ? [fixed(temperature.target, 2)] : [])));
  const head = ["Start before RL", "T", "Entropy at T", "pass@1", "Distinct", "Truncated", "Informative groups", ""];
  return `${table([head, ...rows])}Rollouts on dev at each T, without training${several ? "; means over seeds" : ""}. Entropy is in nats; ${[...new Set(targets)].join(", ")} was looked for.\n`;
}

const share = (value: number | null): string => (value === null ? "" : `${percent(value)} %`);

function mark({ chosen, fixed: set, mostInformative, seeds }: SweepRow, several: boolean): string {
  const often = (what: string, times: number) => (times === 0 ? [] : [several ? `${what} under ${times} of ${seeds} seeds` : what]);
  return [...often(set ? "set by the recipe" : "chosen", chosen), ...often("most informative", mostInformative)].join(", ");
}
