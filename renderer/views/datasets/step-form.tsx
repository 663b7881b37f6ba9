// The settings of one step: fields made from the contract's schema; pools, benchmarks and length bins by editors of their own.
import { Button, MultiSelect, NumberInput, Select } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useId } from "react";
import { useBenchmarks } from "../../client/evaluation-queries.ts";
import { useImportedDatasets } from "../../client/imported-dataset-queries.ts";
import { plural } from "../../components/format.ts";
import { FieldInput } from "../configure/recipe-field.tsx";
import type { FieldKind } from "../configure/recipe-fields.ts";
import type { JsonSchema } from "../configure/recipe-schema.ts";
import { removed } from "../configure/recipe-values.ts";
import { type DraftStep, type StepValues, singleFields, stepLabels, stepMeanings, stepSchema } from "./pipeline-draft.ts";

interface StepFormProps {
  step: DraftStep;
  problems: Map<string, string>;
  change: (values: StepValues) => void;
}

const labels: Record<string, string> = {
  needResponse: "Only with a response",
  n: "Words in a row (n)",
  below: "Short is below",
  keep: "Chance to stay",
  mode: "Shares are",
  think: "Thinking",
  answer: "States an answer",
  whole: "Not cut",
  maxLength: "Longest response",
  loops: "No loops",
  verified: "Verified right",
};

function inputOf(schema: JsonSchema): FieldKind {
  if (schema.enum !== undefined) return { kind: "choice", options: schema.enum.map(String) };
  if (schema.type === "boolean") return { kind: "switch" };
  return { kind: "number", integer: schema.type === "integer", min: schema.minimum ?? schema.exclusiveMinimum, max: schema.maximum };
}

export function StepForm({ step, problems, change }: StepFormProps) {
  const { values } = step;
  const { kind } = values;
  const problem = (field: string) =>
    problems.get(`${step.key}.${field}`) ?? [...problems].find(([place]) => place.startsWith(`${step.key}.${field}.`))?.[1];
  const set = (field: string, value: unknown) => change({ ...values, [field]: value });
  const own = { values, set, problem };
  return (
    <div className="section pipeline-form" data-testid="step-form">
      <div className="section-head">
        <h2>{stepLabels[kind]}</h2>
        <p>{kind === "merge" ? "Imported datasets whose rows go in, in this order" : stepMeanings[kind]}</p>
      </div>
      {problems.get(String(step.key)) !== undefined && (
        <p className="problem" role="alert">
          {problems.get(String(step.key))}
        </p>
      )}
      {kind === "merge" && <Pools {...own} />}
      {kind === "decontaminate" && <Benchmarks {...own} />}
      {singleFields(kind).map(({ key, schema, nullable, required }) => (
        <Single
          key={`${step.key} ${key}`}
          field={{ key, schema, empty: nullable ? "null" : required ? "never" : "absent" }}
          value={values[key]}
          set={(value) => set(key, value)}
          problem={problem(key)}
        />
      ))}
      {kind === "resample" && <Bins {...own} />}
      {singleFields(kind).length === 0 && <p className="dim prose">{stepSchema(kind).description}.</p>}
    </div>
  );
}

interface SingleProps {
  field: { key: string; schema: JsonSchema; empty: "null" | "never" | "absent" };
  value: unknown;
  set: (value: unknown) => void;
  problem: string | undefined;
}

function Single({ field: { key, schema, empty }, value, set, problem }: SingleProps) {
  const id = useId();
  const label = labels[key] ?? key;
  return (
    <div className="field" data-field={key}>
      <label htmlFor={id}>{label}</label>
      <FieldInput
        field={{ type: "field", path: [key], label, unit: schema.unit, empty, input: inputOf(schema) }}
        value={value}
        set={set}
        empty="any"
        shared={{ id, "aria-describedby": `${id}-meaning`, error: problem !== undefined }}
      />
      <Meaning id={`${id}-meaning`} problem={problem} meaning={schema.description} />
    </div>
  );
}

function Meaning({ id, problem, meaning }: { id?: string; problem: string | undefined; meaning?: string }) {
  return (
    <span id={id} className="meaning" data-error={problem !== undefined} role={problem === undefined ? undefined : "alert"}>
      {problem ?? meaning}
    </span>
  );
}

interface OwnProps {
  values: StepValues;
  set: (field: string, value: unknown) => void;
  problem: (field: string) => string | undefined;
}

interface PoolValues {
  dataset: string;
  limit?: number;
}

