// A checkpoint's name with its colour. Colours go by the order in which checkpoints were first evaluated, so that one keeps its own.
import type { BenchmarkEvaluation } from "../../main/contract/api.ts";
import { startCount } from "../charts/chart-theme.ts";
import type { StartStyle } from "../charts/figure.ts";
import { useBenchmarkEvaluations } from "../client/evaluation-queries.ts";
import { StartName } from "./start-swatch.tsx";

export function checkpointStyles(evaluations: Pick<BenchmarkEvaluation, "checkpoint" | "createdAt">[]): Map<string, StartStyle> {
  const styles = new Map<string, StartStyle>();
  for (const { checkpoint } of [...evaluations].sort((a, b) => a.createdAt.localeCompare(b.createdAt)))
    if (!styles.has(checkpoint)) styles.set(checkpoint, { hue: styles.size % startCount, dash: Math.floor(styles.size / startCount) });
  return styles;
}

export function useCheckpointStyles(): Map<string, StartStyle> {
  return checkpointStyles(useBenchmarkEvaluations().data ?? []);
}

export function CheckpointName({ id, styles }: { id: string; styles: Map<string, StartStyle> }) {
  return <StartName name={id} style={styles.get(id)} />;
}
