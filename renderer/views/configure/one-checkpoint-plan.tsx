// What a study of one checkpoint alone takes: an evaluation or SFT on a dataset, which has one stage of work.
import { oneCheckpointProblems } from "../../../main/contract/preflight.ts";
import type { EvaluationRecipe, SftRecipe } from "../../../main/contract/study.ts";
import { useCheckpointCards, useMemoryPlan } from "../../client/checkpoint-queries.ts";
import { useImportedDatasets } from "../../client/imported-dataset-queries.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { Loading } from "../../components/late.tsx";
import { samplesInWords, updatesInWords } from "./plan-words.ts";
import { Checks, Memory } from "./preflight-panel.tsx";

/** Sequences that an evaluation generates at once. */
const atOnce = 64;

export function OneCheckpointPlan({ recipe }: { recipe: EvaluationRecipe | SftRecipe }) {
  const imported = useImportedDatasets();
  const card = useCheckpointCards().data?.find(({ id }) => id === recipe.checkpoint);
  const dataset = imported.data?.find(({ id }) => id === recipe.data.dataset);
  const trains = recipe.kind === "sft";
  const memory = useMemoryPlan({
    id: recipe.checkpoint,
    use: trains ? (recipe.sft.lora ? "lora" : "sft") : "evaluate",
    rows: trains ? recipe.sft.batchSize : atOnce,
    length: trains ? recipe.sft.maxLength : recipe.eval.maxResponseTokens,
  });
  const rows = dataset === undefined ? null : Math.min(dataset.rows, recipe.data.limit ?? 20_000);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="side-scroll" aria-label="Pre-flight" tabIndex={0} data-testid="preflight">
      {card !== undefined && dataset !== undefined && <Checks problems={oneCheckpointProblems(recipe, card)} />}
      <section className="section" aria-label="Plan">
        <div className="section-head">
          <h2>Plan</h2>
        </div>
        {imported.data !== undefined && dataset === undefined ? (
          <p className="problem">There is no imported dataset {recipe.data.dataset}: choose one that is there, or import it first.</p>
        ) : (
          rows !== null && <p>{trains ? updatesInWords(recipe, rows) : samplesInWords(recipe, rows)}</p>
        )}
      </section>
      {memory.error !== null ? (
        <ErrorPanel error={memory.error} where="checkpoints.memoryPlan" onRetry={() => void memory.refetch()} />
      ) : memory.data === undefined ? (
        <Loading what="the memory plan" />
      ) : (
        <Memory plan={memory.data} />
      )}
    </section>
  );
}
