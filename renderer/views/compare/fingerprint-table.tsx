// Fingerprints: what each start was before RL, from what the finder sampled at its temperature.
import type { StartStyle } from "../../charts/figure.ts";
import { useFingerprints } from "../../client/result-queries.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { fixed, percent, percentInterval } from "../../components/format.ts";
import { HeadRow } from "../../components/head-row.tsx";
import { ScrollTable } from "../../components/scroll-table.tsx";
import { StartName } from "../../components/start-swatch.tsx";

export function FingerprintTable({ studyId, styles }: { studyId: string; styles: Map<string, StartStyle> }) {
  const prints = useFingerprints(studyId, true);
  if (prints.error !== null) return <ErrorPanel error={prints.error} where="results.fingerprints" onRetry={() => void prints.refetch()} />;
  if (!prints.data || prints.data.length === 0) return null;
  const at = (lengths: { quantile: number; tokens: number; atLeast: boolean }[], quantile: number) => {
    const found = lengths.find((each) => each.quantile === quantile);
    return found ? `${found.atLeast ? "≥ " : ""}${found.tokens.toFixed(0)}` : "";
  };
  return (
    <section className="section" aria-labelledby="prints-title">
      <div className="section-head">
        <h2 id="prints-title">Fingerprints of the starts</h2>
        <p>
          Dev samples at the temperature of RL, before it begins.
          {prints.data.some(({ zeroVariance }) => zeroVariance.estimated && zeroVariance.share !== null) &&
            " ≈: from fewer samples than a group has, by a beta fitted to the problems' rates."}
        </p>
      </div>
      <ScrollTable label="Fingerprints">
        <table className="table" aria-label="Fingerprints">
          <HeadRow
            labels={[
              "Start",
              "T",
              "Entropy at T",
              "pass@1",
              "pass@n",
              "Zero-variance groups",
              "Unparseable",
              "Length, median",
              "Length, 90 %",
              "Truncated",
              "Distinct of 2 right",
            ]}
          />
          <tbody>
            {prints.data.map((print) => {
              const most = print.passAtK[print.passAtK.length - 1];
              const distinct = print.diversity.find(({ k }) => k === 2);
              return (
                <tr key={print.start}>
                  <th scope="row">
                    <StartName name={print.start} style={styles.get(print.start)} />
                  </th>
                  <td className="num">{print.temperature}</td>
                  <td className="num">{fixed(print.entropy, 2)} nats</td>
                  <td className="num">{percentInterval(print.passAt1)}</td>
                  <td className="num">
                    {percent(most.value)} (n = {most.k})
                  </td>
                  <td className="num">
                    {print.zeroVariance.share === null
                      ? "needs 2 samples"
                      : `${print.zeroVariance.estimated ? "≈ " : ""}${percent(print.zeroVariance.share, 0)} of ${print.zeroVariance.groupSize}`}
                  </td>
                  <td className="num">{percent(print.unparseable.value)}</td>
                  <td className="num">{at(print.lengths, 0.5)} tokens</td>
                  <td className="num">{at(print.lengths, 0.9)} tokens</td>
                  <td className="num">
                    {print.truncation
                      .map(({ budget, share, atMost }) => `${budget}: ${share ? percent(share.value, 0) : `≤ ${percent(atMost ?? 0, 0)}`}`)
                      .join(", ")}
                  </td>
                  <td className="num">{distinct ? fixed(distinct.distinct, 2) : "none right"}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollTable>
    </section>
  );
}
