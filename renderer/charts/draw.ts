// A figure as plotly traces and layout. Legends stand at the line ends; ranges come from outside, so that they only grow.
import type { Layout, Trace } from "plotly.js-cartesian-dist-min";
import { percent } from "../components/format.ts";
import { type ChartTheme, colourOf, dashes, symbols, textColourOf } from "./chart-theme.ts";
import type { Axis, Cells, Figure, MarkedRange, Series } from "./figure.ts";
import { extent, growRange, spread } from "./ranges.ts";

export interface Ranges {
  x: [number, number] | null;
  y: [number, number] | null;
}

export interface Size {
  width: number;
  height: number;
}

/** plotly reads a little HTML in its texts; names come from people. */
export function plain(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function numbers(values: readonly (number | string | null | undefined)[] | undefined): (number | null)[] {
  return (values ?? []).map((v) => (typeof v === "number" ? v : null));
}

/** Shares that are all alike still need an axis whose ticks differ. */
function apart(needed: [number, number] | null): [number, number] | null {
  if (needed === null || needed[1] - needed[0] >= 0.05) return needed;
  const low = Math.min(needed[0], 0.95);
  return [low, Math.max(needed[1], low + 0.05)];
}

/** Ranges for the figure's data, grown from the ones shown before. */
export function rangesOf(figure: Figure, previous: Ranges): Ranges {
  const along = (axis: Axis, which: "x" | "y"): [number, number] | null => {
    if (axis.categories !== undefined) return figure.cells ? [-0.5, axis.categories.length - 0.5] : [-0.6, axis.categories.length - 0.4];
    if (figure.cells !== undefined && which === "x") return [0.5, figure.cells.columns.length + 0.5];
    const values: (number | null)[] = [];
    for (const series of figure.series) {
      values.push(...numbers(which === "x" ? series.x : series.y));
      if ((series.intervalOnX === true) === (which === "x")) values.push(...numbers(series.low), ...numbers(series.high));
    }
    for (const line of figure.references ?? []) if (line.axis === which) values.push(line.value);
    if (which === "y") for (const { low, high } of figure.marked ?? []) values.push(low, high);
    const needed = extent(values);
    return growRange(previous[which], axis.format === "percent" ? apart(needed) : needed, { least: axis.range, bounds: axis.bounds });
  };
  return { x: along(figure.x, "x"), y: along(figure.y, "y") };
}

function axisLayout(axis: Axis, range: [number, number] | null, theme: ChartTheme, vertical: boolean): Record<string, unknown> {
  return {
    title: { text: plain(axis.label), font: { size: 11, color: theme.dim }, standoff: vertical ? 6 : 4 },
    // Marks and whiskers at the ends of x need a little room.
    range:
      range === null ? undefined : vertical ? range : [range[0] - 0.012 * (range[1] - range[0]), range[1] + 0.012 * (range[1] - range[0])],
    autorange: false,
    tickformat: axis.format === "percent" ? ",.0%" : undefined,
    tickmode: axis.categories === undefined && axis.ticks === undefined ? "auto" : "array",
    tickvals: axis.ticks ?? axis.categories?.map((_, i) => i),
    ticktext: (axis.tickTexts ?? axis.categories)?.map(plain),
    nticks: vertical ? 6 : 8,
    tickfont: { size: 11, color: axis.categories === undefined ? theme.dim : theme.text },
    gridcolor: theme.grid,
    showgrid: axis.categories === undefined,
    zeroline: false,
    linecolor: theme.axis,
    showline: !vertical,
    ticks: vertical ? "" : "outside",
    tickcolor: theme.axis,
    ticklen: 3,
    fixedrange: vertical,
    automargin: false,
    hoverformat: "",
  };
}

/** Beside its place along x, where a plot has no rows. */
function beside({ x, dodge = 0 }: Series, { y }: Figure, range: Ranges["x"]): (number | null)[] {
  if (dodge === 0 || range === null || y.categories !== undefined) return x;
  return x.map((value) => (value === null ? null : value + dodge * (range[1] - range[0])));
}

/** Index on a category axis, so that all y values are numbers. */
function positions(series: Series, axis: Axis): (number | null)[] {
  return series.y.map((v) => (typeof v === "string" ? (axis.categories?.indexOf(v) ?? 0) + (series.dodge ?? 0) : v));
}

/** Bars stand on 0; on a category axis they lie. */
function barsOf(series: Series, figure: Figure, theme: ChartTheme): Trace {
  const lying = figure.y.categories !== undefined;
  return {
    type: "bar",
    name: plain(series.name),
    orientation: lying ? "h" : "v",
    x: series.x,
    y: positions(series, figure.y),
    width: lying ? 0.6 : 0.92,
    customdata: series.keys,
    hovertext: series.hover.map((line) => plain(line).replace(/\n/g, "<br>")),
    hoverinfo: "text",
    textposition: "none",
    marker: { color: series.kind === "faint-bars" ? theme.faint : colourOf(theme, series.style), line: { width: 0 } },
    // What a brush leaves out stays as it is: the figure says itself what is chosen.
    selected: { marker: { opacity: 1 } },
    unselected: { marker: { opacity: 1 } },
    showlegend: false,
  };
}

function cellsOf(cells: Cells, figure: Figure, theme: ChartTheme): Trace {
  const hover = (row: number, column: number, value: number) =>
    plain(`${figure.y.categories?.[row]}: ${cells.label.toLowerCase()} ${percent(value)}\n${cells.columns[column].hover}`).replace(
      /\n/g,
      "<br>",
    );
  return {
    type: "heatmap",
    x0: 1,
    dx: 1,
    y: cells.values.map((_, row) => row),
    z: cells.values,
    zmin: 0,
    zmax: 1,
    colorscale: theme.scale.map((colour, i) => [i / (theme.scale.length - 1), colour]),
    ygap: 1,
    customdata: cells.keys,
    hovertext: cells.values.map((values, row) => values.map((value, column) => (value === null ? "" : hover(row, column, value)))),
    hoverinfo: "text",
    hoverongaps: false,
    colorbar: {
      title: { text: plain(`${cells.label} (%)`), side: "right", font: { size: 11, color: theme.dim } },
      tickformat: ",.0%",
      tickvals: [0, 0.25, 0.5, 0.75, 1],
      tickfont: { size: 11, color: theme.dim },
      thickness: 10,
      len: 1,
      lenmode: "fraction",
      ypad: 0,
      xpad: 10,
      outlinewidth: 0,
    },
  };
}

function traceOf(series: Series, figure: Figure, ranges: Ranges, theme: ChartTheme): Trace {
  if (series.kind === "bars" || series.kind === "faint-bars") return barsOf(series, figure, theme);
  const colour = colourOf(theme, series.style);
  const dash = dashes[(series.style?.dash ?? 0) % dashes.length];
  const symbol = symbols[(series.style?.dash ?? 0) % symbols.length];
  const marks = series.kind === "marks" || series.kind === "marks-line" || series.kind === "hollow-marks" || series.kind === "dots";
  const y = positions(series, figure.y);
  const along = series.intervalOnX === true ? series.x : y;
  const interval =
    series.low === undefined || series.high === undefined
      ? undefined
      : {
          type: "data",
          symmetric: false,
          array: series.high.map((high, i) => (high === null ? 0 : high - (along[i] ?? high))),
          arrayminus: series.low.map((low, i) => (low === null ? 0 : (along[i] ?? low) - low)),
          color: colour,
          thickness: 1.2,
          width: 3,
        };
  return {
    type: "scatter",
    name: plain(series.name),
    mode: series.kind === "marks-line" ? "lines+markers" : marks ? "markers" : "lines",
    x: beside(series, figure, ranges.x),
    y,
    customdata: series.keys,
    hovertext: series.hover.map((line) => plain(line).replace(/\n/g, "<br>")),
    hoverinfo: "text",
    line: { color: colour, width: series.kind === "thin-line" ? 1 : 1.8, dash: series.style === undefined ? "solid" : dash },
    opacity: series.kind === "thin-line" ? 0.65 : series.kind === "dots" ? 0.75 : 1,
    marker: {
      color: series.kind === "hollow-marks" ? theme.background : colour,
      size: series.sizes?.map((size) => 5 + 19 * Math.sqrt(size)) ?? (series.kind === "dots" ? 5 : symbol.startsWith("triangle") ? 11 : 8),
      symbol: series.kind === "dots" ? "circle" : symbol,
      line: { width: series.kind === "dots" ? 0 : 1.4, color: series.kind === "hollow-marks" ? colour : theme.background },
    },
    error_y: series.intervalOnX === true ? undefined : interval,
    error_x: series.intervalOnX === true ? interval : undefined,
    connectgaps: true,
    showlegend: false,
    cliponaxis: false,
  };
}

/** Right margin that holds the longest end label (IBM Plex Sans at 11 px is near 6 px a character). */
function endLabelWidth(figure: Figure, { width }: Size): number {
  const longest = Math.max(0, ...figure.series.map((s) => s.endLabel?.length ?? 0));
  return longest === 0 ? 14 : Math.min(Math.max(150, 0.35 * width), longest * 6.2 + 14);
}

/** Where a marked range lies along x, for shapes and labels. */
function alongX({ over }: MarkedRange, ranges: Ranges): { xref: "x" | "paper"; x0: number; x1: number } {
  if (over === undefined || ranges.x === null) return { xref: "paper", x0: 0, x1: 1 };
  return { xref: "x", x0: over[0] ?? ranges.x[0], x1: over[1] ?? ranges.x[1] };
}

function markedShapes(figure: Figure, ranges: Ranges, theme: ChartTheme): Record<string, unknown>[] {
  return (figure.marked ?? []).flatMap((marked) => {
    const colour = colourOf(theme, marked.style);
    const place = { ...alongX(marked, ranges), layer: "below" };
    const end = (y: number) => ({ type: "line", ...place, y0: y, y1: y, line: { color: colour, width: 1, dash: "2px,3px" } });
    const inside = { type: "rect", ...place, y0: marked.low, y1: marked.high, fillcolor: `${colour}17`, line: { width: 0 } };
    return [inside, end(marked.low), end(marked.high)];
  });
}

/** Labels of marked ranges stand inside, at the upper end, as far apart as they must be. */
function markedLabels(figure: Figure, ranges: Ranges, theme: ChartTheme, toPixel: (y: number) => number, height: number) {
  const labelled = (figure.marked ?? []).filter(({ label }) => label !== undefined);
  const wanted = labelled.map(({ high }) => toPixel(high) + 7);
  const placed = spread(wanted, 12, [6, height - 6]);
  return labelled.map((marked, i) => {
    const { xref, x0 } = alongX(marked, ranges);
    return {
      text: plain(marked.label ?? ""),
      showarrow: false,
      font: { size: 10, color: textColourOf(theme, marked.style) },
      bgcolor: `${theme.background}b0`,
      borderpad: 0,
      x: x0,
      xref,
      xanchor: "left",
      xshift: 3,
      y: 1 - placed[i] / height,
      yref: "paper",
      yanchor: "middle",
    };
  });
}

/** A map's rows in the colours of their starts. */
function rowTicks(cells: Cells, { categories = [] }: Axis, theme: ChartTheme): Record<string, unknown> {
  const texts = categories.map((name, row) => `<span style="color:${textColourOf(theme, cells.styles[row])}">${plain(name)}</span>`);
  return { ticktext: texts, ticklabelstandoff: 6 };
}

/** Lines of at most so many characters, broken at spaces. */
function wrap(text: string, most: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1];
    if (line !== "" && line.length + 1 + word.length > most) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}

