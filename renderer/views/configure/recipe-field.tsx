// One field of the recipe: label, input with unit and range, meaning; a contradiction stands in the meaning's place.
import { MultiSelect, NumberInput, Select, Switch, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useId } from "react";
import { type Field, type FieldGroup, valueAt } from "./recipe-fields.ts";

interface FormProps {
  recipe: unknown;
  original: unknown;
  problems: Map<string, string>;
  change: (path: (string | number)[], value: unknown) => void;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function RecipeField({ field, recipe, original, problems, change }: FormProps & { field: Field }) {
  const id = useId();
  const key = field.path.join(".");
  const value = valueAt(recipe, field.path);
  const problem = problems.get(key);
  const set = (next: unknown) => change(field.path, next);
  const shared = { id, "aria-describedby": `${id}-meaning`, error: problem !== undefined };
  return (
    <div className="field" data-field={key} data-changed={!same(value, valueAt(original, field.path))}>
      <label htmlFor={id}>{field.label}</label>
      <FieldInput field={field} value={value} set={set} shared={shared} />
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
  shared: { id: string; "aria-describedby": string; error: boolean };
}

function FieldInput({ field, value, set, shared }: InputProps) {
  const { input } = field;
  switch (input.kind) {
    case "number":
      return (
        <NumberInput
          {...shared}
          value={typeof value === "number" ? value : ""}
          // An emptied field is no value: empty where the schema allows it, a contradiction shown here where not.
          onChange={(next) => set(next === "" ? (input.nullable ? null : undefined) : Number(next))}
          allowDecimal={!input.integer}
          allowNegative={input.min === undefined || input.min < 0}
          clampBehavior="none"
          step={input.integer ? 1 : undefined}
          decimalScale={12}
          thousandSeparator=","
          hideControls={!input.integer}
          placeholder={input.nullable ? "empty" : undefined}
          suffix={field.unit === undefined ? undefined : ` ${field.unit}`}
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
          onChange={(event) => set(event.currentTarget.value)}
        />
      ) : (
        <TextInput {...shared} value={String(value ?? "")} onChange={(event) => set(event.currentTarget.value)} />
      );
    case "switch":
      return <Switch {...shared} error={undefined} checked={value === true} onChange={(event) => set(event.currentTarget.checked)} />;
    case "choice":
      return <Select {...shared} data={input.options} value={String(value)} onChange={set} allowDeselect={false} />;
    case "choices":
      return <MultiSelect {...shared} data={input.options} value={Array.isArray(value) ? value.map(String) : []} onChange={set} />;
    case "numbers":
      return (
        <TagsInput
          {...shared}
          size="xs"
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={(next) => set(next.map(Number).filter((n) => Number.isFinite(n)))}
        />
      );
  }
}

export function RecipeGroup({ group, ...form }: FormProps & { group: FieldGroup }) {
  return (
    <fieldset className="fieldset" id={`section-${group.path.join("-")}`}>
      <legend>{group.label}</legend>
      {group.meaning !== undefined && <p className="dim">{group.meaning}</p>}
      {group.children.map((child) =>
        child.type === "field" ? (
          <RecipeField key={child.path.join(".")} field={child} {...form} />
        ) : (
          <RecipeGroup key={child.path.join(".")} group={child} {...form} />
        ),
      )}
    </fieldset>
  );
}
