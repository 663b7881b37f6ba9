// The colours of plots, read from the same CSS tokens as everything else, so that light and dark have one source.
import type { StartStyle } from "./figure.ts";

export interface ChartTheme {
  background: string;
  text: string;
  dim: string;
  grid: string;
  axis: string;
  reference: string;
  /** Bars of a whole, behind those of a part. */
  faint: string;
  brush: { fillcolor: string; line: { color: string; width: number } };
  /** From nothing to all: shades that stay in order for every eye, away from the ground. */
  scale: string[];
  starts: string[];
  startTexts: string[];
  fontFamily: string;
}

/** Okabe–Ito in this order; tokens.css holds the values of both themes. */
export const startCount = 7;
const scaleStops = 5;

export function readChartTheme(): ChartTheme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    background: token("--bg"),
    text: token("--text"),
    dim: token("--text-dim"),
    grid: token("--line-faint"),
    axis: token("--line-strong"),
    reference: token("--reference"),
    faint: token("--line"),
    brush: { fillcolor: token("--bg-selected"), line: { color: token("--line-strong"), width: 1 } },
    scale: Array.from({ length: scaleStops }, (_, i) => token(`--scale-${i}`)),
    starts: Array.from({ length: startCount }, (_, i) => token(`--start-${i}`)),
    startTexts: Array.from({ length: startCount }, (_, i) => token(`--start-${i}-text`)),
    fontFamily: '"IBM Plex Sans", sans-serif',
  };
}

/** Dash by steps below the strongest start: the strongest is solid. */
export const dashes = ["solid", "7px,3px", "2px,2px", "9px,3px,2px,3px", "12px,4px", "4px,2px", "1px,3px"] as const;
export const symbols = ["circle", "diamond", "square", "triangle-up", "triangle-down", "cross", "x"] as const;

export function colourOf(theme: ChartTheme, style: StartStyle | undefined): string {
  return style === undefined ? theme.dim : theme.starts[style.hue % theme.starts.length];
}

export function textColourOf(theme: ChartTheme, style: StartStyle | undefined): string {
  return style === undefined ? theme.dim : theme.startTexts[style.hue % theme.startTexts.length];
}
