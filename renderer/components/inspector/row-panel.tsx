// One row of an imported dataset whole: its problem, answer, tests, responses, and what runs made of it.
import type { CodeTests } from "../../../main/contract/code-tests.ts";
import type { ImportedRow } from "../../../main/contract/imported-dataset.ts";
import { useImportedRow } from "../../client/imported-dataset-queries.ts";
import { ErrorPanel } from "../error-panel.tsx";
import { Fact } from "../fact.tsx";
import { compact, count, plural } from "../format.ts";
import { Loading } from "../late.tsx";
import { Code, fenced } from "../rich-text.tsx";
import { ShownAnswer, ShownText, TextChoice } from "../shown-text.tsx";
import { ProblemRunsSection } from "./problem-runs.tsx";

export function RowPanel({ datasetId, row }: { datasetId: string; row: number }) {
  const query = useImportedRow(datasetId, row);
  if (query.error !== null) return <ErrorPanel error={query.error} where="datasets.imported.row" onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading what="the row" />;
  return (
    <div className="inspector-body" data-testid="row">
      <Problem row={query.data} />
      {query.data.tests !== null && <Tests tests={query.data.tests} prompt={query.data.prompt} />}
      <Responses responses={query.data.responses} programs={query.data.tests !== null} />
      <ProblemRunsSection datasetId={datasetId} problem={row} />
    </div>
  );
}

/** Whether a prompt is the head of the program that is to be completed. */
function isHead(tests: CodeTests | null, prompt: string): boolean {
  return tests?.kind === "check" && tests.prompt.trim() === prompt.trim();
}

function Problem({ row }: { row: ImportedRow }) {
  return (
    <div className="section stack">
      <div>
        <div className="section-head">
          <h3>{row.messages === null ? "Prompt" : "Conversation"}</h3>
          <span className="push">
            <TextChoice />
          </span>
        </div>
        {row.messages === null ? (
          <ShownText text={row.prompt} set={isHead(row.tests, row.prompt) ? fenced(row.prompt) : undefined} />
        ) : (
          row.messages.map((message, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a turn is its place
            <div className="sample" key={i}>
              <span className="dim">{message.role}</span>
              <ShownText text={message.content} />
            </div>
          ))
        )}
      </div>
      {row.answer !== null && (
        <div>
          <h3>Answer</h3>
          <ShownAnswer text={row.answer} />
        </div>
      )}
      <dl className="facts">
        <Fact term="Line">{count(row.line)}</Fact>
        <Fact term="Id">{row.id}</Fact>
        {row.source !== null && <Fact term="Source">{row.source}</Fact>}
        {row.category !== null && <Fact term="Category">{row.category}</Fact>}
        {row.difficulty !== null && <Fact term="Difficulty">{compact(row.difficulty)}</Fact>}
        {row.date !== null && <Fact term="Date">{row.date}</Fact>}
      </dl>
    </div>
  );
}

function Responses({ responses, programs }: { responses: string[]; programs: boolean }) {
  return (
    <div className="section">
      <div className="section-head">
        <h2>Responses</h2>
        <p>{responses.length === 0 ? "None: the row has nothing to learn from." : plural(responses.length, "response")}</p>
      </div>
      {responses.map((response, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a response is its place
        <div className="sample" key={i}>
          <ShownText text={response} set={programs ? fenced(response) : undefined} />
        </div>
      ))}
    </div>
  );
}

/** At most so many cases are listed: some problems have hundreds, of megabytes. */
const mostCases = 50;
const cut = (text: string) => (text.length > 2000 ? `${text.slice(0, 2000)}…` : text);

export function Tests({ tests, prompt }: { tests: CodeTests; prompt: string }) {
  return (
    <div className="section">
      <div className="section-head">
        <h2>Tests</h2>
        <p>{testsInWords(tests)}</p>
      </div>
      {tests.kind === "check" && (
        <>
          {!isHead(tests, prompt) && <Code text={tests.prompt} language="python" />}
          <Code text={cut(tests.test).trim()} language="python" />
        </>
      )}
      {tests.kind === "asserts" && (
        <Code text={[tests.setup, ...tests.asserts].filter((line) => line !== "").join("\n")} language="python" />
      )}
      {tests.kind === "calls" && (
        <Cases heads={["Arguments", "Expected"]} cases={tests.cases.map((test) => [test.args.join(", "), test.expected])} />
      )}
      {tests.kind === "stdin" && <Cases heads={["Input", "Output"]} cases={tests.cases.map((test) => [test.input, test.output])} />}
    </div>
  );
}

function testsInWords(tests: CodeTests): string {
  switch (tests.kind) {
    case "check":
      return `A program checks ${tests.entryPoint}.`;
    case "asserts":
      return plural(tests.asserts.length, "assertion");
    case "calls":
      return `${plural(tests.cases.length, "call")} of ${tests.entryPoint}`;
    case "stdin":
      return `${plural(tests.cases.length, "run")} of the program on an input`;
  }
}

function Cases({ heads, cases }: { heads: [string, string]; cases: [string, string][] }) {
  return (
    <>
      <table className="table wide cases">
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cases.slice(0, mostCases).map(([given, expected], i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a case is its place
            <tr key={i}>
              <td>
                <pre>{cut(given)}</pre>
              </td>
              <td>
                <pre>{cut(expected)}</pre>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {cases.length > mostCases && <p className="dim">{count(cases.length - mostCases)} more are not listed.</p>}
    </>
  );
}
