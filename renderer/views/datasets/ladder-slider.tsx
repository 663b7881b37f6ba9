// A slider over stops that need not be evenly spaced, with its value in words.
import { Slider } from "@mantine/core";
import { useId, useState } from "react";
import { lastUpTo } from "./ladder-choices.ts";

interface LadderSliderProps {
  label: string;
  /** Ascending, at least one. */
  stops: number[];
  /** Between two stops it stands at the lower. */
  value: number;
  set: (value: number) => void;
  words: (value: number) => string;
}

export function LadderSlider({ label, stops, value, set, words }: LadderSliderProps) {
  const id = useId();
  const [dragged, setDragged] = useState<number | null>(null);
  const at = stops.indexOf(lastUpTo(stops, value));
  const shown = dragged === null ? value : stops[dragged];
  return (
    <div className="ladder-slider">
      <span id={id}>{label}</span>
      <span className="tabular dim">{words(shown)}</span>
      <Slider
        size="sm"
        label={null}
        // With one stop there is nothing to slide over; an end at 1 only keeps its place defined.
        max={Math.max(1, stops.length - 1)}
        disabled={stops.length === 1}
        value={dragged ?? at}
        onChange={setDragged}
        onChangeEnd={(next) => {
          setDragged(null);
          if (next !== at) set(stops[next]);
        }}
        thumbLabel={label}
        thumbValueText={words(shown)}
      />
    </div>
  );
}
