// A text that a model or a dataset gave: as it was written, or with mathematics and code set. One choice holds for all.
import { SegmentedControl } from "@mantine/core";
import { useUi } from "../client/ui-store.ts";
import { RichText } from "./rich-text.tsx";

export function TextChoice() {
  const set = useUi((state) => state.textSet);
  const setTextSet = useUi((state) => state.setTextSet);
  return (
    <SegmentedControl
      size="xs"
      aria-label="How texts are shown"
      value={set ? "set" : "written"}
      onChange={(value) => setTextSet(value === "set")}
      data={[
        { value: "written", label: "As written" },
        { value: "set", label: "Maths and code set" },
      ]}
    />
  );
}

/** An answer may be TeX without delimiters. */
export function ShownAnswer({ text }: { text: string }) {
  const isTex = /[\\^_]/.test(text) && !/\$|\\\(|\\\[/.test(text);
  return <ShownText text={text} set={isTex ? `$${text}$` : text} />;
}

export function ShownText({ text, set = text }: { text: string; set?: string }) {
  const isSet = useUi((state) => state.textSet);
  return isSet && text !== "" ? <RichText text={set} /> : <pre className="text-block">{text || " "}</pre>;
}
