// The characters of an answer: Unicode's mathematics as LaTeX, and without the delimiters of math mode and a sentence's punctuation.

/** Characters that are written alike, and what stands for them. */
const spellings = String.raw`
−–—‐‑ -
× \times
·⋅∙• \cdot
∗ *
÷ \div
∕⁄ /
∞ \infty
°º ^\circ
≤⩽ \leq
≥⩾ \geq
≠ \neq
≈ \approx
∈ \in
∪ \cup
∩ \cap
∖ \setminus
± \pm
∓ \mp
√ \sqrt
∅ \emptyset
ℝ \mathbb{R}
⟨ \langle
⟩ \rangle
⌊ \lfloor
⌋ \rfloor
⌈ \lceil
⌉ \rceil
’‘′ '
“” "
… \ldots
、 ,
∶ :
∠ \angle
△ \triangle
½ \frac{1}{2}
⅓ \frac{1}{3}
⅔ \frac{2}{3}
¼ \frac{1}{4}
¾ \frac{3}{4}
⅕ \frac{1}{5}
⅖ \frac{2}{5}
⅗ \frac{3}{5}
⅘ \frac{4}{5}
⅙ \frac{1}{6}
⅚ \frac{5}{6}
⅛ \frac{1}{8}
⅜ \frac{3}{8}
⅝ \frac{5}{8}
⅞ \frac{7}{8}
α \alpha
β \beta
γ \gamma
δ \delta
ε \varepsilon
ζ \zeta
η \eta
θ \theta
κ \kappa
λ \lambda
μ \mu
ν \nu
ξ \xi
π \pi
ρ \rho
σ \sigma
τ \tau
φϕ \phi
χ \chi
ψ \psi
ω \omega
Γ \Gamma
Δ \Delta
Θ \Theta
Λ \Lambda
Σ \Sigma
Φ \Phi
Ψ \Psi
Ω \Omega`;
const characters = new Map([
  ["\u00a0", " "],
  ["\u2009", "\\,"],
  ["\u200a", "\\,"],
  ["\u202f", "\\,"],
  ["\u200b", ""],
]);
for (const line of spellings.trim().split("\n")) {
  const [alike, latex] = line.split(" ");
  for (const character of alike) characters.set(character, latex.startsWith("\\") || latex.startsWith("^") ? `${latex} ` : latex);
}
const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const subscripts = "₀₁₂₃₄₅₆₇₈₉";

export function plainText(text: string): string {
  let result = text
    .replace(/⁻?[⁰¹²³⁴-⁹]+/g, (run) => `^{${[...run].map((each) => (each === "⁻" ? "-" : superscripts.indexOf(each))).join("")}}`)
    .replace(/[₀-₉]+/g, (run) => `_{${[...run].map((each) => subscripts.indexOf(each)).join("")}}`)
    .replace(/[\uff01-\uff5e\u{1d400}-\u{1d7ff}]/gu, (styled) => styled.normalize("NFKC")) // ５, 𝑥
    .replace(/[^\u0020-\u007e]/g, (each) => characters.get(each) ?? (/\s/.test(each) ? " " : each))
    .replace(/(?<!\\)\\[()[\]]|\*\*/g, " ")
    .replace(/\.{3,}/g, "\\ldots ")
    .replace(/>=/g, "\\geq ")
    .replace(/<=/g, "\\leq ")
    .replace(/ != /g, " \\neq "); // without spaces it may be a factorial's
  // An odd dollar is money; a pair of them is math mode.
  const dollars = result.replace(/\\\$/g, "").split("$").length - 1;
  if (dollars % 2 === 0) result = result.replace(/(\\\$)|\$/g, (_, money) => money ?? " ");
  for (let before = ""; before !== result; ) {
    before = result;
    result = result
      .trim()
      .replace(/[.,;]$/, "")
      .replace(/\\$/, "");
  }
  return result;
}
