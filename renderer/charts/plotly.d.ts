// The part of plotly.js that plot.tsx uses; the bundle carries no types of its own.
declare module "plotly.js-cartesian-dist-min" {
  export type Datum = string | number | null;

  export interface Trace {
    type: "scatter" | "bar" | "heatmap";
    [attribute: string]: unknown;
  }

  export interface Layout {
    width: number;
    height: number;
    [attribute: string]: unknown;
  }

  export interface ClickedPoint {
    curveNumber: number;
    pointIndex: number;
    customdata?: unknown;
  }

  export interface PlotElement extends HTMLElement {
    on(event: "plotly_click", listener: (event: { points: ClickedPoint[] }) => void): void;
    on(event: "plotly_selected", listener: (event?: { range?: { x: [number, number] } }) => void): void;
    on(event: "plotly_deselect", listener: () => void): void;
    removeAllListeners(event: string): void;
  }

  export interface ImageOptions {
    format: "png" | "svg";
    width: number;
    height: number;
    scale?: number;
  }

  export interface Plotly {
    react(element: HTMLElement, data: Trace[], layout: Layout, config: Record<string, unknown>): Promise<PlotElement>;
    purge(element: HTMLElement): void;
    toImage(figure: { data: Trace[]; layout: Layout; config?: Record<string, unknown> }, options: ImageOptions): Promise<string>;
  }

  const plotly: Plotly;
  export default plotly;
}
