// What a use of a checkpoint takes of this machine's memory, term by term. Pure.
import type { MemoryPlan } from "../../main/contract/checkpoint.ts";
import { bytes, percent } from "../components/format.ts";
import type { Figure } from "./figure.ts";

export const useLabels: Record<MemoryPlan["use"], string> = { evaluate: "Evaluation", sft: "SFT", lora: "LoRA", rl: "RL" };

const gigabytes = (value: number) => value / 1e9;

export function fits(plan: MemoryPlan): boolean {
  return plan.total <= plan.available;
}

function memoryTitle(plan: MemoryPlan): string {
  const largest = plan.terms.find((term) => term.name === plan.largest);
  const most = largest === undefined ? "" : `: most of it ${largest.name} (${bytes(largest.bytes)})`;
  return fits(plan)
    ? `${useLabels[plan.use]} takes ${bytes(plan.total)} of ${bytes(plan.available)}${most}`
    : `${useLabels[plan.use]} takes ${bytes(plan.total)}, more than the ${bytes(plan.available)} there are${most}`;
}

export function memoryFigure(plan: MemoryPlan): Figure {
  // From the bottom up: the total ends on top, the largest term below it.
  const terms = [...plan.terms].sort((a, b) => a.bytes - b.bytes);
  const rows = [...terms, { name: "total", bytes: plan.total }].map((row) => ({ ...row, label: `${row.name}, ${bytes(row.bytes)}` }));
  const bars = (kind: "bars" | "faint-bars", own: typeof rows) => ({
    name: kind === "bars" ? "total and largest" : "others",
    kind,
    x: own.map((row) => gigabytes(row.bytes)),
    y: own.map((row) => row.label),
    hover: own.map((row) => `${row.name}\n${bytes(row.bytes)}, ${percent(row.bytes / plan.total)} of the total`),
  });
  const strong = (row: (typeof rows)[number]) => row.name === "total" || row.name === plan.largest;
  // On the scale of the machine the bars of a small model could not be told apart.
  const machine = plan.total > 0.1 * plan.available;
  return {
    id: `memory-${plan.use}`,
    title: memoryTitle(plan),
    subtitle: machine ? undefined : `The ${bytes(plan.available)} of this machine are far to the right.`,
    x: {
      label: "Memory (GB)",
      range: [0, gigabytes(machine ? Math.max(plan.total, plan.available) : plan.total) * 1.06],
      bounds: [0, null],
    },
    y: { label: "", categories: rows.map((row) => row.label) },
    series: [
      bars("bars", rows.filter(strong)),
      bars(
        "faint-bars",
        rows.filter((row) => !strong(row)),
      ),
    ].filter((s) => s.x.length > 0),
    references: machine
      ? [{ axis: "x", value: gigabytes(plan.available), label: `this machine: ${bytes(plan.available)}`, labelAt: "left" }]
      : [],
  };
}
