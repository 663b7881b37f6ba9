// Problems newly solved and lost by each start, with what chance alone gives; each opens its samples before and after.
import type { StartComparison } from "../../../main/contract/comparison.ts";
import type { StartStyle } from "../../charts/figure.ts";
import { count, percent } from "../../components/format.ts";
import { inspect } from "../../components/inspector/select.ts";
import { StartName } from "../../components/start-swatch.tsx";
import { Explained, Term } from "../../components/term.tsx";

type Fate = "newlySolved" | "lost";

function FateList({ start, fate, style }: { start: StartComparison; fate: Fate; style: StartStyle | undefined }) {
  const list = start[fate];
  const word = fate === "newlySolved" ? "newly solved" : "lost";
  return (
    <div data-testid={`fate-${fate}-${start.name}`}>
      <div className="section-head" style={{ marginBottom: 4 }}>
        <h3>
          <StartName name={start.name} style={style} />
        </h3>
        <p className="tabular">
          {count(list.count)} <Term name={word}>{word}</Term> ({count(list.chance)} <Term name="by chance" />)
        </p>
      </div>
      {list.problems.length === 0 ? (
        <p className="dim">None.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section className="fate-list" tabIndex={0} aria-label={`${start.name}: problems ${word}`}>
          <table className="table wide">
            <thead>
              <tr>
                <th scope="col">Problem</th>
                <th scope="col">Source</th>
                <th scope="col" className="num">
                  <Explained line="Share right before RL, in the half of the samples that did not choose the problem">Before</Explained>
                </th>
                <th scope="col" className="num">
                  <Explained line="Share right after RL, in the half of the samples that did not choose the problem">After</Explained>
                </th>
              </tr>
            </thead>
            <tbody>
              {list.problems.slice(0, 500).map((problem) => (
                <tr key={problem.problemId}>
                  <td>
                    <button
                      type="button"
                      className="linklike"
                      onClick={() =>
                        inspect({
                          kind: "change",
                          before: start.evaluationIds.before,
                          after: start.evaluationIds.after,
                          problemId: problem.problemId,
                        })
                      }
                    >
                      {problem.problemId}
                    </button>
                  </td>
                  <td className="dim">{problem.source}</td>
                  <td className="num">{percent(problem.before, 0)}</td>
                  <td className="num">{percent(problem.after, 0)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}

export function FateLists({ starts, styles }: { starts: StartComparison[]; styles: Map<string, StartStyle> }) {
  return (
    <div className="fates">
      {starts.flatMap((start) =>
        (["newlySolved", "lost"] as const).map((fate) => (
          <FateList key={`${start.name} ${fate}`} start={start} fate={fate} style={styles.get(start.name)} />
        )),
      )}
    </div>
  );
}
