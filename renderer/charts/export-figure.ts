// Taking a figure elsewhere: image to the clipboard, PNG, SVG, and its data as CSV.
import { readChartTheme } from "./chart-theme.ts";
import { draw, type Ranges } from "./draw.ts";
import { type Figure, figureToCsv } from "./figure.ts";
import { loadPlotly } from "./load-plotly.ts";

const size = { width: 960, height: 520 };

function save(name: string, url: string): void {
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.click();
}

async function image(figure: Figure, ranges: Ranges, format: "png" | "svg"): Promise<string> {
  const { data, layout } = draw(figure, ranges, size, readChartTheme(), true);
  const plotly = await loadPlotly();
  return plotly.toImage({ data, layout, config: { staticPlot: true } }, { format, ...size, scale: format === "png" ? 2 : 1 });
}

export async function saveImage(figure: Figure, ranges: Ranges, format: "png" | "svg"): Promise<void> {
  save(`headstart-${figure.id}.${format}`, await image(figure, ranges, format));
}

function bytesOfDataUrl(url: string): Uint8Array<ArrayBuffer> {
  const text = atob(url.slice(url.indexOf(",") + 1));
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

export async function copyImage(figure: Figure, ranges: Ranges): Promise<void> {
  const png = bytesOfDataUrl(await image(figure, ranges, "png"));
  await navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob([png], { type: "image/png" }) })]);
}

export function saveCsv(figure: Figure): void {
  const url = URL.createObjectURL(new Blob([figureToCsv(figure)], { type: "text/csv" }));
  save(`headstart-${figure.id}.csv`, url);
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
