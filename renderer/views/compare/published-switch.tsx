// Whether the papers' numbers stand beside the study's own: off unless the link says so.
import { Switch } from "@mantine/core";
import type { PaperValue } from "../../../main/contract/paper.ts";
import { useQueryEntry } from "../../client/location.ts";
import { usePublished } from "../../client/result-queries.ts";

/** Of the table's heading, far down the view. */
export const publishedTitle = "published-title";

const none: readonly PaperValue[] = [];

/** None while the switch is off. */
export function usePublishedNumbers(): readonly PaperValue[] {
  const [entry] = useQueryEntry("published");
  const on = entry === "on";
  const published = usePublished(on);
  return on && published.data ? published.data : none;
}

export function PublishedSwitch() {
  const [entry, set] = useQueryEntry("published");
  const published = usePublished(entry === "on");
  if (published.error !== null)
    return <span className="status-failed">The published numbers could not be read: {published.error.message}</span>;
  return (
    <>
      {entry === "on" && (
        // Before the switch, which must not move under the pointer.
        <button type="button" className="linklike" onClick={() => document.getElementById(publishedTitle)?.scrollIntoView()}>
          Their table
        </button>
      )}
      <Switch
        label="Published numbers"
        title="The papers' numbers as grey lines and in a table, each with its source"
        checked={entry === "on"}
        onChange={(event) => set(event.currentTarget.checked ? "on" : null)}
      />
    </>
  );
}
