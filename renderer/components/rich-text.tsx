// A problem or a response as a person reads it: mathematics set by KaTeX, fenced code highlighted. Both libraries are loaded when
// first needed. What the text holds never runs: KaTeX is told to trust nothing, everything else is shown as text.
import { useEffect, useRef } from "react";
import { fencedBlocks, mathSegments } from "./math-segments.ts";

/** A response may hold any text: what is no TeX is shown as it was written, in the text's own colour. */
const katexOptions = {
  trust: false,
  throwOnError: false,
  strict: "ignore",
  errorColor: "currentcolor",
  maxSize: 20,
  maxExpand: 300,
} as const;

let katex: Promise<typeof import("katex").default> | undefined;
function loadKatex() {
  katex ??= Promise.all([import("katex"), import("katex/dist/katex.min.css")]).then(([loaded]) => loaded.default);
  return katex;
}

let highlighter: Promise<typeof import("highlight.js/lib/core").default> | undefined;
function loadHighlighter() {
  highlighter ??= Promise.all([
    import("highlight.js/lib/core"),
    import("highlight.js/lib/languages/python"),
    import("highlight.js/lib/languages/json"),
  ]).then(([core, python, json]) => {
    core.default.registerLanguage("python", python.default);
    core.default.registerLanguage("json", json.default);
    return core.default;
  });
  return highlighter;
}

function Formula({ tex, display }: { tex: string; display: boolean }) {
  const element = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let current = true;
    void loadKatex().then((library) => {
      if (current && element.current !== null) library.render(tex, element.current, { ...katexOptions, displayMode: display });
    });
    return () => {
      current = false;
    };
  }, [tex, display]);
  return (
    <span ref={element} className={display ? "formula display" : "formula"}>
      {tex}
    </span>
  );
}

const aliases: Record<string, string> = { py: "python", python3: "python" };

export function Code({ text, language }: { text: string; language: string }) {
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    let current = true;
    void loadHighlighter().then((library) => {
      const name = aliases[language] ?? language;
      // The result is markup of the library's own, around the escaped text.
      if (current && element.current !== null && library.getLanguage(name) !== undefined)
        element.current.innerHTML = library.highlight(text, { language: name, ignoreIllegals: true }).value;
    });
    return () => {
      current = false;
    };
  }, [text, language]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <pre className="text-block code" tabIndex={0}>
      <code ref={element} key={`${language} ${text}`}>
        {text}
      </code>
    </pre>
  );
}

/** Text that is a program as a whole, so that it is set as one. */
export function fenced(program: string): string {
  return program.includes("```") ? program : `\`\`\`python\n${program.replace(/^\n+/, "")}\n\`\`\``;
}

export function RichText({ text }: { text: string }) {
  return (
    <div className="rich-text">
      {fencedBlocks(text).map((block, i) =>
        block.kind === "code" ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a block is its place
          <Code key={i} text={block.text} language={block.language} />
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: a block is its place
          <div key={i} className="prose-text">
            {mathSegments(block.text).map((segment, j) =>
              segment.kind === "text" ? (
                segment.text
              ) : (
                <Formula key={`${j.toString()} ${segment.text}`} tex={segment.text} display={segment.kind === "display"} />
              ),
            )}
          </div>
        ),
      )}
    </div>
  );
}
