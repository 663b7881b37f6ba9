// The search of a view: `/` puts the cursor into it, and what is typed is in the link.
import { TextInput } from "@mantine/core";
import { useQueryEntry } from "../client/location.ts";

export function SearchBox({ label, width = 230 }: { label: string; width?: number }) {
  const [search, setSearch] = useQueryEntry("q");
  return (
    <TextInput
      data-search
      aria-label={label}
      placeholder={`${label}  ( / )`}
      value={search ?? ""}
      onChange={(event) => setSearch(event.currentTarget.value || null, { replace: true })}
      w={width}
    />
  );
}
