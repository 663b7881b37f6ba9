import fc from "fast-check";
import { expect, it } from "vitest";
import { judge } from "./judge.ts";
import { decimalPlaces, formatRational, type Rational, rational } from "./rational.ts";
import { symbolicExpressions } from "./symbolic.ts";

const verdict = (gold: string, given: string) => judge(gold, given, symbolicExpressions).verdict;
const number = fc.tuple(fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: 1, max: 500 })).map(([n, d]) => rational(n, d));

const size = (n: bigint) => (n < 0n ? -n : n);
/** Ways in which people and models write one number. */
function spellings(value: Rational, factor: bigint): string[] {
  const { n, d } = value;
  const sign = n < 0n ? "-" : "";
  const [whole, rest] = [size(n) / d, size(n) % d];
  const all = [
    `\\frac{${n}}{${d}}`,
    `${sign}\\dfrac{${size(n)}}{${d}}`,
    `\\tfrac{${n * factor}}{${d * factor}}`,
    `\\frac{${-n}}{${-d}}`,
    `${n}/${d}`,
    `\\left( \\frac{${n}}{${d}} \\right)`,
    `${n} \\div ${d}`,
    `${n} \\cdot ${d}^{-1}`,
    `$${sign}\\frac{${size(n)}}{${d}}$`,
    `x = \\frac{${n}}{${d}}.`,
    `\\text{ ${n}/${d} }`,
    `\\frac{${n}}{${d}} \\text{ cm}`,
    `\\mathbf{\\frac{${n}}{${d}}}`,
    `(${n - 1n} + 1)/${d}`,
  ];
  if (whole > 0n && rest > 0n) all.push(`${sign}${whole}\\frac{${rest}}{${d}}`, `${sign}${whole} ${rest}/${d}`);
  if (decimalPlaces(value) !== null) all.push(formatRational(value), `${formatRational(value)}${n % d === 0n ? ".0" : "0"}`);
  if (d === 1n) all.push(size(n).toLocaleString("en").replace(/^/, sign), `{${n}}`);
  if (d === 1n && size(n) >= 1000n) all.push(`${sign}${size(n) / 1000n}{,}${String(size(n) % 1000n).padStart(3, "0")}`);
  return all;
}

it("a rational number equals itself in every spelling, and no other number in any", () => {
  fc.assert(
    fc.property(number, fc.bigInt({ min: 2n, max: 9n }), fc.nat(), fc.nat(), fc.constantFrom(1n, -1n), (value, factor, i, j, step) => {
      const forms = spellings(value, factor);
      const [gold, given] = [forms[i % forms.length], forms[j % forms.length]];
      expect([gold, given, verdict(gold, given)]).toEqual([gold, given, "right"]);
      const other = rational(value.n * 1000n + step, value.d * 1000n);
      const wrong = spellings(other, factor);
      expect([gold, wrong[j % wrong.length], verdict(gold, wrong[j % wrong.length])]).toEqual([gold, wrong[j % wrong.length], "wrong"]);
    }),
    { numRuns: 400 },
  );
});

const small = fc.integer({ min: -9, max: 9 });

it("a polynomial equals its expansion, and no other one", () => {
  fc.assert(
    fc.property(small, small, small, fc.constantFrom(1, -1), (a, b, c, step) => {
      const factored = `(x+${a})(x+${b})(x+${c})`.replaceAll("+-", "-");
      const expanded = (constant: number) =>
        `x^3 + ${a + b + c}x^2 + ${a * b + b * c + a * c}x + ${constant}`.replaceAll("+ -", "- ").replaceAll("x^{1}", "x");
      expect(verdict(factored, expanded(a * b * c))).toBe("right");
      expect(verdict(factored, expanded(a * b * c + step))).toBe("wrong");
    }),
    { numRuns: 40 },
  );
});

it("a root equals its simplified form, and no decimal", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 30 }), fc.constantFrom(2, 3, 5, 7, 11, 13), (outside, inside) => {
      const simplified = `${outside}\\sqrt{${inside}}`;
      expect(verdict(simplified, `\\sqrt{${outside * outside * inside}}`)).toBe("right");
      expect(verdict(simplified, String(outside * Math.sqrt(inside)))).toBe("wrong");
      expect(verdict(simplified, `${outside}\\sqrt{${inside + 1}}`)).toBe("wrong");
    }),
    { numRuns: 40 },
  );
});

it("a list is equal in any order, a tuple in its own", () => {
  const values = fc.uniqueArray(fc.integer({ min: -99, max: 99 }), { minLength: 3, maxLength: 6 });
  fc.assert(
    fc.property(values, (list) => {
      const turned = [...list.slice(1), list[0]];
      expect(verdict(list.join(", "), turned.join(", "))).toBe("right");
      expect(verdict(`\\{${list.join(", ")}\\}`, `\\{${turned.join(",")}\\}`)).toBe("right");
      expect(verdict(`(${list.join(", ")})`, `\\left(${list.join(",")}\\right)`)).toBe("right");
      expect(verdict(`(${list.join(", ")})`, `(${turned.join(", ")})`)).toBe("wrong");
      expect(verdict(list.join(", "), list.slice(1).join(", "))).toBe("wrong");
    }),
    { numRuns: 60 },
  );
});
