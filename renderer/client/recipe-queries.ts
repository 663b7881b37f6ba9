// A recipe before it is started: as YAML, read from YAML, and what it would take.
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { type StudyRecipe, studyRecipe } from "../../main/contract/study.ts";
import { useClient, useStartStudy } from "./queries.ts";
import { keys } from "./query-keys.ts";

/** Answers depend on the recipe alone, or on data that stay as they are while one is configured. */
const kept = { staleTime: Number.POSITIVE_INFINITY, gcTime: 60_000, placeholderData: keepPreviousData };

/** The recipe as text; of null, nothing is asked and the last text stays. */
export function useRecipeText(recipe: StudyRecipe | null) {
  const client = useClient();
  return useQuery({
    queryKey: keys.recipeText(recipe),
    queryFn: () => client.studies.recipeText.query({ recipe: recipe as StudyRecipe }),
    enabled: recipe !== null,
    ...kept,
  });
}

export function useParseRecipe() {
  const client = useClient();
  return (text: string) => client.studies.parseRecipe.query({ text });
}

/** Stages, tokens, time and memory of a recipe, and what would stop it; of null, nothing is asked. */
export function usePreflight(recipe: StudyRecipe | null, seed: number) {
  const client = useClient();
  return useQuery({
    queryKey: keys.preflight(recipe, seed),
    queryFn: () => client.studies.preflight.query({ recipe: recipe as StudyRecipe, seed }),
    enabled: recipe !== null,
    ...kept,
  });
}

/** The recipe of a study that has run, to begin another from. */
export function useRecipeOf(studyId: string | null) {
  const client = useClient();
  return useQuery({
    queryKey: keys.study(studyId ?? ""),
    queryFn: () => client.studies.get.query({ id: studyId ?? "" }),
    enabled: studyId !== null,
    select: (study) => studyRecipe.parse(study.recipe),
  });
}

/** One study a seed, in their order; the ids of what was started, also where a later one is refused. */
export function useStartSeeds() {
  const start = useStartStudy();
  const queries = useQueryClient();
  return async (recipe: StudyRecipe, seeds: number[]): Promise<string[]> => {
    const ids: string[] = [];
    try {
      for (const seed of seeds) ids.push((await start.mutateAsync({ recipe, seed })).id);
      return ids;
    } finally {
      if (ids.length > 0) void queries.invalidateQueries({ queryKey: keys.studies });
    }
  };
}
