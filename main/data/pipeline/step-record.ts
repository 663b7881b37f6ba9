// What one step took, kept and dropped, counted while rows go through it.
import type { Amount, Dropped, LengthHistogram, PipelineStep, StepReport } from "../../contract/pipeline.ts";
import { clip } from "../import/row-reader.ts";
import { LengthCounter } from "./histogram.ts";
import { amountOf, type PipelineRow, type Rows } from "./row.ts";

const examplesKept = 3;
const exampleLength = 240;

type Details = Pick<StepReport, "pools" | "benchmarks" | "spans" | "bins">;

export class StepRecord {
  readonly kind: PipelineStep["kind"];
  readonly name: string;
  readonly in: Amount = { rows: 0, responses: 0 };
  readonly kept: Amount = { rows: 0, responses: 0 };
  readonly #dropped = new Map<string, Dropped>();
  readonly #lengths: LengthCounter;
  #details: () => Details = () => ({});

  constructor(kind: PipelineStep["kind"], name: string, unit: LengthHistogram["unit"]) {
    this.kind = kind;
    this.name = name;
    this.#lengths = new LengthCounter(unit);
  }

  get droppedRows(): number {
    return [...this.#dropped.values()].reduce((sum, { rows }) => sum + rows, 0);
  }

  /** A row that goes no further; `responses` of it go with it (all, unless others took them over). */
  dropRow(row: PipelineRow, reason: string, responses = row.responses.length): void {
    this.#drop(row, reason, { rows: 1, responses }, row.prompt);
  }

  /** A response of a row that may go on with others. */
  dropResponse(row: PipelineRow, reason: string, text: string): void {
    this.#drop(row, reason, { rows: 0, responses: 1 }, text);
  }

  /** A row of the file that could not be read; it is counted as taken. */
  dropUnread(place: { dataset: string; line: number }, reason: string, rows: number): void {
    this.in.rows += rows;
    this.#entry("unreadable", { rows, responses: 0 }, { dataset: place.dataset, row: place.line, id: `line ${place.line}`, text: reason });
  }

  #drop({ dataset, row, id }: PipelineRow, reason: string, amount: Amount, text: string): void {
    this.#entry(reason, amount, { dataset, row, id, text: clip(text, exampleLength) });
  }

  #entry(reason: string, { rows, responses }: Amount, example: Dropped["examples"][number]): void {
    const entry = this.#dropped.get(reason) ?? { reason, rows: 0, responses: 0, examples: [] };
    this.#dropped.set(reason, entry);
    entry.rows += rows;
    entry.responses += responses;
    if (entry.examples.length < examplesKept) entry.examples.push(example);
  }

  /** What only this kind of step has to say, asked when all is through. */
  describe(details: () => Details): void {
    this.#details = details;
  }

  async *taking(rows: Rows): AsyncGenerator<PipelineRow> {
    for await (const row of rows) {
      add(this.in, amountOf(row));
      yield row;
    }
  }

  async *keeping(rows: Rows): AsyncGenerator<PipelineRow> {
    for await (const row of rows) {
      add(this.kept, amountOf(row));
      for (const { length } of row.responses) this.#lengths.add(length);
      yield row;
    }
  }

  report(): StepReport {
    const dropped = [...this.#dropped.values()].sort(
      (a, b) => b.rows - a.rows || b.responses - a.responses || (a.reason < b.reason ? -1 : 1),
    );
    return {
      kind: this.kind,
      name: this.name,
      in: { ...this.in },
      kept: { ...this.kept },
      dropped,
      lengths: this.#lengths.histogram(),
      ...this.#details(),
    };
  }
}

function add(sum: Amount, more: Amount): void {
  sum.rows += more.rows;
  sum.responses += more.responses;
}
