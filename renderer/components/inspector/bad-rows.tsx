// Lines of a file that could not be read as rows, each with its reason.
import { useState } from "react";
import { useBadRows } from "../../client/imported-dataset-queries.ts";
import { ErrorPanel } from "../error-panel.tsx";
import { count, plural } from "../format.ts";
import { VirtualGrid } from "../virtual-grid.tsx";

export function BadRows({ datasetId }: { datasetId: string }) {
  const [range, setRange] = useState({ first: 0, last: 60 });
  const pages = useBadRows(datasetId, range);
  if (pages.error !== null) return <ErrorPanel error={pages.error} where="datasets.imported.badRows" onRetry={pages.retry} />;
  return (
    <VirtualGrid
      label="Bad rows"
      resetKey={datasetId}
      total={pages.total ?? 0}
      row={pages.row}
      onRange={(first, last) => setRange({ first, last })}
      onOpen={() => {}}
      isOpen={() => false}
      follow={false}
      foot={pages.total === 0 ? "Every line was read." : plural(pages.total ?? 0, "bad row")}
      columns={[
        { key: "line", label: "Line", width: "72px", numeric: true, render: (bad) => count(bad.line) },
        { key: "reason", label: "Reason", width: "minmax(0, 1fr)", render: (bad) => <span title={bad.reason}>{bad.reason}</span> },
      ]}
    />
  );
}
