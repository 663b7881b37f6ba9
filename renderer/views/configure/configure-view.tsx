// A study of any kind before its start: its form and its YAML in step, what it would take and whether it can learn, and one button
// that says what it starts. The link says what it began from: a preset, a kind (empty, or its first preset), a study that ran, or a
// ladder that was built on a dataset.
import { Button, Select, Tabs, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMemo, useRef, useState } from "react";
import { Group, Panel, Separator, useDefaultLayout } from "react-resizable-panels";
import { useSearch } from "wouter";
import type { Preset, StudySummary } from "../../../main/contract/api.ts";
import { needs } from "../../../main/contract/issue-words.ts";
import type { Preflight } from "../../../main/contract/preflight.ts";
import { isPooled, type StudyKind, type StudyRecipe, studyRecipe } from "../../../main/contract/study.ts";
import { link, navigate, useQueryEntry } from "../../client/location.ts";
import { usePresets, useStudies } from "../../client/queries.ts";
import { usePreflight, useRecipeOf, useStartSeeds } from "../../client/recipe-queries.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { moment, plural } from "../../components/format.ts";
import { Loading } from "../../components/late.tsx";
import { kindOrder, kinds } from "../../components/study-kinds.ts";
import { FirstBatch } from "./first-batch.tsx";
import { readLadderLink } from "./ladder-link.ts";
import { OneCheckpointPlan } from "./one-checkpoint-plan.tsx";
import { type Draft, type Origin, originOf } from "./origin.ts";
import { PreflightPanel } from "./preflight-panel.tsx";
import { differs } from "./recipe-field.tsx";
import { recipeSections } from "./recipe-fields.ts";
import { RecipeGroup, RecipeList } from "./recipe-group.tsx";
import { problemsOf } from "./recipe-schema.ts";
import { keyOf, type Path, withValue } from "./recipe-values.ts";
import { RecipeYaml } from "./recipe-yaml.tsx";
import { parseSeeds } from "./seeds.ts";
import { StageList } from "./stage-list.tsx";
import { type TextInHand, useTypedText } from "./typed-text.ts";

/** Drafts by what they began from: leaving the view to look something up loses nothing. */
const drafts = new Map<string, Draft>();

export function ConfigureView({ preset: key }: { preset: string | null }) {
  const presets = usePresets();
  const [from] = useQueryEntry("from");
  const [checkpoint] = useQueryEntry("checkpoint");
  const ladder = readLadderLink(useSearch());
  const studyId = from === null || from === "empty" ? null : from;
  const past = useRecipeOf(studyId);
  const studies = useStudies();
  if (presets.error !== null) return <ErrorPanel error={presets.error} where="studies.presets" onRetry={() => void presets.refetch()} />;
  if (past.error !== null) return <ErrorPanel error={past.error} where="studies.get" onRetry={() => void past.refetch()} />;
  if (presets.data === undefined || (studyId !== null && past.data === undefined)) return <Loading what="recipes" />;
  const origin = originOf(key, { from, checkpoint, ladder }, presets.data, past.data);
  return <RecipeForm key={origin.key} origin={origin} seeds={ladder?.seed ?? 1} presets={presets.data} studies={studies.data ?? []} />;
}

interface RecipeFormProps {
  origin: Origin;
  /** At first. */
  seeds: number;
  presets: Preset[];
  studies: StudySummary[];
}

