// Problems by name that changed sides between two evaluations, with what chance alone gives; each opens its samples in both.
import type { FateList } from "../../../main/contract/comparison.ts";
import type { StartStyle } from "../../charts/figure.ts";
import { count, percent } from "../../components/format.ts";
import { inspect } from "../../components/inspector/select.ts";
import { StartName } from "../../components/start-swatch.tsx";
import { Explained, Term } from "../../components/term.tsx";

export interface NamedFates {
  start: string;
  style: StartStyle | undefined;
  /** After the count; in the glossary where `term` is given. */
  word: string;
  term?: "newly solved" | "lost";
  /** What the two shares are of. */
  columns: { before: string; after: string };
  /** What a problem's samples open as. */
  as: "change" | "pair";
  evaluationIds: { before: string; after: string };
  list: FateList;
}

type OfStart = { name: string; evaluationIds: { before: string; after: string } } & Record<"newlySolved" | "lost", FateList>;

/** What RL newly solved and lost in one start. */
export function fatesByRl({ name, evaluationIds, newlySolved, lost }: OfStart, styles: ReadonlyMap<string, StartStyle>): NamedFates[] {
  const columns = { before: "Before", after: "After" };
  const common = { start: name, style: styles.get(name), columns, as: "change", evaluationIds } as const;
  return [
    { ...common, word: "newly solved", term: "newly solved", list: newlySolved },
    { ...common, word: "lost", term: "lost", list: lost },
  ];
}

function NamedList({ start, style, word, term, columns, as, evaluationIds, list }: NamedFates) {
  const share = (of: string) => `Share right ${of}, in the half of the samples that did not choose the problem`;
  return (
    <div data-testid={`fate-${word.replaceAll(" ", "-")}-${start}`}>
      <div className="section-head" style={{ marginBottom: 4 }}>
        <h3>
          <StartName name={start} style={style} />
        </h3>
        <p className="tabular">
          {count(list.count)} {term ? <Term name={term} /> : word} ({count(list.chance)} <Term name="by chance" />)
        </p>
      </div>
      {list.problems.length === 0 ? (
        <p className="dim">None.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section className="fate-list" tabIndex={0} aria-label={`${start}: problems ${word}`}>
          <table className="table wide">
            <thead>
              <tr>
                <th scope="col">Problem</th>
                <th scope="col">Source</th>
                <th scope="col" className="num">
                  <Explained line={share(as === "change" ? "before RL" : `from ${columns.before}`)}>{columns.before}</Explained>
                </th>
                <th scope="col" className="num">
                  <Explained line={share(as === "change" ? "after RL" : `from ${columns.after}`)}>{columns.after}</Explained>
                </th>
              </tr>
            </thead>
            <tbody>
              {list.problems.slice(0, 500).map(({ problemId, source, before, after }) => (
                <tr key={problemId}>
                  <td>
                    <button type="button" className="linklike" onClick={() => inspect({ kind: as, ...evaluationIds, problemId })}>
                      {problemId}
                    </button>
                  </td>
                  <td className="dim">{source}</td>
                  <td className="num">{percent(before, 0)}</td>
                  <td className="num">{percent(after, 0)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}

export function FateLists({ lists }: { lists: NamedFates[] }) {
  return (
    <div className="fates">
      {lists.map((named) => (
        <NamedList key={`${named.start} ${named.word}`} {...named} />
      ))}
    </div>
  );
}
