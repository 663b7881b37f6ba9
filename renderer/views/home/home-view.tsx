// The first screen: what runs now, the quick study by one click, the other studies a line each, and all studies so far.
import { Button, NumberInput } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import type { Preset, StudySummary } from "../../../main/contract/api.ts";
import { isTrainedHere, weakVsStrongRecipe } from "../../../main/contract/study.ts";
import { type StartStyle, startStyles } from "../../charts/figure.ts";
import { navigate } from "../../client/location.ts";
import { usePresets, useStartStudy, useStudies } from "../../client/queries.ts";
import { useUi } from "../../client/ui-store.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { count, duration, moment, percent } from "../../components/format.ts";
import { Loading } from "../../components/late.tsx";
import { RowTable } from "../../components/row-table.tsx";
import { RunningStudy } from "../../components/running-study.tsx";
import { StartName } from "../../components/start-swatch.tsx";
import { ProgressBar, StatusMark } from "../../components/status-mark.tsx";
import { studyPath } from "../../components/study-path.ts";
import { Term } from "../../components/term.tsx";
import { StudyOffers } from "./study-offers.tsx";

export function HomeView() {
  const presets = usePresets();
  const studies = useStudies();
  const running = (studies.data ?? []).filter((s) => s.status === "running");
  const quick = presets.data?.find((p) => p.key === "quick") ?? presets.data?.[0];
  return (
    <div className="view" data-testid="home">
      {presets.error !== null && <ErrorPanel error={presets.error} where="studies.presets" onRetry={() => void presets.refetch()} />}
      {running.map((study) => (
        <RunningStudy key={study.id} study={study} />
      ))}
      {quick !== undefined && <Offer preset={quick} first={studies.data?.length === 0} />}
      {presets.data !== undefined && <StudyOffers presets={presets.data.filter((preset) => preset !== quick)} />}
      <section className="section" aria-labelledby="studies-title">
        <div className="section-head">
          <h2 id="studies-title">Studies</h2>
          {studies.data !== undefined && studies.data.length > 0 && <p>{count(studies.data.length)}</p>}
        </div>
        {studies.error !== null && <ErrorPanel error={studies.error} where="studies.list" onRetry={() => void studies.refetch()} />}
        {studies.data === undefined && studies.error === null && <Loading what="studies" />}
        {studies.data?.length === 0 && <p className="dim">Studies will be listed here, with their curves, rollouts and comparison kept.</p>}
        {studies.data !== undefined && studies.data.length > 0 && <StudyTable studies={studies.data} />}
      </section>
    </div>
  );
}