function RecipeForm({ origin, seeds: firstSeeds, presets, studies }: RecipeFormProps) {
  const [recipe, setRecipe] = useState<Draft>(() => drafts.get(origin.key) ?? origin.recipe);
  const [seedsText, setSeedsText] = useState(String(firstSeeds));
  const problems = useMemo(() => problemsOf(recipe), [recipe]);
  const sections = useMemo(() => recipeSections(recipe), [recipe]);
  const whole = useMemo(() => (problems.size === 0 ? studyRecipe.parse(recipe) : null), [recipe, problems]);
  const [settled] = useDebouncedValue(whole, 500);
  const seeds = parseSeeds(seedsText);
  const seedList = "seeds" in seeds ? seeds.seeds : [];
  const preflight = usePreflight(settled !== null && isPooled(settled) ? settled : null, seedList[0] ?? 1);
  // While another kind is planned, the last plan says nothing of it.
  const plan = preflight.data?.kind === recipe.kind ? preflight.data : undefined;
  const stale = settled !== whole || preflight.isPlaceholderData;
  const changed = useMemo(() => differs(recipe, origin.recipe), [recipe, origin.recipe]);
  // Two fields may change before the form is drawn again: each builds on the other, not on what was drawn.
  const latest = useRef(recipe);
  const adopt = (next: Draft) => {
    drafts.set(origin.key, next);
    latest.current = next;
    setRecipe(next);
  };
  const inHand = useTypedText(origin.key, adopt);
  const textProblems = inHand.typed?.problems.length ?? 0;
  const [showText, setShowText] = useState(false);
  const [, setBeside] = useQueryEntry("beside");
  // A change of the form writes the text anew.
  const keep = (next: Draft) => {
    inHand.discard();
    adopt(next);
  };
  const change = (path: Path, value: unknown) => keep(withValue(latest.current, path, value));
  const form = { recipe, original: origin.recipe, problems, change };
  const layout = useDefaultLayout({ id: "headstart-configure", panelIds: ["form", "beside"], storage: window.localStorage });
  return (
    <div className="view-fixed" data-testid="configure">
      <header className="view-head">
        <h1>Configure</h1>
        <OriginChoice kind={recipe.kind} origin={origin} presets={presets} studies={studies} />
        <span className="push row">
          {(changed || inHand.open) && (
            <Button
              variant="subtle"
              onClick={() => {
                keep(origin.recipe);
                drafts.delete(origin.key);
              }}
            >
              Undo all changes
            </Button>
          )}
          <label htmlFor="study-seeds" className="dim">
            Seeds
          </label>
          <TextInput
            id="study-seeds"
            value={seedsText}
            onChange={(event) => setSeedsText(event.currentTarget.value)}
            error={"problem" in seeds}
            aria-describedby="study-seeds-problem"
            w={80}
          />
          <StartButton
            recipe={whole}
            seeds={seedList}
            stages={plan?.stages.length ?? null}
            seconds={plan === undefined || stale ? null : plan.totals.seconds}
            minutes={changed ? null : (origin.preset?.minutes ?? null)}
            problems={problems}
            inHand={inHand}
            showText={() => {
              setBeside("yaml", { replace: true });
              setShowText(true);
            }}
            started={() => {
              inHand.discard();
              drafts.delete(origin.key);
            }}
          />
        </span>
      </header>
      <p className="configure-line dim" id="study-seeds-problem">
        {"problem" in seeds ? (
          <span className="problem" role="alert">
            {seeds.problem}
          </span>
        ) : inHand.failure !== null ? (
          <>
            <span className="problem" role="alert">
              The text could not be read, so nothing starts: change it to have it read again.
            </span>{" "}
            <button type="button" className="linklike" onClick={inHand.discard}>
              Discard the text
            </button>
          </>
        ) : textProblems > 0 ? (
          <>
            <span className="problem" role="alert">
              The text has {plural(textProblems, "problem")}: nothing starts, and the form, which keeps the last recipe without any, waits.
            </span>{" "}
            <button type="button" className="linklike" onClick={inHand.discard}>
              Discard the text
            </button>
          </>
        ) : (
          <>
            {kinds[recipe.kind].question} {changed && "Changed fields are marked •."}
          </>
        )}
      </p>
      <Group
        orientation="horizontal"
        defaultLayout={layout.defaultLayout}
        onLayoutChanged={layout.onLayoutChanged}
        className="configure-panels"
      >
        <Panel id="form" minSize={360}>
          <div className="recipe">
            <SectionNav sections={sections} problems={problems} />
            {/* While the form waits, it still scrolls by keyboard. */}
            <section className="recipe-form" aria-label="Recipe" tabIndex={inHand.open ? 0 : undefined}>
              <div inert={inHand.open} style={textProblems > 0 ? { opacity: 0.6 } : undefined}>
                {problems.get("") !== undefined && (
                  <p className="problem" role="alert" data-field="">
                    {problems.get("")}
                  </p>
                )}
                {sections.map((section) =>
                  section.type === "group" ? (
                    <RecipeGroup key={keyOf(section.path)} group={section} {...form} />
                  ) : section.path[0] === "stages" ? (
                    <StageList
                      key="stages"
                      list={section}
                      firstBudget={plan?.firstBudget ?? null}
                      codeProblems={plan?.data.rlByDomain.code ?? null}
                      room={plan?.longestResponse ?? null}
                      {...form}
                    />
                  ) : (
                    <RecipeList key={keyOf(section.path)} list={section} {...form} />
                  ),
                )}
              </div>
            </section>
          </div>
        </Panel>
        <Separator className="separator" aria-label="Width of the form" />
        <Panel id="beside" defaultSize={400} minSize={280} groupResizeBehavior="preserve-pixel-size">
          <Beside
            recipe={whole}
            pooled={isPooled({ kind: recipe.kind } as StudyRecipe)}
            preflight={preflight}
            plan={plan}
            stale={stale}
            inHand={inHand}
            showText={showText}
            textShown={() => setShowText(false)}
          />
        </Panel>
      </Group>
    </div>
  );
}

