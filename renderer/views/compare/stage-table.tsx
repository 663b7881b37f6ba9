// How each arm was trained: its SFT data, and its stages of RL with temperature, entropy and truncation on the way.
import type { Course, StudyResult } from "../../../main/contract/study-result.ts";
import type { StartStyle } from "../../charts/figure.ts";
import { count, fixed, percent } from "../../components/format.ts";
import { HeadRow } from "../../components/head-row.tsx";
import { ScrollTable } from "../../components/scroll-table.tsx";
import { StartName } from "../../components/start-swatch.tsx";

interface TableProps {
  result: StudyResult;
  styles: Map<string, StartStyle>;
}

export function CellTable({ result, styles }: TableProps) {
  const rows = result.arms.flatMap(({ name, runs }) => runs.flatMap(({ seed, sft }) => (sft ? [{ name, seed, sft }] : [])));
  if (rows.length === 0) return null;
  // Only a ladder's cells are measured against a largest one.
  const distances = rows.some(({ sft }) => sft.lengths !== null);
  const heads = ["Arm", "Seed", "Prompts × responses", "Examples", "Updates", "Trained tokens", "Dev loss"];
  return (
    <section className="section" aria-labelledby="cells-title">
      <div className="section-head">
        <h2 id="cells-title">SFT</h2>
        <p>
          {result.recipe.kind === "ladder" && `Matched by ${result.recipe.matched}. `}
          {distances && "Distances are of response lengths to the largest cell's: Wasserstein-1 in tokens, Kolmogorov–Smirnov."}
        </p>
      </div>
      <ScrollTable label="SFT of each arm">
        <table className="table" aria-label="SFT of each arm">
          <HeadRow labels={[...heads, ...(distances ? ["Wasserstein-1", "KS"] : [])]} />
          <tbody>
            {rows.map(({ name, seed, sft }) => (
              <tr key={`${name} ${seed}`}>
                <th scope="row">
                  <StartName name={name} style={styles.get(name)} />
                </th>
                <td className="num">{seed}</td>
                <td className="num">
                  {count(sft.prompts)} × {sft.responsesPerPrompt}
                </td>
                <td className="num">{count(sft.examples)}</td>
                <td className="num">{sft.steps === null ? "" : count(sft.steps)}</td>
                <td className="num">{sft.tokens === null ? "" : count(sft.tokens)}</td>
                <td className="num">{sft.devLoss === null ? "" : `${fixed(sft.devLoss, 3)} nats`}</td>
                {distances && <td className="num">{sft.lengths === null ? "" : `${fixed(sft.lengths.wasserstein, 1)} tokens`}</td>}
                {distances && <td className="num">{sft.lengths === null ? "" : fixed(sft.lengths.ks, 3)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollTable>
    </section>
  );
}

const course = (each: Course | null, show: (value: number) => string): string =>
  each === null ? "" : each.first === each.last ? show(each.first) : `${show(each.first)} → ${show(each.last)}`;

export function StageTable({ result, styles }: TableProps) {
  const rows = result.arms.flatMap(({ name, runs }) => runs.flatMap(({ seed, stages }) => stages.map((stage) => ({ name, seed, stage }))));
  if (rows.length === 0) return null;
  const two = (value: number) => fixed(value, 2);
  const share = (value: number) => percent(value, 0);
  const doors = rows.some(({ stage }) => stage.door !== null);
  return (
    <section className="section" aria-labelledby="stages-title">
      <div className="section-head">
        <h2 id="stages-title">RL</h2>
        <p>
          First step → last step.
          {result.recipe.kind === "verifier-noise" && " The training reward is the one given, false ones among it."}
        </p>
      </div>
      <ScrollTable label="RL of each arm">
        <table className="table" aria-label="RL of each arm">
          <thead>
            <tr>
              {[
                "Arm",
                "Seed",
                "Stage",
                "Steps",
                "Budget",
                "Over-long filter",
                "T",
                "Entropy at T",
                "Training reward",
                "Truncated",
                "Length",
                "Zero-variance groups",
                ...(doors ? ["Door"] : []),
              ].map((label, i) => (
                <th key={label} scope="col" className={i === 1 || i > 2 ? "num" : undefined}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, seed, stage }) => (
              <tr key={stage.stageId}>
                <th scope="row">
                  <StartName name={name} style={styles.get(name)} />
                </th>
                <td className="num">{seed}</td>
                <td>
                  {stage.name ?? "RL"}
                  {stage.note !== null && <span className="dim"> {stage.note}</span>}
                </td>
                <td className="num">{count(stage.steps)}</td>
                <td className="num">{stage.budget} tokens</td>
                <td className="num">{stage.overlongFilter ? "on" : "off"}</td>
                <td className="num">{course(stage.temperature, two)}</td>
                <td className="num">{course(stage.entropy, two)}</td>
                <td className="num">{course(stage.reward, share)}</td>
                <td className="num">{course(stage.truncated, share)}</td>
                <td className="num">{course(stage.responseTokens, (value) => fixed(value, 0))}</td>
                <td className="num">{course(stage.zeroVariance, share)}</td>
                {doors && (
                  <td className="num">{stage.door === null ? "" : `${count(stage.door.survivors)} of ${count(stage.door.problems)}`}</td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollTable>
    </section>
  );
}
