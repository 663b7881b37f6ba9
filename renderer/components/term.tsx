// A field term or a metric with its one-line explanation on hover and focus, from the glossary or the contract.
import { Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { type MetricName, metrics } from "../../main/contract/metrics.ts";
import { type GlossaryTerm, glossary } from "./glossary.ts";

export function Explained({ line, children }: { line: string; children: ReactNode }) {
  return (
    <Tooltip label={line} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the explanation must be reachable by keyboard */}
      <span className="term" tabIndex={0}>
        {children}
      </span>
    </Tooltip>
  );
}

export function Term({ name, children }: { name: GlossaryTerm; children?: ReactNode }) {
  return <Explained line={glossary[name]}>{children ?? name}</Explained>;
}

export function Metric({ name }: { name: MetricName }) {
  return <Explained line={metrics[name].description}>{metrics[name].label}</Explained>;
}