function Offer({ preset, first }: { preset: Preset; first: boolean }) {
  const [seed, setSeed] = useState<number | string>(1);
  const start = useStartStudy();
  const begin = (key: string) => start.mutate({ preset: key, seed: Number(seed) || 0 }, { onSuccess: ({ id }) => navigate(`/runs/${id}`) });
  const recipe = weakVsStrongRecipe.parse(preset.recipe);
  const trained = recipe.starts.filter(isTrainedHere);
  const [weak, strong] = [trained[0], trained[trained.length - 1]];
  const { data } = recipe;
  const samples = (prompts: number, each: number) => `${count(prompts)} prompts × ${each} ${each === 1 ? "response" : "responses"}`;
  return (
    <section className="offer" aria-labelledby="offer-title">
      <div>
        <h1 id="offer-title">{recipe.name}: does a weaker start catch up through RL?</h1>
        <ol>
          <li>
            {data.kind !== "imported" &&
              `Makes the problems (seed ${data.seed}): ${data.gsm8k ? "GSM8K's own arithmetic and " : ""}${count(data.arithmetic.count)} generated ones, split once into SFT, RL, dev and test.`}
          </li>
          <li>
            Fine-tunes {recipe.starts.length} starts from <span className="mono">{recipe.base}</span>: <b>{weak.name}</b> on{" "}
            {samples(weak.prompts, weak.responsesPerPrompt)}, <b>{strong.name}</b> on {samples(strong.prompts, strong.responsesPerPrompt)} (
            <Term name="SFT" />
            ).
          </li>
          <li>
            Finds each start's <Term name="sampling temperature">sampling temperature</Term> on dev.
          </li>
          <li>
            Takes every start through the same {count(recipe.rl.steps)} steps of <Term name="GRPO" />, {recipe.rl.promptsPerStep} prompts ×{" "}
            {recipe.rl.groupSize} <Term name="rollout">rollouts</Term> each.
          </li>
          <li>
            Evaluates before and after on test and compares: <Term name="pass@1" />, the <Term name="gap" />, problems newly solved and
            lost.
          </li>
        </ol>
      </div>
      <div className="offer-actions">
        <NumberInput
          label="Seed"
          description="Picks SFT examples, training order and samples; not the problems"
          value={seed}
          onChange={setSeed}
          min={0}
          max={2_147_483_647}
          allowDecimal={false}
          w={160}
        />
        <Button size="sm" onClick={() => begin(preset.key)} loading={start.isPending} fullWidth data-testid="start-quick">
          Start the quick study
        </Button>
        <p className="dim">
          About {preset.minutes} minutes on two cores. It can be paused, and closed and reopened.
          {first && " Nothing has run yet: this is the place to begin."}
        </p>
        <p className="links">
          <Link href={`/configure/${preset.key}`}>See its plan and recipe first</Link>
        </p>
        {start.error !== null && <ErrorPanel error={start.error} where="studies.start" />}
      </div>
    </section>
  );
}

function StudyTable({ studies }: { studies: StudySummary[] }) {
  const activities = useUi((state) => state.activities);
  const seconds = (s: StudySummary) => (s.finishedAt === null ? null : (Date.parse(s.finishedAt) - Date.parse(s.createdAt)) / 1000);
  return (
    <RowTable
      label="Studies"
      rows={studies}
      keyOf={(s) => s.id}
      onOpen={(s) => navigate(studyPath(s))}
      columns={[
        {
          key: "name",
          label: "Study",
          render: (s) => (
            <Link href={studyPath(s)} onClick={(event) => event.stopPropagation()}>
              {s.name}
            </Link>
          ),
        },
        { key: "seed", label: "Seed", numeric: true, render: (s) => s.seed },
        { key: "status", label: "Status", render: (s) => <StatusMark status={s.status} /> },
        {
          key: "starts",
          label: "Starts, weakest first, or checkpoint",
          render: (s) => {
            // A checkpoint has its own colour, and not that of a start.
            const styles = s.kind === "weak-vs-strong" ? startStyles(s.starts) : new Map<string, StartStyle>();
            return (
              <span className="row" style={{ gap: 12 }}>
                {s.starts.map((name) => (
                  <StartName key={name} name={name} style={styles.get(name)} />
                ))}
              </span>
            );
          },
        },
        {
          key: "progress",
          label: "Progress",
          render: (s) => (
            <span className="row" style={{ minWidth: 130 }}>
              <span style={{ flex: 1 }}>
                <ProgressBar share={s.progress} status={s.status} label={`Progress of ${s.name}, seed ${s.seed}`} />
              </span>
              <span className="num" style={{ width: 40 }}>
                {percent(s.progress, 0)}
              </span>
            </span>
          ),
        },
        {
          key: "activity",
          label: "Now",
          render: (s) => (
            <span className="dim">
              {s.status === "running" ? (activities[s.id]?.activity ?? s.activity) : s.status === "done" ? "" : s.activity}
            </span>
          ),
        },
        { key: "created", label: "Started", render: (s) => moment(s.createdAt) },
        {
          key: "took",
          label: "Took",
          numeric: true,
          render: (s) => {
            const took = seconds(s);
            return took === null ? "" : duration(took);
          },
        },
      ]}
    />
  );
}
