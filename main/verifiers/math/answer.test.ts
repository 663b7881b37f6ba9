import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extractAnswer, maxAnswerLength, verifyMath } from "./answer.ts";
import { formatRational, rational } from "./rational.ts";

describe("verifyMath", () => {
  it.each([
    ["72", "48/2=24;48+24=72#72", "right", "equal by value"],
    ["0.5", "#.5", "right", "equal by value"],
    ["0.5", "#1/2", "right", "equal by value"],
    ["1/2", "# 0.50 ", "right", "equal by value"],
    ["1200", "#1,200", "right", "equal by value"],
    ["12", "#12.", "right", "equal by value"],
    ["-3", "#-3", "right", "equal by value"],
    ["72", "#71", "wrong", "unequal: 71 is not 72"],
    ["72", "#71#72", "right", "equal by value"],
    ["72", "#72#71", "wrong", "unequal: 71 is not 72"],
    ["72", "#72\nand more", "right", "equal by value"],
    ["72", "48+24=72", "unparseable", "no # answer"],
    ["72", "48+24=72#", "unparseable", "nothing after #"],
    ["72", "#72x", "unparseable", "not a number: 72x"],
    ["72", "#48+24", "unparseable", "not a number: 48+24"],
    ["72", "#1/0", "unparseable", "not a number: 1/0"],
    ["72", "#12,00", "unparseable", "not a number: 12,00"],
    ["72", "<think>#72</think>", "unparseable", "no # answer"],
    ["72", "<think>#71</think>#72", "right", "equal by value"],
  ])("expected %s, response %j: %s", (expected, text, verdict, reason) => {
    expect(verifyMath(expected, text)).toEqual({ reward: verdict === "right" ? 1 : 0, verdict, reason });
  });

  it("never throws, and takes a long response in a moment", () => {
    fc.assert(fc.property(fc.string(), (text) => verifyMath("72", text).reward >= 0));
    const started = performance.now();
    expect(verifyMath("72", "#".repeat(1_000_000)).verdict).toBe("unparseable");
    expect(verifyMath("72", `#${"9".repeat(1_000_000)}`).reason).toBe(`answer longer than ${maxAnswerLength} characters`);
    expect(performance.now() - started).toBeLessThan(500);
  });

  it("says error, not wrong, when the problem itself has no numeric answer", () => {
    expect(verifyMath("blue", "#72").verdict).toBe("error");
  });
});

it("a number's canonical text reads back as the same number", () => {
  const number = fc.tuple(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.bigInt({ min: 1n, max: 10n ** 6n }));
  fc.assert(
    fc.property(number, ([n, d]) => {
      const text = formatRational(rational(n, d));
      expect(verifyMath(`${n}/${d}`, `#${text}`).verdict).toBe("right");
      expect(text).not.toMatch(/\.\d*0$|^-?0\d/);
    }),
  );
});

it("extractAnswer reads after the last # of what follows </think>", () => {
  expect(extractAnswer("1#2</think>3#4")).toEqual({ answer: "4" });
});
