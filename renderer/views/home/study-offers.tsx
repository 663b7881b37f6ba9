// The studies that can be started, a line each: the question, how long it takes, Start, and Configure with its plan. By kind, in the
// order of their presets; the small ones, which only show that all of it works, come last.
import { Button, NumberInput } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import type { Preset } from "../../../main/contract/api.ts";
import type { StudyKind } from "../../../main/contract/study.ts";
import { link, navigate } from "../../client/location.ts";
import { useStartStudy } from "../../client/queries.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { isKind, kindOrder, kinds } from "../../components/study-kinds.ts";
import { inOrder, small } from "./offer-order.ts";

export function StudyOffers({ presets }: { presets: Preset[] }) {
  const [seed, setSeed] = useState<number | string>(1);
  const start = useStartStudy();
  const begin = (key: string) => start.mutate({ preset: key, seed: Number(seed) || 0 }, { onSuccess: ({ id }) => navigate(`/runs/${id}`) });
  const offered = inOrder(presets);
  const firstSmall = offered.findIndex(small);
  const without = kindOrder.filter((kind) => !presets.some((preset) => preset.recipe.kind === kind));
  return (
    <section className="section offers" aria-labelledby="offers-title">
      <div className="section-head">
        <h2 id="offers-title">Other questions</h2>
        <p>Configure shows the plan before anything runs: stages, time, memory, what would be cut.</p>
        <span className="push row">
          <label htmlFor="offers-seed" className="dim">
            Seed
          </label>
          <NumberInput
            id="offers-seed"
            value={seed}
            onChange={setSeed}
            min={0}
            max={2_147_483_647}
            allowDecimal={false}
            hideControls
            w={70}
          />
        </span>
      </div>
      {start.error !== null && <ErrorPanel error={start.error} where="studies.start" />}
      <div className="table-wrap">
        <table className="table wide" aria-labelledby="offers-title">
          <thead>
            <tr>
              <th scope="col">Study</th>
              <th scope="col">Question</th>
              <th scope="col" className="num">
                A seed, on two cores
              </th>
              <th scope="col">
                <span className="sr-only">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {offered.map((preset, i) => {
              const { key, recipe, minutes } = preset;
              return (
                <tr key={key} className={i === firstSmall && i > 0 ? "group-start" : undefined}>
                  <th scope="row">{recipe.name}</th>
                  <td className="question" title={recipe.description}>
                    {small(preset) && recipe.description !== "" ? <span className="dim">{recipe.description}</span> : questionOf(recipe)}
                  </td>
                  <td className="num">{minutes <= 1 ? "about a minute" : `about ${minutes} min`}</td>
                  <td>
                    <span className="row offer-buttons">
                      <Button
                        variant="default"
                        size="compact-xs"
                        aria-label={`Start ${recipe.name}`}
                        disabled={start.isPending}
                        onClick={() => begin(key)}
                        data-testid={`start-${key}`}
                      >
                        Start
                      </Button>
                      <Button
                        variant="subtle"
                        size="compact-xs"
                        component={Link}
                        href={`/configure/${key}`}
                        aria-label={`Configure ${recipe.name}`}
                      >
                        Configure
                      </Button>
                    </span>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p className="links offer-kinds">
        <span className="dim">{without.length > 0 ? "Without a preset: " : ""}</span>
        {without.map((kind, i) => (
          <span key={kind}>
            {i > 0 && ", "}
            <Link href={kind === "evaluation" ? "/evaluations/new" : link(`/configure/${kind}`, { from: "empty" })}>
              {kinds[kind].label}
            </Link>
          </span>
        ))}
      </p>
    </section>
  );
}

/** A preset's own description, or the question its kind answers. */
function questionOf({ kind, description }: { kind: string; description: string }): string {
  if (description !== "") return description;
  return isKind(kind) ? kinds[kind as StudyKind].question : "";
}
