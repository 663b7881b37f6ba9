// Sampling from many prompts at once with a KV cache: rows of any length decode side by side, a row that ends leaves at once, and
// the next prompts are taken in beside the rows that decode, some tokens a step, so that the cost follows the live tokens. A
// prompt goes through the model once for all its samples, which share its pages. What a row draws depends on its own prompt and
// random stream alone.
import * as tf from "@tensorflow/tfjs-core";
import type { RandomStream } from "../../analysis/random.ts";
import { HeadstartError } from "../../contract/errors.ts";
import type { FinishReason } from "../../contract/rollout.ts";
import { generationLimits } from "../limits.ts";
import type { EnginePorts } from "../ports.ts";
import { type KvCache, openCache, type PageCopy, type Run } from "./kv-cache.ts";
import { PagePool, pageBytes, pagesFor } from "./pages.ts";
import { drawTokens, type SamplingOptions } from "./sampling.ts";
import type { Transformer } from "./transformer.ts";

export interface GenerateRequest extends SamplingOptions {
  /** None may be empty, or as long as the model's maxPositionEmbeddings. */
  prompts: readonly (readonly number[])[];
  /** For all prompts, or for each. */
  samplesPerPrompt: number | readonly number[];
  /** A row also ends where the model's maxPositionEmbeddings does. */
  maxNewTokens: number;
  /** Any of them ends a row. */
  stopIds: readonly number[];
  /** Asked after each token, with all of the row's: whether the row ends with it. */
  stop?(ids: readonly number[]): boolean;
  /** The stream that draws sample s of prompt p. */
  random(prompt: number, sample: number): RandomStream;
  /** Rows that decode at once, and bytes of the KV cache: more rows wait. Both bound memory (limits.ts) and change no token that is drawn. */
  maxRows?: number;
  maxCacheBytes?: number;
  onToken?(prompt: number, sample: number, id: number): void;
  /** As each row ends; awaited before the next step. */
  onFinished?(prompt: number, sample: number, generation: Generation): void | Promise<void>;
}

export interface Generation {
  /** Generated tokens, the one that ended the row included. */
  ids: number[];
  /** Log-probs at the sampling temperature, nats. */
  logprobs: number[];
  /** Entropies at the sampling temperature, nats. */
  entropies: number[];
  finishReason: FinishReason;
}

/** Returns [prompt][sample]. Throws HeadstartError for a prompt that is empty or too long. */
export async function generate(model: Transformer, request: GenerateRequest, ports: Pick<EnginePorts, "yield">): Promise<Generation[][]> {
  const { prompts, samplesPerPrompt } = request;
  checkPrompts(prompts, model.config.maxPositionEmbeddings);
  const results = prompts.map((_, p) =>
    Array.from(
      { length: typeof samplesPerPrompt === "number" ? samplesPerPrompt : samplesPerPrompt[p] },
      (): Generation => ({ ids: [], logprobs: [], entropies: [], finishReason: "length" }),
    ),
  );
  const batch = new Batch(model, request, results);
  try {
    while (batch.unfinished) {
      await batch.step();
      await ports.yield();
    }
  } finally {
    batch.dispose();
  }
  return results;
}

function checkPrompts(prompts: GenerateRequest["prompts"], maxPositions: number): void {
  prompts.forEach(({ length }, p) => {
    if (length > 0 && length < maxPositions) return;
    throw new HeadstartError({
      code: length === 0 ? "empty-prompt" : "too-long",
      where: `prompt ${p + 1}`,
      message: length === 0 ? "It has no token." : `Its ${length} tokens leave no room within the model's ${maxPositions} positions.`,
      hint: length === 0 ? "Write something." : "Shorten it, or raise maxPositionEmbeddings together with RoPE's theta or scaling.",
    });
  });
}

function notANumber(): HeadstartError {
  return new HeadstartError({
    code: "not-a-number",
    where: "generation",
    message: "The model's logits are no numbers.",
    hint: "Its weights hold no numbers, or training has diverged: go back to an earlier checkpoint.",
  });
}

interface Row {
  prompt: number;
  sample: number;
  generation: Generation;
  random: RandomStream;
  pages: number[];
  /** When it is as long as it may get. */
  mostPages: number;
}

/** Tokens to be taken in, for rows that go on from them. */
interface Intake {
  ids: readonly number[];
  /** Rows that have not begun. */
  rows: Row[];
  pages: number[];
  /** Tokens in the cache so far. */
  done: number;
  /** After the last token, [1, vocabSize]. */
  logits: tf.Tensor2D | null;
}

