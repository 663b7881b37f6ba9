// Which rows a ladder draws from, in which unit their responses are measured, and the seed of its orders.
import { Select } from "@mantine/core";
import { useCheckpointCards } from "../../client/checkpoint-queries.ts";
import type { LadderDataset } from "../../client/ladder-queries.ts";
import { setQuery } from "../../client/location.ts";
import { plural } from "../../components/format.ts";
import { CountInput } from "./count-input.tsx";
import type { Change } from "./ladder-cells.tsx";
import type { LadderChoices } from "./ladder-choices.ts";

interface LadderRowsProps {
  chosen: string;
  datasets: LadderDataset[];
  choices: LadderChoices;
  change: Change;
}

export function LadderRows({ chosen, datasets, choices: { tokenizer, seed }, change }: LadderRowsProps) {
  const cards = useCheckpointCards();
  const ids = (cards.data ?? []).map(({ id }) => id);
  const named = tokenizer === null || ids.includes(tokenizer) ? ids : [...ids, tokenizer];
  return (
    <div className="section ladder-form">
      <div className="field">
        <span className="field-label">Dataset</span>
        <Select
          aria-label="Dataset"
          searchable
          allowDeselect={false}
          data={datasets.map(({ dataset: { id, name, version, rows }, mostResponses }) => ({
            value: id,
            label: `${name} v${version}, ${plural(rows, "row")}, up to ${mostResponses} responses`,
          }))}
          value={chosen}
          // Cells are of one dataset's size: another begins anew.
          onChange={(dataset) => dataset !== null && setQuery({ dataset, by: null, cells: null, next: null, v7: null })}
          comboboxProps={{ width: "max-content", position: "bottom-start" }}
        />
      </div>
      <div className="field">
        <span className="field-label">Lengths in</span>
        <Select
          aria-label="Lengths in"
          searchable
          allowDeselect={false}
          data={[
            { value: "", label: "characters" },
            { group: "Tokens of a checkpoint", items: named.map((id) => ({ value: id, label: `tokens of ${id}` })) },
          ]}
          value={tokenizer ?? ""}
          onChange={(value) => change({ tokenizer: value })}
          comboboxProps={{ width: "max-content", position: "bottom-start" }}
        />
        <span className="meaning">
          {tokenizer === null ? "Quick; tokens of a checkpoint are what a study measures in." : "Takes about a second a MB of responses."}
        </span>
      </div>
      <div className="field">
        <label htmlFor="ladder-seed">Seed</label>
        <CountInput
          id="ladder-seed"
          label="Seed"
          least={0}
          value={seed}
          set={(next) => change({ seed: next === 1 ? null : String(next) }, { replace: true })}
        />
        <span className="meaning">Of the order of problems and of each one’s responses.</span>
      </div>
    </div>
  );
}
