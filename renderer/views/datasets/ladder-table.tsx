// The ladder's cells with what each would be: examples, lengths, and how far its lengths are from the largest cell's. Cells of one's own
// are edited and removed here; in place of numbers stands why a cell cannot be had.
import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { type LadderCellReport, type LadderPreview, ladderCellReport } from "../../../main/contract/ladder.ts";
import type { LadderCell } from "../../../main/contract/study.ts";
import type { StartStyle } from "../../charts/figure.ts";
import { count, fixed } from "../../components/format.ts";
import { ScrollTable } from "../../components/scroll-table.tsx";
import { StartName } from "../../components/start-swatch.tsx";
import { Explained } from "../../components/term.tsx";
import { CountInput } from "./count-input.tsx";

export interface LadderRow {
  /** Its place, which it keeps when its name changes by an edit. */
  at: number;
  name: string;
  cell: LadderCell;
  fault: string | null;
  /** Null while it is not known. */
  report: LadderCellReport | null;
}

interface LadderTableProps {
  rows: LadderRow[];
  unit: LadderPreview["unit"];
  /** Name of the cell that distances are to. */
  largest: string | null;
  styles: Map<string, StartStyle>;
  /** Absent: cells of the preset. */
  edit?: (at: number, cell: LadderCell | null) => void;
}

const { examples, wasserstein, ks } = ladderCellReport.shape;

export function LadderTable({ rows, unit, largest, styles, edit }: LadderTableProps) {
  const head = (label: string, line?: string) => (
    <th scope="col" className="num">
      {line === undefined ? label : <Explained line={line}>{label}</Explained>}
    </th>
  );
  return (
    <ScrollTable label="Cells of the ladder">
      <table className="table ladder-table" aria-label="Cells">
        <thead>
          <tr>
            <th scope="col">Cell</th>
            {head("Prompts")}
            {head("Responses a prompt")}
            {head("Examples", examples.description)}
            {head(`Length in all (${unit})`)}
            {head(`Mean length (${unit})`)}
            {head(`Wasserstein-1 (${unit})`, wasserstein.description)}
            {head("KS (0 to 1)", ks.description)}
            {edit !== undefined && (
              <th scope="col">
                <span className="sr-only">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row
              key={row.at}
              {...row}
              style={styles.get(row.name)}
              isLargest={row.name === largest}
              edit={edit && ((cell) => edit(row.at, cell))}
            />
          ))}
        </tbody>
      </table>
    </ScrollTable>
  );
}

interface RowProps extends LadderRow {
  style: StartStyle | undefined;
  isLargest: boolean;
  edit: ((cell: LadderCell | null) => void) | undefined;
}

function Row({ name, cell, fault, report, style, isLargest, edit }: RowProps) {
  const number = (value: (report: LadderCellReport) => string) => <td className="num">{report === null ? "–" : value(report)}</td>;
  const input = (label: string, key: keyof LadderCell) => (
    <td className="num">
      {edit === undefined ? (
        count(cell[key])
      ) : (
        <CountInput
          label={`${label}, ${name}`}
          least={1}
          value={cell[key]}
          set={(next) => edit({ ...cell, [key]: next })}
          error={fault !== null}
        />
      )}
    </td>
  );
  return (
    <tr>
      <th scope="row">
        {style === undefined ? <span className="ladder-unmeasured">{name}</span> : <StartName name={name} style={style} />}
      </th>
      {input("Prompts", "prompts")}
      {input("Responses a prompt", "responsesPerPrompt")}
      {fault === null ? (
        <>
          {number((of) => count(of.examples))}
          {number((of) => count(of.tokens))}
          {number((of) => fixed(of.meanLength, 1))}
          {isLargest && report !== null ? (
            <td className="num dim" colSpan={2}>
              the largest
            </td>
          ) : (
            <>
              {number((of) => fixed(of.wasserstein, 2))}
              {number((of) => fixed(of.ks, 3))}
            </>
          )}
        </>
      ) : (
        <td colSpan={5} className="ladder-fault">
          <span className="meaning" data-error="true" role="alert">
            {fault}
          </span>
        </td>
      )}
      {edit !== undefined && (
        <td>
          <ActionIcon variant="subtle" size="sm" aria-label={`Remove ${name}`} title={`Remove ${name}`} onClick={() => edit(null)}>
            <IconX size={14} />
          </ActionIcon>
        </td>
      )}
    </tr>
  );
}