export function draw(figure: Figure, ranges: Ranges, size: Size, theme: ChartTheme, withTitle = false): { data: Trace[]; layout: Layout } {
  const longestCategory = Math.max(0, ...(figure.y.categories ?? []).map((c) => c.length));
  // In an image the subtitle is 11 px high, near 6 px a character.
  const said = figure.subtitle === undefined ? [] : wrap(figure.subtitle, (size.width - 20) / 6);
  const margin = {
    l: figure.y.categories === undefined ? 54 : Math.min(Math.max(190, 0.4 * size.width), longestCategory * 6.6 + 22),
    r: figure.cells === undefined ? endLabelWidth(figure, size) : 86,
    t: withTitle ? 42 + 17 * said.length : 10,
    b: 40,
  };
  const plotHeight = size.height - margin.t - margin.b;
  const toPixel = (value: number) => (ranges.y === null ? 0 : plotHeight * (1 - (value - ranges.y[0]) / (ranges.y[1] - ranges.y[0] || 1)));

  const ended = figure.series.flatMap((series) => {
    if (series.endLabel === undefined) return [];
    const values = positions(series, figure.y);
    for (let i = values.length - 1; i >= 0; i--) {
      const value = values[i];
      if (value !== null && series.x[i] !== null) return [{ series, at: toPixel(value), label: series.endLabel, x: series.x[i] as number }];
    }
    return [];
  });
  const placed = spread(
    ended.map((e) => e.at),
    14,
    [4, plotHeight - 4],
  );
  const annotations: Record<string, unknown>[] = ended.map((end, i) => ({
    x: 1,
    xref: "paper",
    xanchor: "left",
    xshift: 6,
    y: 1 - placed[i] / plotHeight,
    yref: "paper",
    yanchor: "middle",
    text: plain(end.label),
    showarrow: false,
    font: { size: 11, color: textColourOf(theme, end.series.style) },
  }));
  for (const line of figure.references ?? [])
    annotations.push({
      text: plain(line.label),
      showarrow: false,
      font: { size: 10, color: theme.dim },
      bgcolor: `${theme.background}d8`,
      borderpad: 0,
      ...(line.axis === "y"
        ? { x: line.labelAt === "left" ? 0 : 1, xref: "paper", xanchor: line.labelAt ?? "right", y: line.value, yanchor: "bottom" }
        : {
            y: 1,
            yref: "paper",
            yanchor: "top",
            yshift: -14 * (line.labelRow ?? 0),
            x: line.value,
            ...(line.labelAt === "left" ? { xanchor: "right", xshift: -4 } : { xanchor: "left", xshift: 4 }),
          }),
    });
  annotations.push(...markedLabels(figure, ranges, theme, toPixel, plotHeight));
  return {
    data: [
      ...figure.series.map((series) => traceOf(series, figure, ranges, theme)),
      ...(figure.cells === undefined ? [] : [cellsOf(figure.cells, figure, theme)]),
    ],
    layout: {
      ...size,
      margin,
      title: withTitle
        ? {
            text: [`<b>${plain(figure.title)}</b>`, ...said.map((line) => `<span style="font-size:11px">${plain(line)}</span>`)].join(
              "<br>",
            ),
            x: 0.01,
            xanchor: "left",
            font: { size: 13, color: theme.text },
          }
        : undefined,
      font: { family: theme.fontFamily, size: 11, color: theme.text },
      paper_bgcolor: withTitle ? theme.background : "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      xaxis: { ...axisLayout(figure.x, ranges.x, theme, false), ...(figure.cells && { range: ranges.x, showgrid: false }) },
      yaxis: { ...axisLayout(figure.y, ranges.y, theme, true), ...(figure.cells && rowTicks(figure.cells, figure.y, theme)) },
      annotations,
      barmode: "overlay",
      shapes: [
        ...markedShapes(figure, ranges, theme),
        ...(figure.references ?? []).map((line) => ({
          type: "line",
          layer: "above",
          line: { color: theme.reference, width: 1, dash: "4px,4px" },
          ...(line.axis === "y"
            ? { xref: "paper", x0: 0, x1: 1, y0: line.value, y1: line.value }
            : { yref: "paper", y0: 0, y1: 1, x0: line.value, x1: line.value }),
        })),
        ...(figure.brushed === undefined
          ? []
          : [{ type: "rect", layer: "below", yref: "paper", y0: 0, y1: 1, x0: figure.brushed[0], x1: figure.brushed[1], ...theme.brush }]),
      ],
      hovermode: "closest",
      hoverdistance: 24,
      hoverlabel: {
        bgcolor: theme.background,
        bordercolor: theme.axis,
        font: { family: theme.fontFamily, size: 12, color: theme.text },
        align: "left",
      },
      dragmode: "zoom",
      uirevision: figure.id,
      showlegend: false,
    },
  };
}
