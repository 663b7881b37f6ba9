// The columns of rollouts, the same wherever they are listed.
import type { RolloutRow } from "../../main/contract/api.ts";
import { fixed, oneLine, signed } from "./format.ts";
import { Term } from "./term.tsx";
import { VerdictMark } from "./verdict-mark.tsx";
import type { Column } from "./virtual-grid.tsx";

export const rolloutColumns: Column<RolloutRow>[] = [
  {
    key: "verdict",
    label: <span className="sr-only">Verdict</span>,
    width: "16px",
    render: (row) => <VerdictMark verdict={row.verdict} reason={row.reason} />,
  },
  { key: "step", label: "Step", width: "40px", numeric: true, render: (row) => row.step },
  { key: "prompt", label: "Prompt", width: "minmax(110px, 2fr)", mono: true, render: (row) => oneLine(row.prompt) },
  { key: "text", label: "Response", width: "minmax(160px, 4fr)", mono: true, render: (row) => oneLine(row.text) },
  { key: "answer", label: "Answer", width: "76px", mono: true, render: (row) => oneLine(row.answer) },
  { key: "source", label: "Source", width: "72px", render: (row) => <span className="dim">{row.source}</span> },
  {
    key: "advantage",
    label: <Term name="advantage">Advantage</Term>,
    width: "66px",
    numeric: true,
    render: (row) => (row.inLoss ? signed(row.advantage, 2) : "filtered"),
  },
  { key: "tokens", label: "Tokens", width: "46px", numeric: true, render: (row) => row.tokens },
  { key: "entropy", label: "Entropy", width: "50px", numeric: true, render: (row) => fixed(row.meanEntropy, 2) },
];
