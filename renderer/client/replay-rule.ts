// The rule that replay is asked for, as entries of the link: only what differs from the rule as run is named.
import { type ReplayRule, replayRule } from "../../main/contract/replay.ts";

export type RuleField = keyof ReplayRule;
export const ruleFields = Object.keys(replayRule.shape) as RuleField[];
export const ruleKey = (field: RuleField): string => `replay-${field}`;

const switches = new Map<string | null, boolean>([
  ["on", true],
  ["off", false],
]);

/** Entries that the contract does not know leave the rule as run. */
export function readRule(query: string, asRun: ReplayRule): ReplayRule {
  const params = new URLSearchParams(query);
  const named = ruleFields.flatMap((field): [string, unknown][] => {
    const entry = params.get(ruleKey(field));
    const read = replayRule.shape[field].safeParse(typeof asRun[field] === "boolean" ? switches.get(entry) : entry);
    return read.success ? [[field, read.data]] : [];
  });
  return { ...asRun, ...Object.fromEntries(named) };
}

export function writeRule(rule: ReplayRule, asRun: ReplayRule): Record<string, string | null> {
  const entry = (value: string | boolean) => (value === true ? "on" : value === false ? "off" : value);
  return Object.fromEntries(ruleFields.map((field) => [ruleKey(field), rule[field] === asRun[field] ? null : entry(rule[field])]));
}

export const changedFields = (rule: ReplayRule, asRun: ReplayRule): RuleField[] =>
  ruleFields.filter((field) => rule[field] !== asRun[field]);
