// The first rows of a file as the mapping reads them, and those that it cannot read.
import type { DetectedDataset } from "../../../main/contract/imported-dataset.ts";
import { count, oneLine } from "../../components/format.ts";

const cut = (text: string, length = 400) => (text.length > length ? `${text.slice(0, length)}…` : text);

type Row = DetectedDataset["first"][number];

interface Column {
  label: string;
  mono?: boolean;
  of: (row: Row) => string;
  /** Absent: shown in any case. */
  in?: (row: Row) => boolean;
}

const columns: Column[] = [
  { label: "Line", of: (row) => count(row.line) },
  { label: "Id", of: (row) => row.id },
  { label: "Prompt", mono: true, of: (row) => cut(oneLine(row.prompt)) },
  {
    label: "Response",
    mono: true,
    in: (row) => row.responses.length > 0,
    of: ({ responses }) =>
      responses.length === 0
        ? ""
        : `${cut(oneLine(responses[0]), 200)}${responses.length > 1 ? ` (and ${responses.length - 1} more)` : ""}`,
  },
  { label: "Answer", mono: true, in: (row) => row.answer !== null, of: (row) => oneLine(row.answer ?? "") },
  { label: "Tests", in: (row) => row.tests !== null, of: (row) => row.tests ?? "" },
  { label: "Source", in: (row) => row.source !== null, of: (row) => row.source ?? "" },
  { label: "Category", in: (row) => row.category !== null, of: (row) => row.category ?? "" },
  { label: "Difficulty", in: (row) => row.difficulty !== null, of: (row) => String(row.difficulty ?? "") },
  { label: "Date", in: (row) => row.date !== null, of: (row) => row.date ?? "" },
];

export function FirstRows({ detected }: { detected: DetectedDataset }) {
  const { first, bad } = detected;
  const shown = columns.filter((column) => column.in === undefined || first.some(column.in));
  return (
    <>
      {first.length === 0 ? (
        <p className="dim">No row can be read by this mapping.</p>
      ) : (
        <div className="table-wrap">
          <table className="table wide first-rows" aria-label="First rows">
            <thead>
              <tr>
                {shown.map(({ label }) => (
                  <th key={label} scope="col">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {first.map((row) => (
                <tr key={row.row}>
                  {shown.map(({ label, mono, of }) => (
                    <td key={label} className={mono ? "mono" : undefined} title={cut(of(row), 2000)}>
                      {of(row)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {bad.length > 0 && (
        <table className="table" aria-label="Bad rows among the first">
          <tbody>
            {bad.map(({ line, reason }) => (
              <tr key={line}>
                <th scope="row">Line {count(line)}</th>
                <td>{reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
