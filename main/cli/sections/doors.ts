// The doors of RL stages: how many problems each arm found there and was let through with, by how many of their samples are right.
import type { ArmStage, StudyResult } from "../../contract/index.ts";
import { average, fixed, table } from "../text.ts";

type Door = NonNullable<ArmStage["door"]>;
interface ArmDoors {
  arm: string;
  doors: Door[];
}

/** A table a stage; over seeds, means. */
export function doorSections({ arms, seeds }: Pick<StudyResult, "arms" | "seeds">): string[] {
  const stages = [...new Set(arms.flatMap(({ runs }) => runs.flatMap((run) => run.stages.map(({ name }) => name))))];
  return stages.flatMap((stage) => {
    const own = arms.flatMap(({ name, runs }): ArmDoors[] => {
      const doors = runs.flatMap((run) => run.stages.flatMap(({ name: at, door }) => (at === stage && door ? [door] : [])));
      return doors.length > 0 ? [{ arm: name, doors }] : [];
    });
    return own.length === 0 ? [] : [doorTable(stage, own, seeds.length > 1)];
  });
}

function doorTable(stage: string | null, own: readonly ArmDoors[], several: boolean): string {
  const n = own[0].doors[0].samplesPerProblem;
  const rights = Array.from({ length: n + 1 }, (_, right) => right);
  const title = `Door of ${stage ?? "RL"}${several ? ", mean over seeds" : ""}`;
  const rows = own.flatMap(({ arm, doors }) =>
    (["problems", "survivors"] as const).map((what) => {
      const mean = (of: (door: Door) => number) => fixed(average(doors.map(of)), 0);
      const at = (right: number) => mean(({ histogram }) => histogram.find((bin) => bin.right === right)?.[what] ?? 0);
      const [name, words] = what === "problems" ? [arm, "at the door"] : ["", "let through"];
      return [name, words, mean((door) => door[what]), ...rights.map(at)];
    }),
  );
  return table([[title, "", "Problems", ...rights.map((right) => `${right} of ${n}`)], ...rows]);
}
