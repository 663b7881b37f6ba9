// Status of a study or stage: a mark and its word.
import {
  IconCircle,
  IconCircleCheckFilled,
  IconCircleOff,
  IconCircleXFilled,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
} from "@tabler/icons-react";
import type { Status } from "../../main/contract/run.ts";

const icons = {
  queued: IconCircle,
  running: IconPlayerPlayFilled,
  paused: IconPlayerPauseFilled,
  cancelled: IconCircleOff,
  failed: IconCircleXFilled,
  done: IconCircleCheckFilled,
} as const;

export function StatusMark({ status, word = true }: { status: Status; word?: boolean }) {
  const Icon = icons[status];
  return (
    <span className="status" data-status={status}>
      <Icon size={12} aria-hidden={word ? "true" : undefined} aria-label={word ? undefined : status} />
      {word && status}
    </span>
  );
}

export function ProgressBar({ share, status, label }: { share: number; status: Status; label: string }) {
  const percent = Math.round(Math.max(0, Math.min(1, share)) * 100);
  return (
    <span
      className="bar"
      data-status={status}
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <span style={{ width: `${percent}%` }} />
    </span>
  );
}