function OriginChoice({ kind, origin, presets, studies }: { kind: StudyKind; origin: Origin; presets: Preset[]; studies: StudySummary[] }) {
  const own = presets.filter((preset) => preset.recipe.kind === kind);
  const ran = studies.filter((study) => study.kind === kind).slice(0, 50);
  const [value] = origin.key.split(" on ");
  const listed = [
    ...(own.length > 0
      ? [{ group: "Presets", items: own.map((preset) => ({ value: `preset ${preset.key}`, label: preset.recipe.name })) }]
      : []),
    { group: "New", items: [{ value: `empty ${kind}`, label: "Empty: defaults alone" }] },
    ...(ran.length > 0
      ? [
          {
            group: "Repeat with changes",
            items: ran.map((study) => ({
              value: `study ${study.id}`,
              label: `${study.name}, seed ${study.seed}, ${moment(study.createdAt)}`,
            })),
          },
        ]
      : []),
  ];
  // A fork, a study that is no longer listed, or a recipe whose text names another kind.
  const options = listed.some(({ items }) => items.some((item) => item.value === value))
    ? listed
    : [{ group: "This one", items: [{ value, label: origin.recipe.name }] }, ...listed];
  const go = (next: string | null) => {
    if (next === null || next === value) return;
    const at = next.indexOf(" ");
    const [what, id] = [next.slice(0, at), next.slice(at + 1)];
    if (what === "preset") navigate(`/configure/${id}`);
    else navigate(link(`/configure/${kind}`, { from: what === "empty" ? "empty" : id }));
  };
  return (
    <>
      <Select
        aria-label="Kind of study"
        data={kindOrder.map((key) => ({ value: key, label: kinds[key].label }))}
        value={kind}
        onChange={(next) => next !== null && navigate(`/configure/${next}`)}
        allowDeselect={false}
        w={170}
      />
      <Select
        aria-label="Begin from"
        data={options}
        value={value}
        onChange={go}
        allowDeselect={false}
        w={200}
        comboboxProps={{ width: "max-content", position: "bottom-start" }}
      />
    </>
  );
}

function SectionNav({ sections, problems }: { sections: ReturnType<typeof recipeSections>; problems: Map<string, string> }) {
  const heads = new Set(sections.map(({ path }) => String(path[0] ?? "")));
  const wrong = (path: Path) =>
    [...problems.keys()].filter((key) => (path.length === 0 ? !heads.has(key.split(".")[0]) || key === "" : key.split(".")[0] === path[0]))
      .length;
  return (
    <nav aria-label="Sections of the recipe">
      {sections.map((section) => (
        <button
          key={keyOf(section.path)}
          type="button"
          onClick={() => document.getElementById(`section-${keyOf(section.path)}`)?.scrollIntoView({ block: "start" })}
        >
          {section.label}
          {section.type === "list" && section.items.length > 0 && <span className="dim tabular">{section.items.length}</span>}
          {wrong(section.path) > 0 && <span className="count">{wrong(section.path)} ●</span>}
        </button>
      ))}
    </nav>
  );
}

interface StartProps {
  recipe: StudyRecipe | null;
  seeds: number[];
  stages: number | null;
  seconds: number | null;
  /** Measured on a preset as it ships. */
  minutes: number | null;
  problems: Map<string, string>;
  inHand: TextInHand;
  showText: () => void;
  started: () => void;
}

