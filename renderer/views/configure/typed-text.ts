// The recipe's text while a person writes it: kept by what it began from, as drafts are, and read when the typing rests. Read without
// problems it becomes the form's; until then nothing starts and the form waits, or the text is discarded.
import { useEffect, useRef, useState } from "react";
import type { RecipeProblem } from "../../../main/contract/recipe-file.ts";
import type { StudyRecipe } from "../../../main/contract/study.ts";
import { useParseRecipe } from "../../client/recipe-queries.ts";

export interface TypedText {
  text: string;
  /** Of the text as it was last read. */
  problems: RecipeProblem[];
  read: boolean;
}

const texts = new Map<string, TypedText>();

export interface TextInHand {
  typed: TypedText | null;
  /** What is typed is not the form's recipe: it has problems, or was not read yet. */
  open: boolean;
  failure: unknown;
  type: (text: string) => void;
  discard: () => void;
}

/** `key` is what the recipe began from; `adopt` takes what a text without problems says. */
export function useTypedText(key: string, adopt: (recipe: StudyRecipe) => void): TextInHand {
  const parse = useParseRecipe();
  const [typed, setTyped] = useState(() => texts.get(key) ?? null);
  const [failure, setFailure] = useState<unknown>(null);
  const keep = (next: TypedText | null) => {
    if (next === null) texts.delete(key);
    else texts.set(key, next);
    setTyped(next);
  };
  const latest = useRef({ parse, adopt, keep });
  latest.current = { parse, adopt, keep };
  const unread = typed === null || typed.read ? null : typed.text;
  useEffect(() => {
    if (unread === null) return;
    let current = true;
    const timer = setTimeout(() => {
      latest.current
        .parse(unread)
        .then((parsed) => {
          if (!current) return;
          setFailure(null);
          latest.current.keep({ text: unread, problems: "problems" in parsed ? parsed.problems : [], read: true });
          if ("recipe" in parsed) latest.current.adopt(parsed.recipe);
        })
        .catch((error: unknown) => current && setFailure(error));
    }, 300);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [unread]);
  return {
    typed,
    open: typed !== null && (!typed.read || typed.problems.length > 0),
    failure,
    type: (text) => keep({ text, problems: typed?.problems ?? [], read: false }),
    discard: () => {
      setFailure(null);
      keep(null);
    },
  };
}
