// The WHERE clause of a page: conditions that apply, joined with AND, their values in order.

export interface Filter {
  sql: string;
  values: (string | number)[];
}

/** A condition applies when none of its values is undefined; it has one value for each of its question marks. */
export function filter(...conditions: [sql: string, ...values: (string | number | undefined)[]][]): Filter {
  const applied = conditions.filter(([, ...values]) => values.every((value) => value !== undefined));
  return {
    sql: applied.map(([sql]) => `(${sql})`).join(" AND "),
    values: applied.flatMap(([, ...values]) => values as (string | number)[]),
  };
}

/** Text anywhere in one of the columns, ASCII case ignored; % and _ are themselves. An empty search does not apply. */
export function contains(columns: string[], text: string | undefined): [sql: string, ...values: (string | undefined)[]] {
  const pattern = text ? `%${text.replace(/[\\%_]/g, "\\$&")}%` : undefined;
  return [columns.map((column) => `${column} LIKE ? ESCAPE '\\'`).join(" OR "), ...columns.map(() => pattern)];
}
