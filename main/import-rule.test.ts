// Who may import whom, as a table, and one test that holds every import statement of the project to it (type-only ones too).
// A new dependency between areas, or a new package in an area, is a line here: the place to think about it.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAst } from "vite";
import { expect, test } from "vitest";

interface Area {
  /** Other areas of main/, whole ("contract") or one file ("worker/client.ts"); "type " before it allows `import type` alone. */
  areas: string[];
  packages: string[];
  /** Whether it may use Node's own modules. */
  node: boolean;
  /** What its tests, and the code that only tests use, may import besides. */
  inTests?: string[];
}

const table: Record<string, Area> = {
  "main/contract": { areas: [], packages: ["zod"], node: false },
  "main/analysis": { areas: ["contract"], packages: ["pure-rand"], node: false },
  "main/tokenizer": {
    areas: ["contract", "analysis"],
    packages: ["@huggingface/tokenizers", "@huggingface/jinja", "zod"],
    node: false,
    inTests: ["formats"],
  },
  // Problems are made with the numbers and the language that their answers are checked with.
  "main/data": {
    areas: ["contract", "analysis", "tokenizer", "verifiers", "formats/file-reader.ts"],
    packages: ["hyparquet", "hyparquet-compressors", "papaparse"],
    node: true,
    inTests: ["hyparquet-writer"],
  },
  "main/verifiers": { areas: ["contract", "analysis"], packages: ["@cortex-js/compute-engine"], node: true },
  "main/formats": { areas: ["contract", "analysis"], packages: ["zod"], node: true },
  "main/engine": {
    areas: ["contract", "analysis", "tokenizer"],
    packages: ["@tensorflow/tfjs-core", "pure-rand"],
    node: false,
    inTests: ["worker/native.ts", "formats"],
  },
  "main/studies": { areas: ["contract"], packages: [], node: false },
  "main/worker": {
    areas: ["contract", "analysis", "tokenizer", "data", "studies", "verifiers", "formats", "engine"],
    packages: ["@tensorflow/tfjs-core", "@tensorflow/tfjs-node-gpu", "zod"],
    node: true,
    inTests: ["store"],
  },
  // Imported datasets are kept by reference: the thread of their indexes reads the files itself.
  "main/store": { areas: ["contract", "data/import"], packages: ["better-sqlite3"], node: true },
  "main/host": {
    areas: [
      "contract",
      "analysis",
      "tokenizer",
      "data",
      "studies",
      "formats",
      "verifiers",
      "worker/client.ts",
      "store/client.ts",
      "store/dataset-index.ts",
      "engine/memory-plan.ts", // arithmetic alone: no tensors come with it
    ],
    packages: ["@trpc/server", "@trpc/client", "pino", "ws", "yaml", "zod"],
    node: true,
    inTests: ["worker", "store"],
  },
  "main/server": { areas: ["contract", "host"], packages: ["@trpc/server", "pino", "ws"], node: true, inTests: ["@trpc/client"] },
  // The engine's .node file must be the first thing that a process loads, so the hosts load it themselves.
  "main/electron": {
    areas: ["contract", "host", "worker/preload-native.ts", "verifiers"],
    packages: ["electron", "@trpc/server", "zod"],
    node: true,
  },
  "main/cli": {
    areas: ["contract", "host", "server", "worker/preload-native.ts"],
    packages: ["commander", "@trpc/client", "yaml", "zod"],
    node: true,
    inTests: ["pino"],
  },
  preload: { areas: ["contract"], packages: ["electron"], node: false },
  renderer: {
    areas: ["contract", "type host/router/index.ts"],
    packages: [
      "@fontsource/ibm-plex-mono",
      "@fontsource/ibm-plex-sans",
      "@mantine/core",
      "@mantine/hooks",
      "@tabler/icons-react",
      "@tanstack/react-query",
      "@trpc/client",
      "@trpc/server/observable",
      "highlight.js",
      "katex",
      "plotly.js-cartesian-dist-min",
      "react",
      "react-dom",
      "react-resizable-panels",
      "wouter",
      "zod",
      "zustand",
    ],
    node: false,
  },
  "main/bench": { areas: ["anything"], packages: ["@tensorflow/tfjs-core", "hyparquet-writer", "zod"], node: true },
  e2e: { areas: ["contract"], packages: ["@playwright/test", "playwright", "@axe-core/playwright", "vite"], node: true },
};

