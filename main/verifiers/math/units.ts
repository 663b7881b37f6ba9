// Units by one name each: "square centimeters", "cm^2" and "sq. cm" are one. Units are compared, never converted: the gold's unit
// is the one that the problem asked for.

/** Spellings of each unit, the name first. Plural s is taken off before the look-up. */
const spellings = [
  "degree deg",
  "radian rad",
  "percent percentage pct",
  "dollar usd buck",
  "cent ¢",
  "euro eur",
  "pound-sterling gbp",
  "millimeter millimetre mm",
  "centimeter centimetre cm",
  "decimeter decimetre dm",
  "meter metre m",
  "kilometer kilometre km",
  "inch in inche",
  "foot feet ft",
  "yard yd",
  "mile mi",
  "milligram mg",
  "gram g gm",
  "kilogram kg kilo",
  "pound lb",
  "ounce oz",
  "ton tonne",
  "milliliter millilitre ml",
  "liter litre l",
  "gallon gal",
  "second sec s",
  "minute min",
  "hour hr h",
  "day",
  "week wk",
  "month",
  "year yr",
  "mile/hour mph",
  "kilometer/hour kph kmph",
  "unit",
  "person people",
  "child children",
  "man men",
  "woman women",
  "mouse mice",
  "foot-pound",
];
const names = new Map<string, string>();
for (const line of spellings) for (const spelling of line.split(" ")) names.set(spelling, line.split(" ")[0]);

/** Written bare after a number (5 cm, 5cm) these are units and no products of variables. */
const bare =
  /^(?:cm|mm|km|kg|mph|cents?|degrees?|deg|hrs?|mins?|secs?|feet|inch|miles?|yards?|days?|weeks?|years?|hours?|units?|meters?|liters?)$/i;
/** Only with a space before: ft is also f times t. */
const bareSpaced = /^(?:ft|in|mi|lbs?|oz|ml|mg|sq|per|pct|usd|am|pm)$/i;

export const isBareUnit = (word: string, spaced: boolean): boolean => bare.test(word) || (spaced && bareSpaced.test(word));

const name = (word: string): string => {
  const lower = word.toLowerCase().replace(/\.+$/, "");
  return names.get(lower) ?? names.get(lower.replace(/s$/, "")) ?? lower.replace(/s$/, "");
};

/**
 * One name for what was written: words, "/" and powers in order, as ["square", "cm"], ["cm", "^2"] or ["miles", "per", "hour"].
 * Words that are no unit ("apples") are units of their own name.
 */
export function canonicalUnit(parts: string[]): string {
  let power = "";
  let unit = "";
  for (const part of parts) {
    const lower = part.toLowerCase().replace(/\.+$/, "");
    if (lower === "square" || lower === "sq" || lower === "squared") power = "^2";
    else if (lower === "cubic" || lower === "cu" || lower === "cubed") power = "^3";
    else if (lower === "per" || lower === "/") {
      unit += `${power}/`;
      power = "";
    } else if (part.startsWith("^")) power = part;
    else if (lower !== "of") unit += (unit === "" || unit.endsWith("/") ? "" : " ") + name(part);
  }
  return unit + power;
}
