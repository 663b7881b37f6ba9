// Which pages of a KV cache are in use, and by how many rows: a page of a prompt is shared by its samples.

import type { ModelConfig } from "../../contract/recipe.ts";

/** Tokens a page holds. */
export const pageTokens = 64;

/** A value's place in its page is rounded up to whole vectors (main/native/paged_attention.h). */
export function valueWidth(headDim: number): number {
  return 32 * Math.ceil(headDim / 32);
}

/** Bytes of one page over all layers. */
export function pageBytes({ numHiddenLayers, numKeyValueHeads, headDim }: ModelConfig): number {
  return 4 * numHiddenLayers * numKeyValueHeads * pageTokens * (headDim + valueWidth(headDim));
}

export function pagesFor(tokens: number): number {
  return Math.ceil(tokens / pageTokens);
}

export class PagePool {
  readonly size: number;
  private readonly users: Uint16Array;
  /** The lowest are taken first: memory that was touched is used again before other is. */
  private readonly unused: number[];

  constructor(size: number) {
    this.size = size;
    this.users = new Uint16Array(size);
    this.unused = Array.from({ length: size }, (_, i) => size - 1 - i);
  }

  get free(): number {
    return this.unused.length;
  }

  /** A page of one's own; null when all are in use. */
  take(): number | null {
    const page = this.unused.pop();
    if (page === undefined) return null;
    this.users[page] = 1;
    return page;
  }

  isShared(page: number): boolean {
    return this.users[page] > 1;
  }

  /** Pages that get one user more. */
  share(pages: readonly number[]): number[] {
    for (const page of pages) this.users[page]++;
    return [...pages];
  }

  release(pages: readonly number[]): void {
    for (const page of pages) if (--this.users[page] === 0) this.unused.push(page);
  }
}