/** Packages with a native part or of great weight, and the one place that knows each (Electron's two processes count as one). */
const heavy: Record<string, string[]> = {
  "@cortex-js/compute-engine": ["main/verifiers/math"],
  "@tensorflow/tfjs-node-gpu": ["main/worker"],
  "better-sqlite3": ["main/store"],
  electron: ["main/electron", "preload"],
  "highlight.js": ["renderer/components"],
  katex: ["renderer/components"],
  "plotly.js-cartesian-dist-min": ["renderer/charts"],
};

const root = fileURLToPath(new URL("..", import.meta.url));
const inTestsEverywhere = ["vitest", "fast-check", "zod"];
const isTest = (file: string) => /\.test\.tsx?$|\/(testing|reference)\//.test(file);

interface Import {
  file: string;
  /** A package with its sub-path, a path from the root, or node:…. */
  target: string;
  typeOnly: boolean;
}

type Node = { type?: string; [key: string]: unknown };
const literal = (node: unknown) => (node as { value?: unknown } | undefined)?.value;

/** `require("x")`, `require.resolve("x")` and `createRequire(…)("x")`. */
function required(call: Node): unknown {
  const callee = call.callee as Node & { name?: string; object?: Node; callee?: Node };
  const name =
    callee.name ?? (callee.object as { name?: string } | undefined)?.name ?? (callee.callee as { name?: string } | undefined)?.name;
  return /^(require|createRequire)$/.test(name ?? "") ? literal((call.arguments as unknown[])[0]) : undefined;
}

function importsOf(file: string): Import[] {
  const found: Import[] = [];
  const visit = (node: Node | Node[] | null | undefined) => {
    if (Array.isArray(node)) for (const each of node) visit(each);
    if (typeof node !== "object" || node === null || Array.isArray(node)) return;
    const statement = ["ImportDeclaration", "ImportExpression", "ExportNamedDeclaration", "ExportAllDeclaration", "TSImportType"].includes(
      node.type ?? "",
    );
    const source = statement ? literal(node.source) : node.type === "CallExpression" ? required(node) : undefined;
    if (typeof source === "string") {
      const target = source.startsWith(".") ? normalize(join(dirname(file), source)) : source;
      found.push({ file, target, typeOnly: node.type === "TSImportType" || [node.importKind, node.exportKind].includes("type") });
    }
    for (const value of Object.values(node)) visit(value as Node);
  };
  visit(parseAst(readFileSync(join(root, file), "utf8"), { lang: file.endsWith("x") ? "tsx" : "ts" }) as unknown as Node);
  return found;
}

const files = ["main", "preload", "renderer", "e2e"].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"))
    .map((name) => `${top}/${name}`),
);
const imports = files.filter((file) => file !== "main/import-rule.test.ts").flatMap(importsOf);

const areaOf = (path: string) =>
  path
    .split("/")
    .slice(0, path.startsWith("main/") ? 2 : 1)
    .join("/");
const within = (path: string, place: string) => path === place || path.startsWith(`${place}/`);

function allowed({ file, target, typeOnly }: Import): boolean {
  const area = table[areaOf(file)];
  if (!area) return false;
  const forTests = isTest(file) ? [...(area.inTests ?? []), ...inTestsEverywhere] : [];
  if (target.startsWith("node:")) return area.node || isTest(file);
  if (!/^(main|renderer|preload|e2e)\//.test(target))
    return target === "package.json" || [...area.packages, ...forTests].some((name) => within(target, name));
  if (areaOf(target) === areaOf(file) || area.areas.includes("anything")) return true;
  return [...area.areas, ...forTests].some(
    (rule) => within(target, `main/${rule.replace(/^type /, "")}`) && (typeOnly || !rule.startsWith("type ")),
  );
}

test("every import is one that the table allows", () => {
  expect(files.length).toBeGreaterThan(50);
  expect(imports.filter((each) => !allowed(each)).map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});

test("each heavy package is imported in exactly one place", () => {
  for (const [name, places] of Object.entries(heavy)) {
    const importers = imports.filter(({ target }) => within(target, name)).map(({ file }) => file);
    expect(new Set(importers.map((file) => places.find((place) => within(file, place)) ?? file)), name).toEqual(new Set(places));
  }
});