function Pools({ values, set, problem }: OwnProps) {
  const imported = useImportedDatasets();
  const pools = (values.pools ?? []) as PoolValues[];
  const options = [...(imported.data ?? [])]
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
    .map(({ id, name, version, rows }) => ({ value: id, label: `${name} v${version}, ${plural(rows, "row")}` }));
  const taken = new Set(pools.map(({ dataset }) => dataset));
  return (
    <div className="pool-list">
      {pools.map((pool, i) => (
        <div className="pool" key={pool.dataset}>
          <span className="mono">{pool.dataset}</span>
          <NumberInput
            aria-label={`First rows of ${pool.dataset}`}
            placeholder="all rows"
            value={pool.limit ?? ""}
            suffix=" rows"
            thousandSeparator=","
            allowDecimal={false}
            allowNegative={false}
            hideControls
            onChange={(value) =>
              set(
                "pools",
                pools.map((p, j) => (j === i ? { dataset: p.dataset, ...(value === "" ? {} : { limit: Number(value) }) } : p)),
              )
            }
          />
          <span className="dim">
            {options.find(({ value }) => value === pool.dataset)?.label ?? <span className="problem">not there</span>}
          </span>
          <Button
            variant="subtle"
            size="compact-xs"
            px={4}
            aria-label={`Take ${pool.dataset} out`}
            onClick={() => set("pools", removed(pools, i))}
          >
            <IconX size={14} />
          </Button>
        </div>
      ))}
      <div className="row">
        <Select
          aria-label="Add a pool"
          placeholder={pools.length === 0 ? "Choose a dataset" : "Add another dataset"}
          searchable
          w={300}
          nothingFoundMessage="No other dataset is imported"
          data={options.filter(({ value }) => !taken.has(value))}
          value={null}
          onChange={(dataset) => dataset !== null && set("pools", [...pools, { dataset }])}
        />
        <Meaning problem={problem("pools")} />
      </div>
    </div>
  );
}

function Benchmarks({ values, set, problem }: OwnProps) {
  const id = useId();
  const benchmarks = useBenchmarks();
  const imported = useImportedDatasets();
  const chosen = (values.benchmarks ?? []) as string[];
  const known = [
    { group: "Benchmarks", items: (benchmarks.data ?? []).map(({ key, name }) => ({ value: key, label: name })) },
    { group: "Imported datasets", items: (imported.data ?? []).map((d) => ({ value: d.id, label: `${d.name} v${d.version}` })) },
  ];
  return (
    <div className="field" data-field="benchmarks">
      <label htmlFor={id}>Against</label>
      <MultiSelect
        id={id}
        searchable
        placeholder={chosen.length === 0 ? "Choose benchmarks" : undefined}
        data={known}
        value={chosen}
        onChange={(next) => set("benchmarks", next)}
        error={problem("benchmarks") !== undefined}
      />
      <Meaning problem={problem("benchmarks")} meaning={stepSchema("decontaminate").properties?.benchmarks?.description} />
    </div>
  );
}

interface BinValues {
  below: number | null | undefined;
  share: number | undefined;
}

function Bins({ values, set, problem }: OwnProps) {
  const bins = (values.bins ?? []) as BinValues[];
  const change = (i: number, changes: Partial<BinValues>) =>
    set(
      "bins",
      bins.map((bin, j) => (j === i ? { ...bin, ...changes } : bin)),
    );
  const split = () => {
    const end = bins[bins.length - 2]?.below ?? 1000;
    set("bins", [...bins.slice(0, -1), { below: 2 * end, share: bins[bins.length - 1]?.share ?? 1 }, ...bins.slice(-1)]);
  };
  return (
    <>
      <table className="table bins" aria-label="Bins of length">
        <thead>
          <tr>
            <th scope="col">Length from</th>
            <th scope="col">Below</th>
            <th scope="col">{values.mode === "mix" ? "Part of the result" : "Share that stays"}</th>
            <th scope="col">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {bins.map(({ below, share }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place
            <tr key={i}>
              <td className="num">{(bins[i - 1]?.below ?? 0).toLocaleString("en-US")}</td>
              <td>
                {i === bins.length - 1 ? (
                  <span className="dim">no end</span>
                ) : (
                  <NumberInput
                    aria-label={`End of bin ${i + 1}`}
                    w={110}
                    hideControls
                    thousandSeparator=","
                    value={below ?? ""}
                    onChange={(value) => change(i, { below: value === "" ? undefined : Number(value) })}
                  />
                )}
              </td>
              <td>
                <NumberInput
                  aria-label={`Share of bin ${i + 1}`}
                  w={90}
                  hideControls
                  decimalScale={6}
                  value={share ?? ""}
                  onChange={(value) => change(i, { share: value === "" ? undefined : Number(value) })}
                />
              </td>
              <td>
                {bins.length > 1 && i < bins.length - 1 && (
                  <Button
                    variant="subtle"
                    size="compact-xs"
                    px={4}
                    aria-label={`Remove bin ${i + 1}`}
                    onClick={() => set("bins", removed(bins, i))}
                  >
                    <IconX size={14} />
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="row">
        <Button variant="default" size="compact-sm" onClick={split}>
          Add a bin
        </Button>
        <Meaning problem={problem("bins")} />
      </div>
    </>
  );
}
