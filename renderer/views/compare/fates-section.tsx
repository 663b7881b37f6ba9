// The fate map: each problem's solve rate from each start at each point of its way, how many are newly solved and lost, what was hard
// before RL, and what only one start solves.
import { SegmentedControl, Select } from "@mantine/core";
import { useMemo } from "react";
import type { FateMap } from "../../../main/contract/fate-map.ts";
import { type FateOrder, fateFigure } from "../../charts/fate-figure.ts";
import type { StartStyle } from "../../charts/figure.ts";
import { Plot } from "../../charts/plot.tsx";
import { setQuery, useQueryEntry } from "../../client/location.ts";
import { useFates } from "../../client/result-queries.ts";
import { selectionKey } from "../../client/selection.ts";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { count, percent, percentInterval, points } from "../../components/format.ts";
import { ScrollTable } from "../../components/scroll-table.tsx";
import { StartName } from "../../components/start-swatch.tsx";
import { FateLists, fatesByRl, type NamedFates } from "./fate-lists.tsx";

interface FatesProps {
  studyId: string;
  styles: Map<string, StartStyle>;
  /** What RL newly solved and lost is listed elsewhere on the page. */
  listed?: boolean;
}

export function FatesSection({ studyId, styles, listed = false }: FatesProps) {
  const fates = useFates(studyId, true);
  const [orderEntry, setOrder] = useQueryEntry("order");
  const order: FateOrder = orderEntry === "change" ? "change" : "before";
  if (fates.error !== null) return <ErrorPanel error={fates.error} where="results.fates" onRetry={() => void fates.refetch()} />;
  if (!fates.data) return null;
  const map = fates.data;
  return (
    <section className="section" aria-labelledby="map-title">
      <div className="section-head">
        <h2 id="map-title">Fate map</h2>
        <p>This seed. Bins are chosen on one half of the samples and measured on the other.</p>
        <SegmentedControl
          style={{ marginLeft: "auto" }}
          size="xs"
          aria-label="Order of problems"
          value={order}
          onChange={(value) => setOrder(value === "before" ? null : value)}
          data={[
            { value: "before", label: "By solve rate before RL" },
            { value: "change", label: "By change" },
          ]}
        />
      </div>
      <ProblemMap map={map} order={order} styles={styles} />
      <ScrollTable label="Fates of problems by start">
        <table className="table" aria-label="Fates of problems by start">
          <thead>
            <tr>
              <th scope="col">Arm</th>
              <th scope="col" className="num">
                Newly solved (by chance)
              </th>
              <th scope="col" className="num">
                Lost (by chance)
              </th>
              <th scope="col" className="num">
                Problems under {percent(map.fates[0]?.hard.below ?? 0.2, 0)} before RL
              </th>
              <th scope="col">Their score on the way</th>
              <th scope="col" className="num">
                Change, points
              </th>
              <th scope="col" className="num">
                Rise by chance, points
              </th>
            </tr>
          </thead>
          <tbody>
            {map.fates.map(({ start, newlySolved, lost, hard }) => (
              <tr key={start}>
                <th scope="row">
                  <StartName name={start} style={styles.get(start)} />
                </th>
                <td className="num">
                  {count(newlySolved.count)} ({count(newlySolved.chance)})
                </td>
                <td className="num">
                  {count(lost.count)} ({count(lost.chance)})
                </td>
                <td className="num">{count(hard.problems)}</td>
                <td>{hard.points.map(({ label, score }) => `${label} ${score === null ? "none" : percentInterval(score)}`).join(", ")}</td>
                <td className="num">{hard.change === null ? "" : points(hard.change)}</td>
                <td className="num">{hard.chance === null ? "" : (100 * hard.chance).toFixed(1)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollTable>
      <ByName map={map} styles={styles} listed={listed} />
    </section>
  );
}

function ProblemMap({ map, order, styles }: { map: FateMap; order: FateOrder; styles: ReadonlyMap<string, StartStyle> }) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a study's styles never change, though they are made anew each time
  const figure = useMemo(() => fateFigure(map, order, styles), [map, order]);
  const rows = figure.y.categories?.length ?? 0;
  return (
    <div className="fate-map">
      <Plot figure={figure} height={60 + 22 * rows} onPoint={(key) => setQuery({ [selectionKey]: key })} />
    </div>
  );
}

const endsOf = (map: FateMap, start: string) => {
  const ids = map.evaluationIds[map.starts.indexOf(start)];
  return { before: ids[0], after: ids[ids.length - 1] };
};

/** The problems of one start by name: newly solved and lost, and those it solves at the end where another start does not. */
function ByName({ map, styles, listed }: { map: FateMap; styles: ReadonlyMap<string, StartStyle>; listed: boolean }) {
  const [entry, setEntry] = useQueryEntry("of");
  const strongest = map.starts[map.starts.length - 1];
  const start = map.starts.includes(entry ?? "") ? (entry as string) : strongest;
  const fate = map.fates.find((each) => each.start === start);
  const only = map.pairs.flatMap(({ weak, strong, onlyStrong, onlyWeak }): NamedFates[] => {
    if (weak !== start && strong !== start) return [];
    const [other, list] = strong === start ? [weak, onlyStrong] : [strong, onlyWeak];
    const evaluationIds = { before: endsOf(map, weak).after, after: endsOf(map, strong).after };
    const word = `solved at the end and not from ${other}`;
    return [{ start, style: styles.get(start), word, columns: { before: weak, after: strong }, as: "pair", evaluationIds, list }];
  });
  const own = fate === undefined || listed ? [] : fatesByRl({ ...fate, name: start, evaluationIds: endsOf(map, start) }, styles);
  if (own.length + only.length === 0) return null;
  return (
    <>
      <div className="section-head" style={{ marginTop: 16 }}>
        <h3>Problems by name</h3>
        {map.starts.length > 1 && (
          <Select
            aria-label="Problems of"
            data={map.starts}
            value={start}
            onChange={(next) => setEntry(next === strongest ? null : next, { replace: true })}
            allowDeselect={false}
            w={220}
          />
        )}
      </div>
      <FateLists lists={[...own, ...only]} />
    </>
  );
}
