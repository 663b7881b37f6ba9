// The filters that hold, each with a way to drop it; they stand in the toolbar, so that nothing moves when one comes or goes.
import { Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { RowFilter } from "../../../main/contract/imported-dataset.ts";
import { setQuery } from "../../client/location.ts";
import { filterEntries, type Range } from "../../client/row-filter.ts";
import { compact } from "../../components/format.ts";

const ends = ({ min, max }: Range) =>
  min === null
    ? `up to ${compact(max ?? 0)}`
    : max === null
      ? `from ${compact(min)}`
      : min === max
        ? compact(min)
        : `${compact(min)} to ${compact(max)}`;
const names = (labels: (string | null)[]) => labels.map((label) => label ?? "none").join(", ");

/** In words, by entry of the link. */
function inWords(filter: RowFilter): [(typeof filterEntries)[number], string][] {
  const { promptLength, responseLength, difficulty, dates, sources, categories, tests } = filter;
  const words: Record<(typeof filterEntries)[number], string | null> = {
    promptLength: promptLength && `prompt ${ends(promptLength)} characters`,
    responseLength: responseLength && `response ${ends(responseLength)} characters`,
    difficulty: difficulty && `difficulty ${ends(difficulty)}`,
    sources: sources.length > 0 ? `source ${names(sources)}` : null,
    categories: categories.length > 0 ? `category ${names(categories)}` : null,
    dates: dates && `${dates.from} to ${dates.to}`,
    tests: tests === null ? null : tests ? "with tests" : "without tests",
  };
  return filterEntries.flatMap((key): [typeof key, string][] => {
    const text = words[key];
    return text === null ? [] : [[key, text]];
  });
}

export function FilterChips({ filter }: { filter: RowFilter }) {
  const chips = inWords(filter);
  return (
    <>
      {chips.map(([key, text]) => (
        <Button
          key={key}
          variant="default"
          size="compact-sm"
          className="filter-chip"
          title={text}
          aria-label={`Drop the filter: ${text}`}
          rightSection={<IconX size={12} />}
          onClick={() => setQuery({ [key]: null })}
        >
          {text}
        </Button>
      ))}
      {chips.length > 1 && (
        <Button variant="subtle" size="compact-sm" onClick={() => setQuery(Object.fromEntries(filterEntries.map((key) => [key, null])))}>
          Drop all
        </Button>
      )}
    </>
  );
}
