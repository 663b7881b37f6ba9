// One field of the recipe: label, input with unit and range, meaning; a contradiction stands in the meaning's place.
import { MultiSelect, NumberInput, Select, Switch, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useId } from "react";
import { useCheckpointCards } from "../../client/checkpoint-queries.ts";
import { useBenchmarks } from "../../client/evaluation-queries.ts";
import { useImportedDatasets } from "../../client/imported-dataset-queries.ts";
import { parametersInWords } from "../../components/checkpoint-facts.ts";
import { plural } from "../../components/format.ts";
import type { Field } from "./recipe-fields.ts";
import { keyOf, type Path, valueAt } from "./recipe-values.ts";

export interface FormProps {
  recipe: unknown;
  /** What was begun from: what differs from it is marked. */
  original: unknown;
  problems: Map<string, string>;
  change: (path: Path, value: unknown) => void;
  /** What an emptied field then is, where something else says it. */
  inherited?: (path: Path) => string | undefined;
}

export function differs(a: unknown, b: unknown): boolean {
  return a !== b && JSON.stringify(a) !== JSON.stringify(b);
}

export function RecipeField({ field, recipe, original, problems, change, inherited }: FormProps & { field: Field }) {
  const id = useId();
  const key = keyOf(field.path);
  const value = valueAt(recipe, field.path);
  const problem = problems.get(key) ?? [...problems].find(([at]) => at.startsWith(`${key}.`))?.[1];
  return (
    <div
      className="field"
      data-field={key}
      data-changed={differs(value, valueAt(original, field.path))}
      data-long={field.input.kind === "text" && field.input.long}
    >
      <label htmlFor={id}>{field.label}</label>
      <FieldInput
        field={field}
        value={value}
        set={(next) => change(field.path, next)}
        empty={inherited?.(field.path)}
        shared={{ id, "aria-describedby": `${id}-meaning`, error: problem !== undefined }}
      />
      <span id={`${id}-meaning`} className="meaning" data-error={problem !== undefined} role={problem === undefined ? undefined : "alert"}>
        {problem ?? field.meaning}
      </span>
    </div>
  );
}

interface InputProps {
  field: Field;
  value: unknown;
  set: (value: unknown) => void;
  /** Shown while the field is empty. */
  empty?: string;
  shared: { id?: string; "aria-describedby"?: string; "aria-label"?: string; error: boolean };
}

export function FieldInput({ field, value, set, empty = "empty", shared }: InputProps) {
  const { input } = field;
  // An emptied field is no value: empty where the contract allows it, a contradiction at the field where not.
  const none = field.empty === "null" ? null : undefined;
  switch (input.kind) {
    case "number":
      return (
        <NumberInput
          {...shared}
          value={typeof value === "number" ? value : ""}
          onChange={(next) => set(next === "" ? none : Number(next))}
          allowDecimal={!input.integer}
          allowNegative={input.min === undefined || input.min < 0}
          clampBehavior="none"
          step={input.integer ? 1 : undefined}
          decimalScale={12}
          thousandSeparator=","
          hideControls={!input.integer}
          placeholder={field.empty === "never" ? undefined : empty}
          suffix={field.unit === undefined || field.unit === "share" ? undefined : ` ${field.unit}`}
        />
      );
    case "text":
      return input.long ? (
        <Textarea
          {...shared}
          size="xs"
          autosize
          minRows={2}
          value={String(value ?? "")}
          onChange={(event) => set(event.currentTarget.value === "" && field.empty !== "never" ? none : event.currentTarget.value)}
        />
      ) : (
        <TextInput
          {...shared}
          value={String(value ?? "")}
          onChange={(event) => set(event.currentTarget.value === "" && field.empty !== "never" ? none : event.currentTarget.value)}
        />
      );
    case "switch":
      return (
        <Switch
          {...shared}
          error={undefined}
          checked={value === true}
          // What is off by having no entry goes back to having none.
          onChange={(event) => set(event.currentTarget.checked || (field.empty === "absent" ? undefined : false))}
        />
      );
    case "on-off-empty":
      return (
        <Select
          {...shared}
          clearable
          placeholder={empty}
          data={["on", "off"]}
          value={value === undefined ? null : value === true ? "on" : "off"}
          onChange={(next) => set(next === null ? none : next === "on")}
          clearButtonProps={{ "aria-label": `Empty ${field.label}` }}
        />
      );
    case "choice":
      return (
        <Select
          {...shared}
          data={input.options}
          value={value === undefined || value === null ? null : String(value)}
          onChange={(next) => set(next ?? none)}
          allowDeselect={field.empty !== "never"}
          clearable={field.empty !== "never"}
          placeholder={field.empty === "never" ? undefined : empty}
          clearButtonProps={{ "aria-label": `Empty ${field.label}` }}
        />
      );
    case "choices":
      return <MultiSelect {...shared} data={input.options} value={Array.isArray(value) ? value.map(String) : []} onChange={set} />;
    case "numbers":
      return (
        <TagsInput
          {...shared}
          size="xs"
          value={Array.isArray(value) ? value.map(String) : []}
          splitChars={[",", " "]}
          onChange={(next) => set(next.map(Number).filter((n) => Number.isFinite(n)))}
          placeholder={Array.isArray(value) && value.length > 0 ? undefined : "Type a number, then Enter"}
        />
      );
    case "texts":
      return (
        <TagsInput
          {...shared}
          size="xs"
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={set}
          placeholder={Array.isArray(value) && value.length > 0 ? undefined : "all"}
        />
      );
    case "word-or-number":
      return (
        <span className="word-or-number">
          <Select
            {...shared}
            data={[...input.words, "a number"]}
            value={typeof value === "number" ? "a number" : String(value ?? "")}
            onChange={(next) => set(next === "a number" ? 1 : next)}
            allowDeselect={false}
          />
          {typeof value === "number" && (
            <NumberInput
              aria-label={`${field.label}, number`}
              value={value}
              onChange={(next) => set(Number(next))}
              allowNegative={false}
              decimalScale={6}
              step={0.1}
              hideControls
            />
          )}
        </span>
      );
    case "checkpoint":
      return <CheckpointSelect value={value} set={set} shared={shared} />;
    case "dataset":
      return <DatasetSelect value={value} set={set} shared={shared} />;
    case "benchmark":
      return <BenchmarkSelect value={value} set={set} shared={shared} />;
  }
}

