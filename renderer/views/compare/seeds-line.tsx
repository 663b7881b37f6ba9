// Which seeds a result is of: this study's own, or all finished ones of its recipe.
import { SegmentedControl } from "@mantine/core";
import type { StudyResult } from "../../../main/contract/study-result.ts";
import { measuredOn } from "../../charts/result-figures.ts";
import { useQueryEntry } from "../../client/location.ts";
import type { Seeds } from "../../client/result-queries.ts";
import { duration, short } from "../../components/format.ts";

export function useSeeds(): [Seeds, (seeds: Seeds) => void] {
  const [entry, set] = useQueryEntry("seeds");
  return [entry === "all" ? "all" : "this", (seeds) => set(seeds === "this" ? null : seeds)];
}

export function SeedsLine({ result }: { result: StudyResult }) {
  const [seeds, setSeeds] = useSeeds();
  const list = result.seeds.map(({ seed }) => seed).join(", ");
  const seconds = result.seeds.reduce((sum, seed) => sum + seed.seconds, 0) / result.seeds.length;
  return (
    <div className="section-head">
      <SegmentedControl
        size="xs"
        aria-label="Seeds"
        value={seeds}
        onChange={(value) => setSeeds(value as Seeds)}
        data={[
          { value: "this", label: "This seed" },
          { value: "all", label: "All seeds of the recipe" },
        ]}
      />
      <p className="tabular">
        {result.seeds.length === 1 ? `Seed ${list}` : `${result.seeds.length} seeds (${list})`} on {measuredOn(result)}, recipe{" "}
        <span className="mono">{short(result.recipeHash, 12)}</span>, {duration(seconds)}
        {result.seeds.length > 1 && " each"}.{result.seeds.some(({ complete }) => !complete) && " Not finished: what is there so far."}
      </p>
    </div>
  );
}
