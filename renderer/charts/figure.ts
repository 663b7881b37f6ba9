// What a plot shows, free of how it is drawn: series by start, reference lines with their source, axes with units.
// A start's hue is its place in the study and its dash its strength rank; they never depend on the plot.

export interface StartStyle {
  /** Place in the study's recipe: picks the hue. */
  hue: number;
  /** Steps below the strongest start (0): picks the dash. */
  dash: number;
}

export interface Axis {
  label: string;
  /** "percent" shows 0..1 as percent. */
  format?: "percent" | "number";
  /** Least range: streaming data may only extend it. */
  range?: [number, number];
  /** Categories from the bottom up, for plots with names on the y axis. */
  categories?: string[];
  /** The only values that occur, where ticks between them would mean nothing. */
  ticks?: number[];
  /** What stands at each of `ticks`, where that is not its value. */
  tickTexts?: string[];
  /** Hard ends that a range never passes, e.g. 0 and 1 for shares. */
  bounds?: [number | null, number | null];
}

export interface Series {
  name: string;
  /** Absent: neutral, not of one start. */
  style?: StartStyle;
  kind: "line" | "thin-line" | "marks" | "marks-line" | "hollow-marks" | "dots" | "bars" | "faint-bars";
  x: (number | null)[];
  y: (number | string | null)[];
  /** Ends of the interval of each y (of each x where the plot lies on its side). */
  low?: (number | null)[];
  high?: (number | null)[];
  /** Interval runs along x. */
  intervalOnX?: boolean;
  /** How far beside its place the series is drawn, so that intervals do not cover one another: in rows of a category axis, or else in
   * widths of the x axis. */
  dodge?: number;
  /** Of marks: area of each in proportion, the largest 1. */
  sizes?: number[];
  /** What hovering a point says: exact value, n and interval, line by line. */
  hover: string[];
  /** What a click on a point opens. */
  keys?: (string | null)[];
  /** Text at the line's end, instead of a legend. */
  endLabel?: string;
}

export interface ReferenceLine {
  value: number;
  axis: "x" | "y";
  /** Says whose line it is, e.g. "0.3 nats (AceReason-Nemotron 1.1)". */
  label: string;
  /** Of a line across: the end at which its label stands; of one upright: its side. Right by default. */
  labelAt?: "left" | "right";
  /** Of one upright: rows below the top at which its label stands, where neighbours' labels would cover one another. */
  labelRow?: number;
}

/** A range of y that is marked: shaded between two thin dashed lines. */
export interface MarkedRange {
  low: number;
  high: number;
  /** Absent: not of one start. */
  style?: StartStyle;
  name: string;
  /** Where it holds, along x; null: to the end of the axis. Absent: everywhere. */
  over?: [number | null, number | null];
  /** Stands at its left end. */
  label?: string;
}

/** A map: a row each category of the y axis, a column each thing along x; a cell's shade is its value. */
export interface Cells {
  /** What the shade says; values are shares, 0 to 1. */
  label: string;
  /** What is known of a column, e.g. problem and source: the head of the CSV. */
  fields: string[];
  columns: { facts: string[]; hover: string }[];
  /** [row][column], rows from the bottom up as the categories; null is left empty. */
  values: (number | null)[][];
  /** What a click on a cell opens. */
  keys: (string | null)[][];
  /** Of each row: whose it is. */
  styles: (StartStyle | undefined)[];
}

export interface Figure {
  /** Stable name: file names, and what keeps ranges from jumping. */
  id: string;
  title: string;
  subtitle?: string;
  x: Axis;
  y: Axis;
  series: Series[];
  cells?: Cells;
  references?: ReferenceLine[];
  marked?: MarkedRange[];
  /** Range of x that is marked as chosen. */
  brushed?: [number, number];
}

/** Styles of a study's starts, given weakest first: the strongest is solid. */
export function startStyles(names: readonly string[]): Map<string, StartStyle> {
  return new Map(names.map((name, i) => [name, { hue: i, dash: names.length - 1 - i }]));
}

/** The figure's data as CSV: one row a point, with the interval where it has one; of a map one row a column, its rows from the top down. */
export function figureToCsv(figure: Figure): string {
  const cell = (value: unknown) => {
    const text = value === null || value === undefined ? "" : String(value);
    return /[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  const text = (table: unknown[][]) => `${table.map((row) => row.map(cell).join(",")).join("\n")}\n`;
  const { cells } = figure;
  if (cells !== undefined) {
    const shown = cells.values.flatMap((_, row) => (cells.values[row].some((value) => value !== null) ? [row] : [])).reverse();
    const head = [...cells.fields, ...shown.map((row) => figure.y.categories?.[row])];
    return text([head, ...cells.columns.map(({ facts }, i) => [...facts, ...shown.map((row) => cells.values[row][i])])]);
  }
  const rows: unknown[][] = [["series", figure.x.label, figure.y.label, "low", "high"]];
  for (const series of figure.series)
    for (let i = 0; i < series.x.length; i++) rows.push([series.name, series.x[i], series.y[i], series.low?.[i], series.high?.[i]]);
  for (const { name, over, low, high } of figure.marked ?? []) rows.push([name, over?.[0], null, low, high]);
  return text(rows);
}
