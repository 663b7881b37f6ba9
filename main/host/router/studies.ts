// studies: start one, see how far it is, and steer it.
import { byId, type Preset, type StudyRecord, type StudySummary, startStudyInput } from "../../contract/index.ts";
import { notReady, procedure, router } from "./trpc.ts";

export const studies = router({
  presets: procedure.query((): Preset[] => notReady()),
  list: procedure.query(async (): Promise<StudySummary[]> => notReady()),
  get: procedure.input(byId).query(async (): Promise<StudyRecord> => notReady()),
  start: procedure.input(startStudyInput).mutation(async (): Promise<{ id: string }> => notReady()),
  pause: procedure.input(byId).mutation(async (): Promise<void> => notReady()),
  resume: procedure.input(byId).mutation(async (): Promise<void> => notReady()),
  cancel: procedure.input(byId).mutation(async (): Promise<void> => notReady()),
  remove: procedure.input(byId).mutation(async (): Promise<void> => notReady()),
});
