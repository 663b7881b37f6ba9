// The head of a table whose first column names the row and whose others are numbers.
export function HeadRow({ labels }: { labels: readonly string[] }) {
  return (
    <thead>
      <tr>
        {labels.map((label, i) => (
          <th key={label} scope="col" className={i > 0 ? "num" : undefined}>
            {label}
          </th>
        ))}
      </tr>
    </thead>
  );
}
