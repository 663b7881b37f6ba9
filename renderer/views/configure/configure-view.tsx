// A recipe before its start: every field with its meaning, contradictions at the field, one button that starts it.
import { Button, NumberInput, SegmentedControl } from "@mantine/core";
import { useMemo, useState } from "react";
import type { Preset } from "../../../main/contract/api.ts";
import type { WeakVsStrongRecipe } from "../../../main/contract/study.ts";
import { navigate } from "../../client/location.ts";
import { usePresets, useStartStudy } from "../../client/queries.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { Loading } from "../../components/late.tsx";
import { RecipeGroup } from "./recipe-field.tsx";
import { type Path, problemsOf, recipeSections, withValue } from "./recipe-fields.ts";

/** Drafts by preset: leaving the view to look something up loses nothing. */
const drafts = new Map<string, WeakVsStrongRecipe>();

export function ConfigureView({ preset: key }: { preset: string | null }) {
  const presets = usePresets();
  if (presets.error !== null) return <ErrorPanel error={presets.error} where="studies.presets" onRetry={() => void presets.refetch()} />;
  if (presets.data === undefined) return <Loading what="presets" />;
  const offered = presets.data.filter(({ recipe }) => recipe.kind === "weak-vs-strong");
  const preset = offered.find((p) => p.key === key) ?? offered[0];
  if (preset === undefined) return <p className="section dim">There is no preset to begin from.</p>;
  return <RecipeForm key={preset.key} preset={preset} presets={offered} />;
}

function RecipeForm({ preset, presets }: { preset: Preset; presets: Preset[] }) {
  const [recipe, setRecipe] = useState<WeakVsStrongRecipe>(() => drafts.get(preset.key) ?? (preset.recipe as WeakVsStrongRecipe));
  const [seed, setSeed] = useState<number | string>(1);
  const start = useStartStudy();
  const problems = useMemo(() => problemsOf(recipe), [recipe]);
  const sections = useMemo(() => recipeSections(recipe), [recipe]);
  const changed = recipe !== preset.recipe;
  const keep = (next: WeakVsStrongRecipe) => {
    drafts.set(preset.key, next);
    setRecipe(next);
  };
  const problemsIn = (path: Path) =>
    [...problems.keys()].filter((key) =>
      path.length === 0
        ? !key.includes(".") && !sections.some((s) => s.path.length > 0 && s.path.join(".") === key)
        : `${key}.`.startsWith(`${path.join(".")}.`),
    ).length;
  const general = [...problems.entries()].filter(([key]) => key === "" || key === "starts");
  const first = [...problems.keys()][0];
  const begin = () =>
    start.mutate(changed ? { recipe, seed: Number(seed) || 0 } : { preset: preset.key, seed: Number(seed) || 0 }, {
      onSuccess: ({ id }) => {
        drafts.delete(preset.key);
        navigate(`/runs/${id}`);
      },
    });
  return (
    <div className="view-fixed" data-testid="configure">
      <header className="view-head">
        <h1>Configure</h1>
        <SegmentedControl
          size="xs"
          aria-label="Preset"
          value={preset.key}
          onChange={(next) => navigate(`/configure/${next}`)}
          data={presets.map((p) => ({ value: p.key, label: p.recipe.name }))}
        />
        <span className="dim">{changed ? "Changed fields are marked •" : `As it ships, about ${preset.minutes} min on two cores`}</span>
        <span className="push row">
          {changed && (
            <Button
              variant="subtle"
              onClick={() => {
                drafts.delete(preset.key);
                setRecipe(preset.recipe as WeakVsStrongRecipe);
              }}
            >
              Undo all changes
            </Button>
          )}
          <label htmlFor="study-seed" className="dim">
            Seed
          </label>
          <NumberInput id="study-seed" value={seed} onChange={setSeed} min={0} max={2_147_483_647} allowDecimal={false} w={90} />
          {problems.size > 0 ? (
            <Button
              variant="default"
              onClick={() => document.querySelector(`[data-field="${CSS.escape(first ?? "")}"]`)?.scrollIntoView({ block: "center" })}
            >
              {problems.size === 1 ? "1 contradiction: show it" : `${problems.size} contradictions: show the first`}
            </Button>
          ) : (
            <Button onClick={begin} loading={start.isPending}>
              Start study
            </Button>
          )}
        </span>
      </header>
      {start.error !== null && <ErrorPanel error={start.error} where="studies.start" />}
      {general.map(([key, message]) => (
        <p key={key} className="error" role="alert">
          {message}
        </p>
      ))}
      <div className="recipe">
        <nav aria-label="Sections of the recipe">
          {sections.map((section) => {
            const wrong = problemsIn(section.path);
            return (
              <button
                key={section.path.join(".")}
                type="button"
                onClick={() => document.getElementById(`section-${section.path.join("-")}`)?.scrollIntoView({ block: "start" })}
              >
                {section.label}
                {wrong > 0 && <span className="count">{wrong}</span>}
              </button>
            );
          })}
        </nav>
        <div className="recipe-form">
          {sections.map((section) => (
            <RecipeGroup
              key={section.path.join(".")}
              group={section}
              recipe={recipe}
              original={preset.recipe}
              problems={problems}
              change={(path, value) => keep(withValue(recipe, path, value))}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
