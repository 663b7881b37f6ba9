// The first rows of a file as the mapping reads them, and those that it cannot read.
import type { DetectedDataset } from "../../../main/contract/imported-dataset.ts";
import { count, oneLine } from "../../components/format.ts";

const cut = (text: string, length = 400) => (text.length > length ? `${text.slice(0, length)}…` : text);

export function FirstRows({ detected }: { detected: DetectedDataset }) {
  const { first, bad } = detected;
  const any = (has: (row: (typeof first)[number]) => boolean) => first.some(has);
  const columns: { label: string; mono?: boolean; of: (row: (typeof first)[number]) => string }[] = [
    { label: "Line", of: (row) => count(row.line) },
    { label: "Id", of: (row) => row.id },
    { label: "Prompt", mono: true, of: (row) => cut(oneLine(row.prompt)) },
    ...(any((row) => row.responses.length > 0)
      ? [
          {
            label: "Response",
            mono: true,
            of: (row: (typeof first)[number]) =>
              row.responses.length === 0
                ? ""
                : `${cut(oneLine(row.responses[0]), 200)}${row.responses.length > 1 ? ` (and ${row.responses.length - 1} more)` : ""}`,
          },
        ]
      : []),
    ...(any((row) => row.answer !== null)
      ? [{ label: "Answer", mono: true, of: (row: (typeof first)[number]) => oneLine(row.answer ?? "") }]
      : []),
    ...(any((row) => row.tests !== null) ? [{ label: "Tests", of: (row: (typeof first)[number]) => row.tests ?? "" }] : []),
    ...(any((row) => row.source !== null) ? [{ label: "Source", of: (row: (typeof first)[number]) => row.source ?? "" }] : []),
    ...(any((row) => row.category !== null) ? [{ label: "Category", of: (row: (typeof first)[number]) => row.category ?? "" }] : []),
    ...(any((row) => row.difficulty !== null)
      ? [{ label: "Difficulty", of: (row: (typeof first)[number]) => String(row.difficulty ?? "") }]
      : []),
    ...(any((row) => row.date !== null) ? [{ label: "Date", of: (row: (typeof first)[number]) => row.date ?? "" }] : []),
  ];
  return (
    <>
      {first.length === 0 ? (
        <p className="dim">No row can be read by this mapping.</p>
      ) : (
        <div className="table-wrap">
          <table className="table wide first-rows" aria-label="First rows">
            <thead>
              <tr>
                {columns.map(({ label }) => (
                  <th key={label} scope="col">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {first.map((row) => (
                <tr key={row.row}>
                  {columns.map(({ label, mono, of }) => (
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
