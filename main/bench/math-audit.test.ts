import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { auditMath, auditPairs, formatAudit } from "./math-audit.ts";

it("the half that was written before the verifier is as it was", () => {
  const file = new URL("../verifiers/math/audit/frozen.jsonl", import.meta.url);
  const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
  expect(hash).toBe("be43589a0bbad147b8b39a8502c6eefa5137e08eda70b9b91a6fffa18e746f5d");
});

it("at least 99 % of each half as ruled, and no false positive", async () => {
  expect(auditPairs("frozen").length + auditPairs("later").length).toBeGreaterThanOrEqual(440);
  const report = await auditMath({ alone: true, say: () => {} });
  for (const { ours, pairs } of report.halves) {
    expect(ours.falsePositives).toBe(0);
    expect(ours.right / pairs).toBeGreaterThanOrEqual(0.99);
  }
  expect(report.passed).toBe(true);
  expect(formatAudit(report)).toContain("The bar is met");
}, 30_000);
