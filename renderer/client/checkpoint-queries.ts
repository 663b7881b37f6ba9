// Checkpoints of any kind, and the files a person chooses for them.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { z } from "zod";
import type { MemoryPlanInput } from "../../main/contract/api.ts";
import type { exportInput } from "../../main/contract/checkpoint.ts";
import type { ChooseFileInput } from "../../main/contract/files.ts";
import { useClient } from "./queries.ts";
import { keys } from "./query-keys.ts";

export function useCheckpointCards() {
  const client = useClient();
  return useQuery({ queryKey: keys.checkpointCards, queryFn: () => client.checkpoints.list.query() });
}

export function useMemoryPlan(input: MemoryPlanInput) {
  const client = useClient();
  return useQuery({
    queryKey: keys.memoryPlan(input),
    queryFn: () => client.checkpoints.memoryPlan.query(input),
    placeholderData: keepPreviousData,
  });
}

export function useRemoveCheckpoint() {
  const client = useClient();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => client.checkpoints.remove.mutate({ id }),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.checkpointCards }),
  });
}

export function useExportCheckpoint() {
  const client = useClient();
  return useMutation({ mutationFn: (input: z.input<typeof exportInput>) => client.checkpoints.export.mutate(input) });
}

/** Electron's dialog. */
export function useChooseFile() {
  const client = useClient();
  return useMutation({ mutationFn: (input: ChooseFileInput) => client.files.choose.mutate(input) });
}

/** A folder of the host's machine, for a page that has no dialog; null is the user's home. */
export function useFolder(handle: string | null) {
  const client = useClient();
  return useQuery({
    queryKey: keys.folder(handle),
    queryFn: () => client.files.list.query({ folder: handle }),
    placeholderData: keepPreviousData,
  });
}
