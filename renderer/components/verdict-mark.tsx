// Five verdicts, five marks: a shape and a letter each, the same everywhere. Colour only repeats what shape and letter say.
import type { Verdict } from "../../main/contract/rollout.ts";

const shapes: Record<Verdict, { letter: string; path: string }> = {
  right: { letter: "R", path: "M8 0.5a7.5 7.5 0 1 1 0 15a7.5 7.5 0 1 1 0-15z" },
  wrong: { letter: "W", path: "M1 1h14v14H1z" },
  truncated: { letter: "T", path: "M1 1h14l-4 3.5 4 3.5-4 3.5 4 3.5H1z" },
  unparseable: { letter: "U", path: "M8 -0.5L16.5 8 8 16.5 -0.5 8z" },
  error: { letter: "E", path: "M4.5 0.5h7l4 7.5-4 7.5h-7l-4-7.5z" },
};

export const verdicts = Object.keys(shapes) as Verdict[];

export function VerdictMark({ verdict, label = false, reason }: { verdict: Verdict; label?: boolean; reason?: string }) {
  const { letter, path } = shapes[verdict];
  const title = reason === undefined ? verdict : `${verdict}: ${reason}`;
  return (
    <span className="verdict" title={title} data-verdict={verdict}>
      <svg width="16" height="16" viewBox="-0.5 -0.5 17 17" aria-hidden="true">
        <path d={path} fill={`var(--${verdict})`} />
        <text
          x={verdict === "truncated" ? 6.4 : 8}
          y="11.4"
          textAnchor="middle"
          fontSize="9.5"
          fontWeight="700"
          fill="var(--on-verdict)"
          fontFamily="var(--font)"
        >
          {letter}
        </text>
      </svg>
      <span className={label ? undefined : "sr-only"}>{verdict}</span>
    </span>
  );
}
