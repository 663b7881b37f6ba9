// What the ladder's cells are made by: two sliders that add one, or v1 to v7 of the paper up to a largest.
import { Button, SegmentedControl } from "@mantine/core";
import { leastForPreset } from "../../../main/contract/ladder-preset.ts";
import { cellName, type LadderCell } from "../../../main/contract/study.ts";
import { count, plural } from "../../components/format.ts";
import { cellsText } from "../configure/ladder-link.ts";
import { type Available, bySize, examplesOf, faultsOf, type LadderChoices, largestPreset, lastUpTo, type Preset, presetResponses, presetText, problemsWith, promptStops } from "./ladder-choices.ts"; // biome-ignore format: one line
import { LadderSlider } from "./ladder-slider.tsx";

/** As the contract bounds them. */
const mostCells = 64;

/** Entries of the link. */
export type Change = (entries: Record<string, string | null>, options?: { replace?: boolean }) => void;

interface LadderCellsProps {
  available: Available;
  choices: LadderChoices;
  /** Null: cells of one's own. */
  preset: Preset | null;
  /** The preset's cells once they are known. */
  presetCells: LadderCell[];
  change: Change;
}

export function LadderCells({ available, choices, preset, presetCells, change }: LadderCellsProps) {
  const most = largestPreset(available);
  return (
    <div className="section stack">
      <div className="section-head">
        <h2>Cells</h2>
        <SegmentedControl
          className="push"
          aria-label="Cells by"
          value={preset === null ? "cells" : "preset"}
          onChange={(by) => change({ by })}
          data={[
            { value: "cells", label: "Of my own" },
            { value: "preset", label: "v1 to v7", disabled: most === null },
          ]}
        />
      </div>
      {preset === null ? (
        <NextCell available={available} choices={choices} change={change} />
      ) : (
        <PresetCells available={available} preset={preset} cells={presetCells} change={change} />
      )}
      {most === null && (
        <p className="dim">
          v1 to v7 of the paper take {leastForPreset.prompts} problems with {leastForPreset.responses} different responses.
        </p>
      )}
    </div>
  );
}

function NextCell({ available, choices: { cells, next }, change }: Pick<LadderCellsProps, "available" | "choices" | "change">) {
  const faults = faultsOf(cells, available);
  const widest = Math.max(0, ...cells.filter((_, i) => faults[i] === null).map((cell) => cell.responsesPerPrompt));
  const mostResponses = available.length;
  const responsesPerPrompt = Math.min(next?.responsesPerPrompt ?? 1, mostResponses);
  // The cell draws from what all cells draw from.
  const problems = problemsWith(available, Math.max(widest, responsesPerPrompt));
  // Fewer while fewer problems have so many responses.
  const wanted = next?.prompts ?? lastUpTo(promptStops(1, problems), problems / 4);
  const cell = { prompts: Math.min(wanted, problems), responsesPerPrompt };
  const slide = (to: Partial<LadderCell>) =>
    change({ next: cellsText([{ prompts: wanted, responsesPerPrompt, ...to }]) }, { replace: true });
  const known = cells.some((other) => cellName(other) === cellName(cell));
  const withIt = faultsOf([...cells, cell], available);
  const lost = cells.filter((_, i) => faults[i] === null && withIt[i] !== null);
  return (
    <>
      <LadderSlider
        label="Unique prompts"
        stops={promptStops(1, problems)}
        value={cell.prompts}
        set={(to) => slide({ prompts: to })}
        words={(value) => `${count(value)} of ${count(problems)}`}
      />
      <LadderSlider
        label="Responses a prompt"
        stops={available.map(({ responses }) => responses)}
        value={responsesPerPrompt}
        set={(to) => slide({ responsesPerPrompt: to })}
        words={(value) => `${count(value)} of ${count(mostResponses)}`}
      />
      <div className="row">
        <Button
          disabled={known || cells.length >= mostCells}
          onClick={() => change({ by: "cells", cells: cellsText(bySize([...cells, cell])) })}
        >
          Add cell {cellName(cell)}
        </Button>
        <span className="dim">
          {known
            ? "It is there already."
            : cells.length >= mostCells
              ? `A ladder has at most ${mostCells} cells.`
              : plural(examplesOf(cell), "example")}
        </span>
      </div>
      <p className="warn ladder-lost" role="status">
        {lost.length > 0 &&
          `With it every cell would draw from ${plural(problems, "problem")}: ${lost.map(cellName).join(", ")} could not be had.`}
      </p>
    </>
  );
}

interface PresetCellsProps {
  available: Available;
  preset: Preset;
  cells: LadderCell[];
  change: Change;
}

function PresetCells({ available, preset, cells, change }: PresetCellsProps) {
  const { responses, prompts } = preset;
  const all = problemsWith(available, responses);
  const set = (to: Preset) => change({ by: "preset", v7: presetText(to) }, { replace: true });
  return (
    <>
      <p className="dim">
        The paper’s seven sets at another size: one response a prompt up to v4, more of both from v5, more responses alone from v6 to v7.
      </p>
      <LadderSlider
        label="Unique prompts of v7"
        stops={promptStops(leastForPreset.prompts, all)}
        value={prompts ?? all}
        set={(to) => set({ responses, prompts: to === all ? null : to })}
        words={(value) => `${count(value)} of ${count(all)}`}
      />
      <LadderSlider
        label="Responses a prompt of v7"
        stops={presetResponses(available)}
        value={responses}
        set={(to) => set({ responses: to, prompts: prompts !== null && prompts < problemsWith(available, to) ? prompts : null })}
        words={(value) => `${count(value)} of ${count(available.length)}`}
      />
      <div className="row">
        <Button variant="default" disabled={cells.length === 0} onClick={() => change({ by: "cells", cells: cellsText(bySize(cells)) })}>
          Edit these cells as my own
        </Button>
      </div>
    </>
  );
}
