// A formula with its unit: 15 cm², $18.90, 25 %, 2 million. What is neither is unreadable.
import { command, inParentheses, number, type Token, topLevel, Unreadable } from "./tokens.ts";
import { canonicalUnit } from "./units.ts";

export interface Quantity {
  kind: "formula";
  formula: Token[];
  /** Its one name (units.ts); null without one. */
  unit: string | null;
}

const trigonometric = /^\\(?:sin|cos|tan|cot|sec|csc)$/;
/** Words that make of a number another one, or none. */
const notOfAUnit =
  /^(?:not|or|and|more|less|fewer|least|most|than|except|if|to|but|half|halves|thirds?|quarters?|(?:four|fif|six|seven|eigh|nin|ten|hundred)ths?|factorial|times|plus|minus|over|divided|choose|negative|below|above|wrong)$/i;
const powersOfTen = new Map([
  ["hundred", 2],
  ["thousand", 3],
  ["million", 6],
  ["billion", 9],
  ["trillion", 12],
]);
const currencies = new Map([
  ["$", "dollar"],
  ["£", "pound-sterling"],
  ["€", "euro"],
]);

/** @throws Unreadable */
export function quantity(tokens: Token[]): Quantity {
  const sign = tokens[0].value === "-" ? 1 : 0;
  const currency = currencies.get(tokens[sign]?.value);
  const rest = currency ? [...tokens.slice(0, sign), ...tokens.slice(sign + 1)] : tokens;
  const usesDegrees = rest.some(({ value }) => trigonometric.test(value));
  const startsUnit = (token: Token, at: number) =>
    token.kind === "text" ||
    token.value === "%" ||
    token.value === "¢" ||
    (!usesDegrees && token.value === "^" && rest[at + 2]?.value === "\\circ");
  const [end = rest.length] = topLevel(rest, startsUnit);
  const formula = withoutPlus(rest.slice(0, end));
  if (formula.length === 0) throw new Unreadable("a unit without a number");
  const scale = powersOfTen.get(rest[end]?.value.toLowerCase());
  const unit = unitOf(rest.slice(scale ? end + 1 : end)) ?? currency ?? null;
  return {
    kind: "formula",
    formula: scale ? [...inParentheses(formula), command("\\cdot"), number(`1${"0".repeat(scale)}`)] : formula,
    unit,
  };
}

const withoutPlus = (formula: Token[]) => (formula[0]?.value === "+" ? formula.slice(1) : formula);

function unitOf(tokens: Token[]): string | null {
  if (tokens.length === 0) return null;
  const named: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const { kind, value } = tokens[i];
    if (kind === "symbol" && value === "^") {
      const power = tokens[i + 2]?.value;
      named.push(power === "\\circ" ? "degree" : `^${power}`);
      i += 3;
    } else if (value === "%") named.push("percent");
    else if (kind === "symbol" && /^[.()]$/.test(value)) continue;
    else if (kind === "text" ? !notOfAUnit.test(value) : kind === "letters" || value === "/" || value === "¢") named.push(value);
    else throw new Unreadable("words within a formula");
  }
  if (named.length > 6) throw new Unreadable("a sentence after the formula");
  if (/^(?:squared|cubed|\^)/i.test(named[0])) throw new Unreadable("a power of no unit");
  return named[0] === "percent" ? "percent" : canonicalUnit(named);
}