class Batch {
  private readonly request: GenerateRequest;
  private readonly cache: KvCache;
  private readonly pool: PagePool;
  private readonly maxRows: number;
  private readonly maxLength: number;
  private readonly waiting: Intake[];
  /** Being taken in, or taken in and with rows that have not begun. Oldest first. */
  private taken: Intake[] = [];
  /** Rows whose last token is drawn and not yet in the cache. Oldest first. */
  private live: Row[] = [];
  /** To be made before the next step writes. */
  private copies: PageCopy[] = [];

  constructor(model: Transformer, request: GenerateRequest, results: Generation[][]) {
    const { prompts, maxNewTokens, random, maxRows = generationLimits.rows, maxCacheBytes = generationLimits.cacheBytes } = request;
    this.request = request;
    this.maxRows = maxRows;
    this.maxLength = model.config.maxPositionEmbeddings;
    const mostPages = (ids: readonly number[]) => pagesFor(Math.min(this.maxLength, ids.length + maxNewTokens));
    this.waiting = prompts.map((ids, prompt) =>
      intakeOf(
        ids,
        results[prompt].map((generation, sample) => ({
          prompt,
          sample,
          generation,
          random: random(prompt, sample),
          pages: [],
          mostPages: mostPages(ids),
        })),
      ),
    );
    this.waiting = this.waiting.filter(({ rows }) => rows.length > 0);
    // What could be used at once, within the bound; always enough for one row beside the prompt that it comes from.
    const longest = prompts.reduce((most, ids) => (ids.length > most.length ? ids : most), []);
    const [perPrompt, perRow] = [pagesFor(longest.length), mostPages(longest)];
    const rows = Math.min(maxRows, results.flat().length);
    const bound = Math.floor(maxCacheBytes / pageBytes(model.config));
    this.pool = new PagePool(Math.max(perRow + perPrompt, Math.min(bound, rows * perRow + Math.min(rows, prompts.length) * perPrompt)));
    this.cache = openCache(model, this.pool.size);
  }

  get unfinished(): boolean {
    return this.waiting.length + this.taken.length + this.live.length > 0;
  }

  /** One pass through the model: a token of each live row, and some of the prompts that come next. */
  async step(): Promise<void> {
    await this.beginRows();
    this.makeRoom();
    this.takeIn();
    const rows = [...this.live];
    const { runs, complete } = this.nextRuns();
    if (runs.length === 0) return;
    const logits = this.cache.forward(runs, this.copies);
    this.copies = [];
    try {
      complete.forEach((intake, i) => {
        intake.logits = tf.slice(logits, [rows.length + i, 0], [1, -1]);
      });
      await this.draw(rows, logits, (i) => i);
    } finally {
      logits.dispose();
    }
  }

  dispose(): void {
    for (const { logits } of this.taken) logits?.dispose();
    this.cache.dispose();
  }

  /** Rows whose prompt is in the cache draw their first token. */
  private async beginRows(): Promise<void> {
    for (const intake of [...this.taken]) {
      while (intake.logits && intake.rows.length > 0 && this.live.length < this.maxRows) {
        const rows = intake.rows.splice(0, this.maxRows - this.live.length);
        for (const row of rows) row.pages = this.pool.share(intake.pages);
        this.live.push(...rows);
        await this.draw(rows, intake.logits, () => 0);
      }
      if (intake.logits && intake.rows.length === 0) {
        this.reset(intake);
        this.taken = this.taken.filter((other) => other !== intake);
      }
    }
  }

  /** Draws a token for each row from the logits' row `from(i)`. Rows that end leave. */
  private async draw(rows: readonly Row[], logits: tf.Tensor2D, from: (i: number) => number): Promise<void> {
    if (rows.length === 0) return;
    const { request } = this;
    const uniforms = rows.map(({ random }) => (request.temperature > 0 ? random.uniform() : 0));
    const draws = drawTokens(logits, rows.map((_, i) => from(i)), request, uniforms); // biome-ignore format: one thought
    const ended = new Set<Row>();
    draws.forEach(({ id, logprob, entropy }, i) => {
      const { prompt, sample, generation } = rows[i];
      if (Number.isNaN(logprob)) throw notANumber();
      generation.ids.push(id);
      generation.logprobs.push(logprob);
      generation.entropies.push(entropy);
      request.onToken?.(prompt, sample, id);
      const stopped = request.stopIds.includes(id) || (request.stop?.(generation.ids) ?? false);
      if (stopped) generation.finishReason = "stop";
      if (stopped || generation.ids.length >= request.maxNewTokens || this.lengthOf(rows[i]) >= this.maxLength) ended.add(rows[i]);
    });
    this.live = this.live.filter((row) => !ended.has(row));
    for (const row of ended) {
      this.pool.release(row.pages);
      await request.onFinished?.(row.prompt, row.sample, row.generation);
    }
  }

