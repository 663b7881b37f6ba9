// Words of a text as the full-text index knows them. What is indexed and what is searched go through the same function, so that
// FTS5's own tokenizer finds one token in each word and nothing to disagree about.
import type { Database } from "better-sqlite3";
import { HeadstartError } from "../contract/errors.ts";

/** Characters of a row that are searched. */
const searchedLength = 32_768;
/** Chinese and Japanese are written without spaces: each character is a word. */
const withoutSpaces = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]/g;
const word = /[\p{L}\p{N}\p{M}\p{Co}]+\*?/gu;

export const searchTable = "CREATE VIRTUAL TABLE search USING fts5(text, content='', columnsize=0, detail=none)";

export const indexedText = (text: string): string => {
  const cut = text.slice(0, searchedLength);
  return withoutSpaces.test(cut) ? cut.replace(withoutSpaces, " $& ") : cut;
};

/** Rows in which every word occurs, in no order; null where the text has no word. */
export function searchRows(db: Database, text: string): number[] | null {
  const words = text.replace(withoutSpaces, " $& ").match(word);
  if (!words) return null;
  const query = words.map((part) => (part.endsWith("*") ? `"${part.slice(0, -1)}"*` : `"${part}"`)).join(" AND ");
  try {
    return db.prepare("SELECT rowid FROM search WHERE search MATCH ?").pluck().all(query) as number[];
  } catch (thrown) {
    if (!/fts5/.test((thrown as Error).message)) throw thrown;
    throw new HeadstartError({
      code: "search-unsupported",
      where: "dataset search",
      message: `The text cannot be searched for: ${(thrown as Error).message}.`,
      hint: "Search for words or numbers.",
    });
  }
}
