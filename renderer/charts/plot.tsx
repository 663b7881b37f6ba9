// One plot: a title that says the finding or the question, the drawing, and a menu to take it elsewhere. Redraws at most
// four times a second, however fast data stream in; ranges grow with the data and start anew only with another figure.
import { ActionIcon, Menu, useComputedColorScheme } from "@mantine/core";
import { IconCopy, IconDots, IconFileTypeCsv, IconFileTypePng, IconFileTypeSvg } from "@tabler/icons-react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { percent } from "../components/format.ts";
import { readChartTheme } from "./chart-theme.ts";
import { draw, type Ranges, rangesOf } from "./draw.ts";
import { copyImage, saveCsv, saveImage } from "./export-figure.ts";
import type { Figure } from "./figure.ts";
import { loadPlotly } from "./load-plotly.ts";

const redrawMilliseconds = 250;

export interface PlotProps {
  figure: Figure;
  height: number;
  /** Opens what is behind a point. */
  onPoint?: (key: string) => void;
  /** Takes the range of x that is dragged over; null once it is dropped. Dragging then marks in place of zooming. */
  onBrush?: (range: [number, number] | null) => void;
  /** Shown in place of the drawing while there is nothing to draw. */
  empty?: string;
}

export function Plot({ figure, height, onPoint, onBrush, empty }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  const [width, setWidth] = useState(0);
  const ranges = useRef<{ id: string; ranges: Ranges }>({ id: "", ranges: { x: null, y: null } });
  const latest = useRef(figure);
  const acts = useRef({ onPoint, onBrush });
  const lastDraw = useRef(0);
  const purge = useRef<() => void>(undefined);
  const [note, setNote] = useState("");
  latest.current = figure;
  acts.current = { onPoint, onBrush };
  const brushes = onBrush !== undefined;
  const hasData = figure.series.some((s) => s.x.length > 0) || (figure.cells?.columns.length ?? 0) > 0;

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth)));
    observer.observe(element);
    setWidth(Math.floor(element.clientWidth));
    return () => {
      observer.disconnect();
      purge.current?.();
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes the colours that are read from CSS
  useEffect(() => {
    if (width < 40 || !hasData) return;
    let superseded = false;
    const redraw = async () => {
      const plotly = await loadPlotly();
      const element = box.current;
      if (element === null || superseded) return;
      lastDraw.current = performance.now();
      const current = latest.current;
      const rangeId = `${current.id} ${current.x.label}`;
      const before = ranges.current.id === rangeId ? ranges.current.ranges : { x: null, y: null };
      const grown = rangesOf(current, before);
      ranges.current = { id: rangeId, ranges: grown };
      const { data, layout } = draw(current, grown, { width, height }, readChartTheme());
      // The figure itself shows what is chosen, so plotly's own outline goes at each drawing.
      if (brushes) Object.assign(layout, { dragmode: "select", selectdirection: "h", selections: [], selectionrevision: lastDraw.current });
      const config = { displayModeBar: false, responsive: false, doubleClick: "reset", showTips: false };
      purge.current = () => plotly.purge(element);
      const drawn = await plotly.react(element, data, layout, config);
      for (const event of ["plotly_click", "plotly_selected", "plotly_deselect"]) drawn.removeAllListeners(event);
      drawn.on("plotly_click", (event) => {
        const key = event.points.find((p) => typeof p.customdata === "string")?.customdata;
        if (typeof key === "string") acts.current.onPoint?.(key);
      });
      if (!brushes) return;
      drawn.on("plotly_selected", (event) => event?.range !== undefined && acts.current.onBrush?.(event.range.x));
      drawn.on("plotly_deselect", () => acts.current.onBrush?.(null));
    };
    const wait = Math.max(0, lastDraw.current + redrawMilliseconds - performance.now());
    const timer = setTimeout(() => void redraw(), wait);
    return () => {
      superseded = true;
      clearTimeout(timer);
    };
  }, [figure, width, height, scheme, hasData, brushes]);

  const act = (what: string, action: () => Promise<void> | void) => () => {
    Promise.resolve(action()).then(
      () => setNote(what),
      (error: unknown) => setNote(`Not done: ${error instanceof Error ? error.message : String(error)}`),
    );
  };
  const shown = () => ranges.current.ranges;

  return (
    <figure className="plot" data-testid={`plot-${figure.id}`}>
      <figcaption>
        <div className="plot-title">
          <h3>{figure.title}</h3>
          {figure.subtitle !== undefined && <p>{figure.subtitle}</p>}
        </div>
        <span className="plot-note" role="status">
          {note}
        </span>
        <Menu position="bottom-end" width={190} onOpen={() => setNote("")}>
          <Menu.Target>
            <ActionIcon
              size="sm"
              variant="subtle"
              aria-label={`Copy or save: ${figure.title}`}
              style={{ visibility: hasData ? "visible" : "hidden" }}
            >
              <IconDots size={14} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconCopy size={14} />} onClick={act("Copied", () => copyImage(figure, shown()))}>
              Copy as image
            </Menu.Item>
            <Menu.Item leftSection={<IconFileTypePng size={14} />} onClick={act("PNG saved", () => saveImage(figure, shown(), "png"))}>
              Save PNG
            </Menu.Item>
            <Menu.Item leftSection={<IconFileTypeSvg size={14} />} onClick={act("SVG saved", () => saveImage(figure, shown(), "svg"))}>
              Save SVG
            </Menu.Item>
            <Menu.Item leftSection={<IconFileTypeCsv size={14} />} onClick={act("CSV saved", () => saveCsv(figure))}>
              Data as CSV
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </figcaption>
      <div className="plot-box" style={{ height }}>
        <div ref={box} role="img" aria-label={plotSummary(figure)} style={{ height }} />
        {!hasData && <p className="plot-empty">{empty ?? "Nothing yet."}</p>}
      </div>
    </figure>
  );
}

/** What a screen reader says of the plot: its title and each series' last point; of a map each row's mean. */
function plotSummary(figure: Figure): string {
  const ends = figure.series
    .filter((s) => s.hover.length > 0)
    .map((s) => s.hover[s.hover.length - 1].replace(/\nclick:.*/, "").replace(/\n/g, ", "));
  const rows = figure.cells?.values.map((values, row) => {
    const known = values.filter((value) => value !== null);
    return known.length === 0
      ? ""
      : `${figure.y.categories?.[row]}: ${percent(known.reduce((sum, value) => sum + value, 0) / known.length)} on average`;
  });
  return [figure.title, ...ends, ...(rows ?? []).filter((row) => row !== "").reverse()].join(". ");
}
