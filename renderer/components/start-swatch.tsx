// A start's name with its line as in the plots: hue is the start, dash its strength rank.
import { dashes, startCount } from "../charts/chart-theme.ts";
import type { StartStyle } from "../charts/figure.ts";

export function Swatch({ style }: { style: StartStyle | undefined }) {
  if (style === undefined) return null;
  const dash = dashes[style.dash % dashes.length];
  return (
    <svg className="swatch" width="18" height="10" aria-hidden="true">
      <line
        x1="0"
        x2="18"
        y1="5"
        y2="5"
        stroke={`var(--start-${style.hue % startCount})`}
        strokeWidth="3"
        strokeDasharray={dash === "solid" ? undefined : dash.replace(/px/g, "").replaceAll(",", " ")}
      />
    </svg>
  );
}

export function StartName({ name, style }: { name: string; style: StartStyle | undefined }) {
  return (
    <span className="nowrap">
      <Swatch style={style} />
      {name}
    </span>
  );
}
