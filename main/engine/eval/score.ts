// How a model judges a sequence of tokens that is given: the log-prob of each next one, and what it would put after the last.
import * as tf from "@tensorflow/tfjs-core";
import type { Score } from "../../contract/checkpoint.ts";
import { HeadstartError } from "../../contract/errors.ts";
import type { Transformer } from "../model/transformer.ts";

const highest = 5;

/** ids [T], T ≥ 1. Logits of a large vocabulary are never held for all positions at once. */
export function score(model: Transformer, ids: readonly number[]): Score {
  const { vocabSize } = model.config;
  const outside = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
  if (ids.length === 0 || outside !== undefined)
    throw new HeadstartError({
      code: "bad-ids",
      where: "score",
      message: ids.length === 0 ? "There are no ids." : `Id ${outside} is not one of the model's ${vocabSize}.`,
      hint: "Give the ids of this checkpoint's tokenizer.",
    });
  return tf.tidy(() => {
    const length = ids.length;
    const hidden = model.hidden({ ids: Int32Array.from(ids), visibleFrom: new Int32Array(length), batch: 1, length });
    const { values, indices } = tf.topk(model.logits(tf.slice(hidden, [length - 1, 0], [1, -1])), Math.min(highest, vocabSize));
    const logits = values.dataSync();
    const top = Array.from(indices.dataSync(), (id, i): [number, number] => [id, logits[i]]);
    if (length === 1) return { logprobs: [], top };
    const { logprobs } = model.logprobs(tf.slice(hidden, [0, 0], [length - 1, -1]), Int32Array.from(ids.slice(1)), 1);
    return { logprobs: Array.from(logprobs.dataSync()), top };
  });
}