function StartButton({ recipe, seeds, stages, seconds, minutes, problems, inHand, showText, started }: StartProps) {
  const startSeeds = useStartSeeds();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const wrong = inHand.typed?.problems.length ?? 0;
  if (wrong > 0)
    return (
      <Button variant="default" onClick={showText}>
        {plural(wrong, "problem")} in the text: show {wrong === 1 ? "it" : "the first"}
      </Button>
    );
  if (recipe === null) {
    const [first] = problems.keys();
    return (
      <Button
        variant="default"
        onClick={() => {
          const field = document.querySelector(`[data-field="${CSS.escape(first ?? "")}"]`);
          field?.scrollIntoView({ block: "center" });
          field?.querySelector<HTMLElement>("input, textarea, button")?.focus({ preventScroll: true });
        }}
      >
        {whatIsWrong(problems)}
      </Button>
    );
  }
  const each = minutes ?? (seconds === null ? null : seconds / 60);
  const parts = [
    seeds.length === 1 ? "Start study" : `Start ${seeds.length} studies`,
    stages === null ? null : `${plural(stages, "stage")}${seeds.length > 1 ? " each" : ""}`,
    each === null ? null : about(each * Math.max(1, seeds.length)),
  ];
  const begin = async () => {
    setBusy(true);
    setFailure(null);
    try {
      const ids = await startSeeds(recipe, seeds);
      started();
      navigate(ids.length > 1 ? "/" : recipe.kind === "evaluation" ? "/evaluations" : `/runs/${ids[0]}`);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button onClick={() => void begin()} loading={busy} disabled={seeds.length === 0 || inHand.open}>
        {parts.filter((part) => part !== null).join(", ")}
      </Button>
      {failure !== null && (
        <div className="start-failure">
          <ErrorPanel error={failure} where="studies.start" />
        </div>
      )}
    </>
  );
}

/** What is empty is no contradiction. */
function whatIsWrong(problems: Map<string, string>): string {
  const what = [...problems.values()].every((message) => message.startsWith(needs))
    ? `${plural(problems.size, "field")} to fill in`
    : plural(problems.size, "contradiction");
  return `${what}: show ${problems.size === 1 ? "it" : "the first"}`;
}

function about(minutes: number): string {
  if (minutes < 1) return "under a minute";
  return minutes < 90 ? `about ${Math.round(minutes)} min` : `about ${(minutes / 60).toFixed(1)} h`;
}

interface BesideProps {
  recipe: StudyRecipe | null;
  pooled: boolean;
  preflight: ReturnType<typeof usePreflight>;
  /** Of the recipe's kind. */
  plan: Preflight | undefined;
  stale: boolean;
  inHand: TextInHand;
  showText: boolean;
  textShown: () => void;
}

/** Beside the form: what the recipe would take, its first batch, its text. */
function Beside({ recipe, pooled, preflight, plan, stale, inHand, showText, textShown }: BesideProps) {
  const [tab, setTab] = useQueryEntry("beside");
  const waiting = !pooled ? (
    recipe === null || isPooled(recipe) ? (
      <p className="section dim">What the study would take will be here once the form says a whole recipe.</p>
    ) : (
      <OneCheckpointPlan recipe={recipe} />
    )
  ) : preflight.error !== null ? (
    <ErrorPanel error={preflight.error} where="studies.preflight" onRetry={() => void preflight.refetch()} />
  ) : plan === undefined ? (
    recipe === null ? (
      <p className="section dim">What the study would take will be here once the form says a whole recipe.</p>
    ) : (
      <Loading what="the data and planning the stages" />
    )
  ) : null;
  return (
    <Tabs
      className="beside-form"
      value={tab === "batch" && !pooled ? "plan" : (tab ?? "plan")}
      onChange={(next) => setTab(next === "plan" ? null : next, { replace: true })}
      keepMounted={false}
    >
      <Tabs.List aria-label="Beside the form">
        <Tabs.Tab value="plan">Pre-flight</Tabs.Tab>
        {pooled && <Tabs.Tab value="batch">First batch</Tabs.Tab>}
        <Tabs.Tab value="yaml">YAML</Tabs.Tab>
      </Tabs.List>
      <p className="plan-state dim" role="status">
        {tab !== "yaml" &&
          pooled &&
          plan !== undefined &&
          ((inHand.typed?.problems.length ?? 0) > 0
            ? "Of the form's recipe"
            : recipe === null
              ? "Of the last whole recipe"
              : stale && "Planning…")}
      </p>
      <Tabs.Panel value="plan">{waiting ?? (plan !== undefined && <PreflightPanel plan={plan} stale={stale} />)}</Tabs.Panel>
      <Tabs.Panel value="batch">{waiting ?? (plan !== undefined && <FirstBatch plan={plan} />)}</Tabs.Panel>
      <Tabs.Panel value="yaml">
        <RecipeYaml recipe={recipe} inHand={inHand} showFirst={showText} shown={textShown} />
      </Tabs.Panel>
    </Tabs>
  );
}
