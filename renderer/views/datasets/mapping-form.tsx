// Which column holds what: every meaning with its column, and beside it what stands in that column.
import { Autocomplete, Select } from "@mantine/core";
import { useId } from "react";
import { answerRule } from "../../../main/contract/answer-rule.ts";
import {
  type ColumnMapping,
  columnMapping,
  type DetectedDataset,
  mappedColumns,
  rowShape,
} from "../../../main/contract/imported-dataset.ts";
import { oneLine } from "../../components/format.ts";

const labels: Record<(typeof mappedColumns)[number], string> = {
  prompt: "Prompt",
  messages: "Conversation",
  response: "Response",
  answer: "Answer",
  tests: "Tests",
  source: "Source",
  category: "Category",
  id: "Id",
  difficulty: "Difficulty",
  date: "Date",
};

const rules: Record<NonNullable<ColumnMapping["answerRule"]>, string> = {
  boxed: "\\boxed{…} after </think>",
  "boxed-or-last-number": "\\boxed{…}, else the last number",
  gsm8k: "\\boxed{…}, else the #### line or the last number",
  hash: "the number after the last #",
};

/** What each field means, from the contract; a name with dots reaches into objects. */
const meaningOf = (key: keyof ColumnMapping): string => columnMapping.shape[key].meta()?.description ?? "";

export function MappingForm({ detected, change }: { detected: DetectedDataset; change: (mapping: ColumnMapping) => void }) {
  const { mapping, columns, unused } = detected;
  const issues = new Map(columnMapping.safeParse(mapping).error?.issues.map((issue) => [String(issue.path[0]), issue.message]));
  const id = useId();
  return (
    <div className="mapping">
      <div className="field">
        <label htmlFor={`${id}-shape`}>Form of the rows</label>
        <Select
          id={`${id}-shape`}
          value={mapping.shape}
          allowDeselect={false}
          searchable
          onChange={(shape) => change({ ...mapping, shape: rowShape.parse(shape) })}
          data={rowShape.options}
        />
        <span className="meaning">Says how tests and conversations are written</span>
      </div>
      {mappedColumns.map((key) => (
        <div className="field" key={key} data-field={key}>
          <label htmlFor={`${id}-${key}`}>{labels[key]}</label>
          <Autocomplete
            id={`${id}-${key}`}
            size="xs"
            placeholder="none"
            clearable
            value={mapping[key] ?? ""}
            error={issues.has(key)}
            onChange={(value) => change({ ...mapping, [key]: value === "" ? null : value })}
            data={columns.map((column) => column.name)}
          />
          <span className="meaning" data-error={issues.has(key)} role={issues.has(key) ? "alert" : undefined}>
            {issues.get(key) ?? <Values detected={detected} column={mapping[key]} meaning={meaningOf(key)} />}
          </span>
        </div>
      ))}
      {(mapping.answer !== null || mapping.answerRule !== null) && (
        <div className="field" data-field="answerRule">
          <label htmlFor={`${id}-rule`}>A response states its answer</label>
          <Select
            id={`${id}-rule`}
            clearable
            placeholder="none"
            value={mapping.answerRule}
            error={issues.has("answerRule")}
            onChange={(rule) => change({ ...mapping, answerRule: rule === null ? null : answerRule.parse(rule) })}
            data={answerRule.options.map((value) => ({ value, label: rules[value] }))}
          />
          <span className="meaning" data-error={issues.has("answerRule")}>
            {issues.get("answerRule") ?? meaningOf("answerRule")}
          </span>
        </div>
      )}
      {unused.length > 0 && <p className="dim">Left out: {unused.join(", ")}.</p>}
    </div>
  );
}

/** What stands in the column, or what the field means where none is chosen. */
function Values({ detected, column, meaning }: { detected: DetectedDataset; column: string | null; meaning: string }) {
  const known = detected.columns.find(({ name }) => name === column);
  if (known === undefined) return <>{meaning}</>;
  return (
    <>
      {known.type}:{" "}
      {known.samples.slice(0, 2).map((sample, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a value is its place
        <span key={i} className="mono">
          {i > 0 && " · "}
          {oneLine(sample).slice(0, 80)}
        </span>
      ))}
    </>
  );
}
