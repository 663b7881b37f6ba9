// What a known shape of rows is: how it is recognised in a sample, the mapping it implies, and what it does beyond reading columns.
import type { CodeTests } from "../../contract/code-tests.ts";
import type { ColumnMapping, RowShape } from "../../contract/imported-dataset.ts";
import { valueAt } from "./columns.ts";
import type { RowValue } from "./row-reader.ts";

/** The first rows of a file. */
export class Sample {
  readonly fileName: string;
  readonly rows: readonly RowValue[];
  private readonly names: Map<string, string>;

  constructor(fileName: string, columns: readonly string[], rows: readonly RowValue[]) {
    this.fileName = fileName;
    this.rows = rows;
    this.names = new Map(columns.map((name) => [name.toLowerCase(), name]));
  }

  /** The first of these columns that the file has, as the file spells it: names differ in case between copies of one data set. */
  column(...names: string[]): string | null {
    for (const name of names) {
      const found = this.names.get(name.toLowerCase());
      if (found !== undefined) return found;
    }
    return null;
  }

  has(...names: string[]): boolean {
    return names.every((name) => this.column(name) !== null);
  }

  /** Whether the column has values in the sample and all of them pass. */
  every(column: string | null, passes: (value: unknown) => boolean): boolean {
    if (column === null) return false;
    const values = this.rows.map((row) => valueAt(row, column)).filter((value) => value !== null && value !== undefined && value !== "");
    return values.length > 0 && values.every(passes);
  }
}

export interface Recognised {
  mapping: Partial<Omit<ColumnMapping, "shape">>;
  warnings?: string[];
}

export interface Shape {
  shape: RowShape;
  label: string;
  /** Whether it was ever tried on a file as published; else it is written from documentation, and the README and wizard say so. */
  triedOnRealFiles: boolean;
  /** Null: the sample is not of this shape. */
  recognise(sample: Sample): Recognised | null;
  /** Columns it reads beside those of the mapping. */
  also?: readonly string[];
  /** Rows without an answer are bad. */
  needsAnswer?: boolean;
  prompt?(row: RowValue, mapping: ColumnMapping): string | null;
  response?(row: RowValue, mapping: ColumnMapping): string | null;
  answer?(row: RowValue, mapping: ColumnMapping): string | null;
  tests?(row: RowValue, mapping: ColumnMapping): CodeTests | null;
}
