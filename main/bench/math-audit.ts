// `headstart audit math`: the math verifier on committed pairs with hand-made rulings (main/verifiers/math/audit: RULES.md, the half that was
// written before the verifier and the half written after), beside PyPI's math-verify, with every pair on which one of them is wrong.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { answerRule } from "../contract/answer-rule.ts";
import { HeadstartError } from "../contract/errors.ts";
import type { Verification } from "../contract/rollout.ts";
import { createMathVerifier } from "../verifiers/math/verifier.ts";
import { peerPython } from "./peer-python.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const threadFile = new URL("../verifiers/math/thread.ts", import.meta.url);

const pair = z.object({
  id: z.string(),
  answer: z.string(),
  response: z.string(),
  rule: answerRule,
  expected: z.enum(["right", "wrong"]).meta({ description: "The ruling; what earns nothing is wrong, readable or not" }),
  note: z.string(),
});
export type Pair = z.infer<typeof pair>;

export const halves = ["frozen", "later"] as const;

export function auditPairs(half: (typeof halves)[number]): Pair[] {
  const text = readFileSync(join(folder, `../verifiers/math/audit/${half}.jsonl`), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => pair.parse(JSON.parse(line)));
}

export interface Score {
  right: number;
  falsePositives: number;
  falseNegatives: number;
}

export interface AuditReport {
  halves: { name: string; pairs: number; ours: Score; peer: Score | null; agreement: number | null }[];
  /** Pairs on which a side is against the ruling. */
  disagreements: (Pair & { ours: Verification; peer: boolean | null })[];
  /** Its name and versions; null without one. */
  peer: string | null;
  seconds: { ours: number; peer: number | null };
  /** At least 99 % of each half right and no false positive. */
  passed: boolean;
}

export async function auditMath({ alone, say }: { alone: boolean; say(line: string): void }): Promise<AuditReport> {
  const byHalf = halves.map((name) => ({ name, some: auditPairs(name) }));
  const pairs = byHalf.flatMap(({ some }) => some);
  const started = performance.now();
  const ours = await verifyPairs(pairs);
  const oursSeconds = (performance.now() - started) / 1000;
  const peer = alone ? null : await runPeer(pairs, say);

  let at = 0;
  const rows = byHalf.map(({ name, some }) => {
    const slice = <T>(values: T[]) => values.slice(at, at + some.length);
    const [verdicts, theirs] = [slice(ours).map(({ verdict }) => verdict === "right"), peer && slice(peer.right)];
    at += some.length;
    return {
      name,
      pairs: some.length,
      ours: score(some, verdicts),
      peer: theirs && score(some, theirs),
      agreement: theirs && verdicts.filter((verdict, i) => verdict === theirs[i]).length,
    };
  });
  const against = (i: number, right: boolean | null) => right !== null && right !== (pairs[i].expected === "right");
  return {
    halves: rows,
    disagreements: pairs
      .map((each, i) => ({ ...each, ours: ours[i], peer: peer?.right[i] ?? null }))
      .filter(({ ours, peer }, i) => against(i, ours.verdict === "right") || against(i, peer)),
    peer: peer?.versions ?? null,
    seconds: { ours: oursSeconds, peer: peer?.seconds ?? null },
    passed: rows.every(({ pairs, ours }) => ours.falsePositives === 0 && ours.right >= 0.99 * pairs),
  };
}

async function verifyPairs(pairs: Pair[]): Promise<Verification[]> {
  const verifier = createMathVerifier({ entry: threadFile, threads: 1 });
  try {
    return await Promise.all(pairs.map(({ response, answer, rule }) => verifier.verify(response, answer, rule)));
  } finally {
    await verifier.close();
  }
}

function score(pairs: Pair[], verdicts: boolean[]): Score {
  const count = (wanted: (expected: boolean, verdict: boolean) => boolean) =>
    pairs.filter(({ expected }, i) => wanted(expected === "right", verdicts[i])).length;
  return {
    right: count((expected, verdict) => expected === verdict),
    falsePositives: count((expected, verdict) => verdict && !expected),
    falseNegatives: count((expected, verdict) => expected && !verdict),
  };
}

const readyLine = z.object({ ready: z.string() });
const verdictLine = z.object({ right: z.boolean() });

async function runPeer(pairs: Pair[], say: (line: string) => void): Promise<{ versions: string; right: boolean[]; seconds: number }> {
  const requirements = join(folder, "peers", "requirements-math.txt");
  const python = await peerPython({ name: "math-verify-python", requirements, contents: "math-verify and sympy, about 80 MB" }, say);
  const started = performance.now();
  const child = spawn(python, [join(folder, "peers", "math_verify_pairs.py")], { stdio: ["pipe", "pipe", "inherit"], timeout: 300_000 });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stdin.on("error", () => {}); // its end shows as its exit code
  child.stdin.end(pairs.map((each) => `${JSON.stringify(each)}\n`).join(""));
  const [code] = await once(child, "close");
  const [ready, ...lines] = output.trim().split("\n");
  if (code !== 0 || lines.length !== pairs.length)
    throw new HeadstartError({
      code: "audit-peer-failed",
      where: "audit math: math-verify",
      message: `It ended with code ${code} after ${lines.length} of ${pairs.length} pairs.`,
      hint: "Its last words are above; --alone audits Headstart's verifier without it.",
    });
  return {
    versions: readyLine.parse(JSON.parse(ready)).ready,
    right: lines.map((line) => verdictLine.parse(JSON.parse(line)).right),
    seconds: (performance.now() - started) / 1000,
  };
}

const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;

export function formatAudit(report: AuditReport): string {
  const line = (name: string, { right, falsePositives, falseNegatives }: Score, pairs: number) =>
    `  ${name.padEnd(12)} ${right} of ${pairs} as ruled (${percent(right, pairs)}), ${falsePositives} false positives, ${falseNegatives} false negatives`;
  const lines: string[] = [];
  for (const { name, pairs, ours, peer, agreement } of report.halves) {
    lines.push(`${name} half, ${pairs} pairs`, line("Headstart", ours, pairs));
    if (peer && agreement !== null)
      lines.push(line("math-verify", peer, pairs), `  both say the same of ${agreement} (${percent(agreement, pairs)})`);
  }
  lines.push("", `Against the ruling, ${report.disagreements.length} pairs:`);
  for (const { id, answer, response, expected, note, ours, peer } of report.disagreements) {
    const given = response.slice(-70).replaceAll("\n", " ");
    const theirs = peer === null ? "" : `, math-verify ${peer ? "right" : "wrong"}`;
    lines.push(`${id}: ${answer} | …${given}`, `    ruled ${expected} (${note}); Headstart ${ours.verdict} (${ours.reason})${theirs}`);
  }
  const { ours, peer } = report.seconds;
  lines.push("", `Headstart ${ours.toFixed(1)} s${peer === null ? "" : `; ${report.peer} ${peer.toFixed(1)} s`}, start included.`);
  lines.push(report.passed ? "The bar is met: 99 % right on each half, no false positive." : "The bar is MISSED.");
  return lines.join("\n");
}
