// The examples that one start of a study is fine-tuned on: the first prompts of one seeded order, or a cell of a ladder, whose cells
// are nested and alike in the lengths of their responses.
import type { StagePlan, StageResult } from "../contract/run.ts";
import { cellName, type PooledRecipe } from "../contract/study.ts";
import { ladderCells } from "../data/ladder.ts";
import { type SftExample, sftExamples } from "../data/select.ts";
import { encodeExample } from "../tokenizer/chat.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { StageData } from "./stage-data.ts";

export interface StartExamples {
  examples: SftExample[];
  /** Of the ladder's largest cell; the same as `examples` elsewhere. */
  largest: SftExample[];
  lengths: StageResult["lengths"];
}

export function startExamples(
  data: StageData,
  recipe: PooledRecipe,
  { config }: Extract<StagePlan, { kind: "sft" }>,
  seed: number,
  tokenizer: Tokenizer,
): StartExamples {
  if (recipe.kind !== "ladder") {
    const examples = sftExamples(data, config, seed);
    return { examples, largest: examples, lengths: undefined };
  }
  const cells = recipe.cells.map((cell) => ({ name: cellName(cell), ...cell }));
  const length = (text: string) => encodeExample(tokenizer, "", text).ids.length;
  const ladder = ladderCells(data, cells, { seed, length });
  const own = cellName(config);
  const { tokens, wasserstein, ks } = ladder.report.cells.find(({ name }) => name === own)!;
  return {
    examples: ladder.examples(own),
    largest: ladder.examples(ladder.report.largest),
    lengths: { tokens, wasserstein, ks },
  };
}
