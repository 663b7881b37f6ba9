// A failure as a person needs it: what happened, where, what to do; details behind a disclosure; all of it copyable.
import { Button } from "@mantine/core";
import { useState } from "react";
import type { ErrorRecord } from "../../main/contract/errors.ts";
import { recordAsText, recordOfFailure } from "../client/error-record.ts";

export function ErrorRecordPanel({ record, onRetry }: { record: ErrorRecord; onRetry?: () => void }) {
  const [copied, setCopied] = useState(false);
  return (
    <div className="error" role="alert">
      <strong>{record.message}</strong>
      <span>{record.hint}</span>
      <details>
        <summary>Details</summary>
        <pre>{recordAsText(record)}</pre>
      </details>
      <div className="row">
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => void navigator.clipboard.writeText(recordAsText(record)).then(() => setCopied(true))}
        >
          {copied ? "Copied" : "Copy error"}
        </Button>
        {onRetry !== undefined && (
          <Button size="compact-xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </div>
    </div>
  );
}

export function ErrorPanel({ error, where, onRetry }: { error: unknown; where: string; onRetry?: () => void }) {
  return <ErrorRecordPanel record={recordOfFailure(error, where)} onRetry={onRetry} />;
}
