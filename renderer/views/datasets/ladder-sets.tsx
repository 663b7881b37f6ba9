// A ladder's sets as datasets: one version a cell under the ladder's name, and where they are.
import { Button, TextInput } from "@mantine/core";
import { useId, useState } from "react";
import { Link } from "wouter";
import type { LadderPreviewInput } from "../../../main/contract/ladder.ts";
import { useMakeLadder } from "../../client/ladder-queries.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { plural } from "../../components/format.ts";

/** Characters of the name: each cell's is added to it. */
const longest = 48;

interface SetsProps {
  /** Null while the ladder cannot be had. */
  input: LadderPreviewInput | null;
  cells: number;
  /** Of the dataset that it draws from. */
  dataset: string;
}

export function LadderSets({ input, cells, dataset }: SetsProps) {
  const make = useMakeLadder();
  const [name, setName] = useState(`${dataset.slice(0, longest - 7)}-ladder`);
  const id = useId();
  const clean = name.trim();
  return (
    <section className="section stack" aria-labelledby={`${id}-title`}>
      <div className="section-head">
        <h2 id={`${id}-title`}>Sets as datasets</h2>
        <p>One dataset a cell, nested as above, for SFT elsewhere or to be looked through.</p>
      </div>
      <div className="row wrap">
        <label htmlFor={id} className="dim">
          Called
        </label>
        <TextInput id={id} size="xs" w={240} maxLength={longest} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Button
          variant="default"
          loading={make.isPending}
          disabled={input === null || clean === ""}
          onClick={() => input !== null && make.mutate({ ...input, name: clean })}
        >
          Make {plural(cells, "dataset")}
        </Button>
      </div>
      {make.error !== null && <ErrorPanel error={make.error} where="datasets.ladder.make" />}
      {make.data && (
        <p role="status">
          Made{" "}
          {make.data.sets.map(({ cell, datasetId, rows }, i) => (
            <span key={cell}>
              {i > 0 && ", "}
              <Link href={`/datasets/${datasetId}`}>{datasetId}</Link> ({plural(rows, "row")})
            </span>
          ))}
          .
        </p>
      )}
    </section>
  );
}
