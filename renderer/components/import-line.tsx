// Something that is being imported: what it does, how far it is, and how to end it. Other views may be looked at meanwhile.
import { Button } from "@mantine/core";
import { Link } from "wouter";
import { bytes, duration, percent } from "./format.ts";
import { ProgressBar } from "./status-mark.tsx";

interface ImportLineProps {
  name: string;
  /** Where it is seen whole. */
  href: string;
  /** What it does now; null before it has said. */
  activity: string | null;
  progress: { bytes: number; totalBytes: number } | null;
  /** What else is known, after the bytes. */
  detail?: string;
  seconds: number;
  cancel: () => void;
}

export function ImportLine({ name, href, activity, progress, detail = "", seconds, cancel }: ImportLineProps) {
  const share = progress === null || progress.totalBytes === 0 ? 0 : progress.bytes / progress.totalBytes;
  return (
    <section className="running tabular" aria-label={`Import of ${name}`} data-testid="importing">
      <Link href={href}>{name}</Link>
      <span className="activity dim">
        {activity === null || progress === null
          ? "opens and checks it"
          : `${activity}: ${bytes(progress.bytes)} of ${bytes(progress.totalBytes)}${detail}`}
      </span>
      <ProgressBar share={share} status="running" label={`Progress of importing ${name}`} />
      <span>
        {percent(share, 0)}
        <span className="dim">, {duration(seconds)} so far</span>
      </span>
      <Button variant="default" size="compact-sm" onClick={cancel}>
        Cancel
      </Button>
    </section>
  );
}