type ReferenceProps = Omit<InputProps, "field">;

/** What is named but not there stays to be seen. */
function withMissing(options: { value: string; label: string }[], value: unknown): { value: string; label: string }[] {
  if (typeof value !== "string" || value === "" || options.some((option) => option.value === value)) return options;
  return [...options, { value, label: `${value} (not there)` }];
}

function CheckpointSelect({ value, set, shared }: ReferenceProps) {
  const cards = useCheckpointCards();
  const options = (cards.data ?? []).map((card) => ({
    value: card.id,
    label: `${card.id}, ${card.kind}, ${parametersInWords(card.parameters)}`,
  }));
  return (
    <Select
      {...shared}
      searchable
      allowDeselect={false}
      placeholder="Choose a checkpoint"
      nothingFoundMessage="No checkpoint is called that"
      data={cards.data === undefined ? withMissing([], value) : withMissing(options, value)}
      value={typeof value === "string" && value !== "" ? value : null}
      onChange={(next) => set(next ?? "")}
      comboboxProps={{ width: "max-content", position: "bottom-start" }}
    />
  );
}

function DatasetSelect({ value, set, shared }: ReferenceProps) {
  const imported = useImportedDatasets();
  const options = (imported.data ?? []).map((dataset) => ({
    value: dataset.id,
    label: `${dataset.name} v${dataset.version}, ${plural(dataset.rows, "row")}`,
  }));
  return (
    <Select
      {...shared}
      searchable
      allowDeselect={false}
      placeholder={imported.data?.length === 0 ? "Nothing is imported yet" : "Choose a dataset"}
      nothingFoundMessage={imported.data?.length === 0 ? "Nothing is imported yet: Datasets, Import" : "No dataset is called that"}
      data={withMissing(options, value)}
      value={typeof value === "string" && value !== "" ? value : null}
      onChange={(next) => set(next ?? "")}
      comboboxProps={{ width: "max-content", position: "bottom-start" }}
    />
  );
}

function BenchmarkSelect({ value, set, shared }: ReferenceProps) {
  const benchmarks = useBenchmarks();
  return (
    <Select
      {...shared}
      clearable
      placeholder="none"
      data={withMissing(
        (benchmarks.data ?? []).map((benchmark) => ({ value: benchmark.key, label: benchmark.name })),
        value,
      )}
      value={typeof value === "string" ? value : null}
      onChange={(next) => set(next)}
      clearButtonProps={{ "aria-label": "No benchmark" }}
    />
  );
}
