// The drawing library, a megabyte, loaded when the first plot is drawn. The only import of it.
import type { Plotly } from "plotly.js-cartesian-dist-min";

let loading: Promise<Plotly> | undefined;

export function loadPlotly(): Promise<Plotly> {
  loading ??= import("plotly.js-cartesian-dist-min").then((loaded) => loaded.default);
  return loading;
}
