// Values of a recipe by path: read, changed and rearranged without touching what is shared; and what a new part begins with. Pure.
import type { JsonSchema } from "./recipe-schema.ts";

export type Path = (string | number)[];

export const keyOf = (path: Path): string => path.map(String).join(".");

export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}

/** A copy with one value changed; what is not on the way to it is shared. `undefined` takes the entry out. */
export function withValue<T>(value: T, path: Path, next: unknown): T {
  if (path.length === 0) return next as T;
  const [key, ...rest] = path;
  if (Array.isArray(value)) return value.map((item, i) => (i === key ? withValue(item, rest, next) : item)) as T;
  // An optional group begins with its first field.
  const record = (value ?? {}) as Record<string | number, unknown>;
  const inner = withValue(record[key], rest, next);
  if (inner !== undefined) return { ...record, [key]: inner } as T;
  const { [key]: _gone, ...others } = record;
  return others as T;
}

/** One item moved by so many places. */
export function moved<Item>(items: readonly Item[], from: number, by: number): Item[] {
  const to = Math.max(0, Math.min(items.length - 1, from + by));
  const next = items.filter((_, i) => i !== from);
  next.splice(to, 0, items[from]);
  return next;
}

export function removed<Item>(items: readonly Item[], at: number): Item[] {
  return items.filter((_, i) => i !== at);
}

/** A copy of an item right after it; where items have names, with one that none has yet. */
export function duplicated<Item>(items: readonly Item[], at: number): Item[] {
  const names = items.map((item) => valueAt(item, ["name"]));
  const name = names[at];
  const copy = typeof name === "string" ? withValue(items[at], ["name"], freeName(name, names)) : items[at];
  return [...items.slice(0, at + 1), copy, ...items.slice(at + 1)];
}

/** Numbers at a name's end are the name's own, such as a budget: they are not counted up. */
function freeName(name: string, taken: unknown[]): string {
  const stem = `${name.replace(/ copy( \d+)?$/, "")} copy`;
  if (!taken.includes(stem)) return stem;
  for (let n = 2; ; n++) if (!taken.includes(`${stem} ${n}`)) return `${stem} ${n}`;
}

/**
 * What a schema's part begins with: its defaults throughout. What has none and must be given is left empty, so that the form asks
 * for it; of several shapes it is the first.
 */
export function freshOf(schema: JsonSchema): unknown {
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives !== undefined)
    return schema.default === null ? null : overlaid(freshOf(alternatives.find((s) => s.type !== "null") ?? {}), schema.default);
  if (schema.const !== undefined) return schema.const;
  if (schema.properties !== undefined) {
    const required = new Set(schema.required);
    const entries = Object.entries(schema.properties)
      .filter(([key, inner]) => required.has(key) || inner.default !== undefined)
      .map(([key, inner]) => [key, freshOf(inner)]);
    return overlaid(Object.fromEntries(entries.filter(([, value]) => value !== undefined)), schema.default);
  }
  if (schema.default !== undefined) return schema.default;
  if (schema.type === "array")
    return schema.items?.properties === undefined && schema.items?.anyOf === undefined
      ? []
      : Array.from({ length: schema.minItems ?? 0 }, () => freshOf(schema.items ?? {}));
  if (schema.enum !== undefined) return schema.enum[0];
  return schema.type === "string" ? "" : undefined;
}

function overlaid(below: unknown, above: unknown): unknown {
  const plain = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  return plain(below) && plain(above) ? { ...(below as object), ...(above as object) } : below;
}
