// The recipe as YAML beside the form, in step both ways: the form writes the text anew, a text without problems becomes the form's.
import { useEffect, useId, useRef } from "react";
import type { RecipeProblem } from "../../../main/contract/recipe-file.ts";
import type { StudyRecipe } from "../../../main/contract/study.ts";
import { useRecipeText } from "../../client/recipe-queries.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { plural } from "../../components/format.ts";
import { Loading } from "../../components/late.tsx";
import type { TextInHand } from "./typed-text.ts";

const lineHeight = 18;

interface RecipeYamlProps {
  /** Null while the form has contradictions. */
  recipe: StudyRecipe | null;
  inHand: TextInHand;
  /** Go to the first problem, once. */
  showFirst: boolean;
  shown: () => void;
}

export function RecipeYaml({ recipe, inHand: { typed, failure, type }, showFirst, shown }: RecipeYamlProps) {
  const written = useRecipeText(recipe);
  const id = useId();
  const problems = typed?.problems ?? [];
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const text = typed?.text ?? written.data;
  const goTo = ({ line, column }: RecipeProblem) => {
    const own = (text ?? "").split("\n");
    const offset = own.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
    area.current?.focus();
    area.current?.setSelectionRange(offset, offset + Math.max(0, (own[line - 1]?.length ?? 0) - column + 1));
    area.current?.scrollTo({ top: Math.max(0, (line - 4) * lineHeight) });
  };
  const first = useRef(() => {});
  first.current = () => {
    if (problems.length > 0) goTo(problems[0]);
    shown();
  };
  useEffect(() => {
    if (showFirst) first.current();
  }, [showFirst]);

  if (written.error !== null) return <ErrorPanel error={written.error} where="studies.recipeText" onRetry={() => void written.refetch()} />;
  if (text === undefined)
    return recipe === null ? (
      <p className="section dim">The recipe's text will be here once the form says a whole recipe.</p>
    ) : (
      <Loading what="the recipe's text" />
    );
  const lines = text.split("\n").length;
  const wrong = new Set(problems.map(({ line }) => line));
  return (
    <div className="yaml" data-testid="recipe-yaml">
      <div className="yaml-lines">
        <div className="yaml-gutter" ref={gutter} aria-hidden="true">
          {Array.from({ length: lines }, (_, i) => (
            <span key={`${i.toString()}`} data-wrong={wrong.has(i + 1)}>
              {i + 1}
            </span>
          ))}
        </div>
        <textarea
          ref={area}
          aria-label="Recipe as YAML"
          aria-describedby={`${id}-state`}
          aria-invalid={problems.length > 0}
          spellCheck={false}
          autoCapitalize="off"
          wrap="off"
          value={text}
          onChange={(event) => type(event.currentTarget.value)}
          onScroll={(event) => gutter.current?.scrollTo({ top: event.currentTarget.scrollTop })}
        />
      </div>
      <div id={`${id}-state`} className="yaml-state" role="status">
        {failure !== null ? (
          <ErrorPanel error={failure} where="studies.parseRecipe" />
        ) : problems.length > 0 ? (
          <>
            <p className="problem">{plural(problems.length, "problem")}: the form keeps the last recipe that had none.</p>
            <ul>
              {problems.slice(0, 8).map((problem) => (
                <li key={`${problem.line} ${problem.column} ${problem.path} ${problem.message}`}>
                  <button type="button" className="linklike" onClick={() => goTo(problem)}>
                    Line {problem.line}
                  </button>{" "}
                  {problem.path !== "" && <span className="mono">{problem.path} </span>}
                  {problem.message}
                </li>
              ))}
            </ul>
          </>
        ) : (
          <p className="dim">
            {recipe === null
              ? "The form has contradictions: this is its last text without any."
              : typed === null
                ? "What follows from the defaults is left out. Runs by: headstart study FILE"
                : "Read. Changing the form writes the text anew, without comments."}
          </p>
        )}
      </div>
    </div>
  );
}
