import { expect, test } from "vitest";
import type { ReplayRule } from "../../main/contract/replay.ts";
import { withQuery } from "./location.ts";
import { changedFields, readRule, writeRule } from "./replay-rule.ts";

const asRun: ReplayRule = {
  aggregation: "token-mean",
  std: "sample",
  overlongFilter: true,
  overlongInGroupStats: true,
  dynamicSampling: false,
};

test("a link names what differs, and gives the rule back", () => {
  const rule: ReplayRule = { ...asRun, std: "none", overlongFilter: false };
  const query = withQuery("seeds=all", writeRule(rule, asRun));
  expect(query).toBe("seeds=all&replay-std=none&replay-overlongFilter=off");
  expect(readRule(query, asRun)).toEqual(rule);
  expect(changedFields(rule, asRun)).toEqual(["std", "overlongFilter"]);
  expect(withQuery(query, writeRule(asRun, asRun))).toBe("seeds=all");
});

test("an entry that is no rule leaves the rule as run", () => {
  expect(readRule("replay-std=median", asRun)).toEqual(asRun);
  expect(readRule("", asRun)).toEqual(asRun);
});
