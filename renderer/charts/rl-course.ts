// What a quantity did over all stages of an arm's RL. Pure.
import type { ArmStage, Course } from "../../main/contract/study-result.ts";

/** The first of the first stage, the last of the last, the mean over steps. */
export function courseOfRl(stages: readonly ArmStage[], of: (stage: ArmStage) => Course | null): Course | null {
  const courses = stages.flatMap((stage) => {
    const course = of(stage);
    return course ? [{ ...course, steps: Math.max(1, stage.steps) }] : [];
  });
  if (courses.length === 0) return null;
  const steps = courses.reduce((sum, course) => sum + course.steps, 0);
  return {
    first: courses[0].first,
    last: courses[courses.length - 1].last,
    mean: courses.reduce((sum, course) => sum + course.mean * (course.steps / steps), 0),
  };
}
