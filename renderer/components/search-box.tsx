// The search of a view: `/` puts the cursor into it, and what is typed is in the link, once typing pauses.
import { TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useQueryEntry } from "../client/location.ts";

const pauseMilliseconds = 120;

export function SearchBox({ label, width = 230 }: { label: string; width?: number }) {
  const [search, setSearch] = useQueryEntry("q");
  const [text, setText] = useState(search ?? "");
  const typing = useRef<ReturnType<typeof setTimeout>>(undefined);
  const written = useRef(search);
  useEffect(() => () => clearTimeout(typing.current), []);
  // The link changes by Back and by other controls too.
  useEffect(() => {
    if (search === written.current) return;
    written.current = search;
    clearTimeout(typing.current);
    setText(search ?? "");
  }, [search]);
  return (
    <TextInput
      data-search
      aria-label={label}
      placeholder={`${label}  ( / )`}
      value={text}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        clearTimeout(typing.current);
        typing.current = setTimeout(() => {
          written.current = next || null;
          setSearch(written.current, { replace: true });
        }, pauseMilliseconds);
      }}
      w={width}
    />
  );
}