  /** Gives every live row a page of its own for its next token; the youngest make way when there are none. */
  private makeRoom(): void {
    for (const row of [...this.live]) {
      const last = pagesFor(this.lengthOf(row)) - 1;
      while (this.live.includes(row) && (row.pages.length === last || this.pool.isShared(row.pages[last]))) {
        const page = this.pool.take();
        if (page === null) {
          this.makeWay();
        } else {
          const shared = row.pages.splice(last, 1, page);
          for (const from of shared) this.copies.push([from, page]);
          this.pool.release(shared);
        }
      }
    }
  }

  /** Takes the pages of what came last. Its tokens are taken in again when there is room: the same numbers come out. */
  private makeWay(): void {
    const intake = this.taken.pop();
    if (intake) {
      this.reset(intake);
      this.waiting.unshift(intake);
      return;
    }
    const row = this.live.pop()!;
    this.copies = this.copies.filter(([, to]) => !row.pages.includes(to));
    this.pool.release(row.pages);
    row.pages = [];
    this.waiting.unshift(intakeOf([...this.request.prompts[row.prompt], ...row.generation.ids], [row]));
  }

  /** Prompts that come next get pages, as long as rows and pages are free and the step has room for their tokens. */
  private takeIn(): void {
    const open = () => this.taken.reduce((sum, { ids, done }) => sum + ids.length - done, 0);
    const promised = () => this.taken.reduce((sum, { rows }) => sum + rows.length, this.live.length);
    while (this.waiting.length > 0 && open() < generationLimits.promptTokens && promised() < this.maxRows) {
      const [intake] = this.waiting;
      // What runs on keeps the pages it may want next, lest what is taken in must make way at once.
      if (promised() > 0 && this.pool.free < pagesFor(intake.ids.length) + this.wantedSoon(intake)) return;
      intake.pages = Array.from({ length: pagesFor(intake.ids.length) }, () => this.pool.take()!);
      this.taken.push(this.waiting.shift()!);
    }
  }

  /** Pages that live rows, and the rows of the prompts taken in and of `next`, could want beside those they have. */
  private wantedSoon(next: Intake): number {
    const growing = this.live.filter(({ pages, mostPages }) => pages.length < mostPages).length;
    // Rows that begin together share the prompt's last page, and each wants its own.
    const beginning = [...this.taken, next].filter(
      ({ ids, rows }) => rows.length > 1 || rows.some((row) => pagesFor(ids.length) < row.mostPages),
    );
    return beginning.reduce((sum, { rows }) => sum + rows.length, growing);
  }

  private nextRuns(): { runs: Run[]; complete: Intake[] } {
    const runs = this.live.map((row): Run => {
      const { ids } = row.generation;
      return { pages: row.pages, start: this.lengthOf(row) - 1, ids: [ids[ids.length - 1]], logits: true };
    });
    const complete: Intake[] = [];
    let room = generationLimits.promptTokens;
    for (const intake of this.taken) {
      const ids = intake.ids.slice(intake.done, intake.done + room);
      if (ids.length === 0) continue;
      const logits = intake.done + ids.length === intake.ids.length;
      runs.push({ pages: intake.pages, start: intake.done, ids, logits });
      if (logits) complete.push(intake);
      intake.done += ids.length;
      room -= ids.length;
    }
    return { runs, complete };
  }

  private reset(intake: Intake): void {
    this.pool.release(intake.pages);
    intake.logits?.dispose();
    Object.assign(intake, intakeOf(intake.ids, intake.rows));
  }

  /** Prompt and response. */
  private lengthOf({ prompt, generation }: Row): number {
    return this.request.prompts[prompt].length + generation.ids.length;
  }
}

function intakeOf(ids: readonly number[], rows: Row[]): Intake {
  return { ids, rows, pages: [], done: 0, logits: null };
}
