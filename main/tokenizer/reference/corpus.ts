// A megabyte of mixed text to compare tokenizers on, the same on every machine: GSM8K's problems, LaTeX, Python, a dozen scripts,
// emoji, combining marks, special tokens whole and broken, odd spaces, line ends and very long words, spliced into each other.
// `node main/tokenizer/reference/corpus.ts` prints it as a JSON array of texts, for make_tokenizers.py.
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { type RandomStream, randomStream } from "../../analysis/random.ts";

export const textCount = 512;
const charactersPerText = 2000;

const latex = [
  "Let $f(x) = \\frac{#{x}}{1 + x^{#}}$ for all $x \\in \\mathbb{R}$. Then $\\lim_{x \\to \\infty} f(x) = 0$.\n",
  "\\begin{align*}\n  \\sum_{k=1}^{n} k^2 &= \\frac{n(n+1)(2n+1)}{6} \\\\\n  \\int_0^{#} e^{-x^2}\\,dx &\\approx #.#\n\\end{align*}\n",
  "The answer is $\\boxed{\\dfrac{#}{#}}$, since $\\sqrt[3]{#} \\cdot \\pi \\leq \\left\\lfloor #.# \\right\\rfloor$. ",
  "\\[ \\begin{pmatrix} # & -# \\\\ 0 & #^{\\circ} \\end{pmatrix} \\vec{v} = \\lambda\\vec{v}, \\quad \\lambda\\in\\{#,\\pm #i\\} \\]\n",
];
const python = [
  'def solve_#(n: int, *, limit=#) -> list[int]:\n    """Return the first `n` numbers below limit."""\n    return [i ** 2 for i in range(n) if i % # == 0]\n\n',
  "class Node#:\n\t__slots__ = ('left', 'right')\n\n\tdef __init__(self, left=None, right=None):\n\t\tself.left, self.right = left, right\n",
  "if __name__ == '__main__':\n        x = {'a': #, \"b\": [#,   #], 'c': None}\n        print(f\"{x['a']:>#.2f} {x!r}\\n\")  # it's done\n",
  "import numpy as np\r\nA = np.array([[#.#e-#, 0x#F],\r\n              [ 1,    # ]])\r\nassert A.T @ A is not None and not (A < 0).any()\r\n",
  "while True:\n    try:\n        value = int(input('> ')) << #\n    except (ValueError, EOFError) as e:\n        raise SystemExit(#) from e\n",
];
const scripts = [
  "小明有#个苹果，他给了小红#个，又买了#箱，每箱#个。现在他一共有多少个苹果？请一步一步思考。",
  "设函数f(x)＝x²＋#x－#，求其在区间［０，#］上的最小值。解：由题意得……因此答案是「#」。",
  "太郎くんはりんごを#個持っています。カタカナとﾊﾝｶｸも、まぜて書きます。",
  "철수는 사과 #개를 가지고 있습니다. 모두 몇 개입니까? ",
  "У Пети было # яблок, он отдал №#. Сколько осталось? Ёлка. ",
  "Ο αριθμός είναι #, ΤΈΛΟΣ και τέλος. ",
  "كان لدى أحمد # تفاحة، أي ٣٤٥ في المجموع؟ ",
  "राम के पास # सेब हैं, क्षत्रिय १२३। ",
  "มีแอปเปิ้ล # ลูก ",
  "İstanbul'da # elma, ığüşöç; l'été où naïveté coûte #€. Straße, GROẞ, Ærøskøbing. ",
];
const emoji = ["😀", "👍🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪🇫🇷", "❤️", "☂", "🧑🏿‍🚀", "1️⃣", "✔︎", "🫠", "🀄", "👨‍💻", "#️⃣"];
const marks = [
  "e\u0301",
  "n\u0303",
  "Å",
  "A\u030a",
  "ǖ",
  "u\u0308\u0304",
  "Z͑ͫ̓ͪ̂ͫ",
  "ﬁ",
  "①",
  "½",
  "²",
  "ſ",
  "'ſ",
  "K",
  "한",
  "\u1112\u1161\u11ab",
  "ａｂｃ",
  "\u0130",
];
const special = [
  "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<think>", "</think>", "<tool_call>", "<|im_start|>assistant\n", "<|im_end|>\n<|im_start|>user\n",
  "<|im_start", "|im_end|>", "<|endoftext|", "< |im_end|>", "<|im_<|im_end|>end|>", "<s>", "</s>", "<unk>", "<repo_name>", "<0x0A>", "▁", "Ġ",
]; // biome-ignore format: a list of words
const spaces = [" ", "  ", "   ", "\t", "\t\t", "\n", "\n\n", "\r\n", "\r", " \n", "\n ", "\u00a0", "\u2003", "\u3000", "\u0085", "\u2028", "\ufeff", "\u200b", "\u180e", "\u001c", "\u000b", "    \n\n  "]; // biome-ignore format: a list of words
const others = ["it's", "IT'S", "we'LL", "'Re", "I'd", "''", "...", "—", "«»", "!?", "$$", "\\", "@#%", "_", "__", "a_b", "C++", "0.5%", "1,234,567", "12 345", "x  5", "=   7", "\u0000", "\u007f", "\ufffd", "\u0378"]; // biome-ignore format: a list of words

/** Blocks whose characters have been assigned for long, so that engines of different Unicode versions agree on them. */
const blocks = [[0x20, 0x7e], [0xa0, 0x24f], [0x370, 0x3ff], [0x400, 0x52f], [0x5d0, 0x5ea], [0x620, 0x64a], [0x905, 0x939], [0x2010, 0x2027], [0x2190, 0x22ff], [0x3041, 0x30ff], [0x4e00, 0x9fa5], [0xac00, 0xd7a3], [0x1d400, 0x1d454], [0x20000, 0x2a6d6], [0x1f600, 0x1f64f]]; // biome-ignore format: pairs

/** Each # becomes a number. */
function filled(template: string, random: RandomStream): string {
  return template.replace(/#/g, () => String(random.integer(0, 10 ** random.integer(1, 4))));
}

function longWord(random: RandomStream): string {
  const length = random.integer(200, 1500);
  const letters = random.pick([
    "a",
    "ab",
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789",
    "ABCDEFabcdef0123456789+/",
    " ",
    "\n",
    "=-",
    "哈",
    "é",
    "ёж",
    "!",
    "🙂",
  ]);
  const all = [...letters];
  return Array.from({ length }, () => random.pick(all)).join("");
}

function piece(random: RandomStream, problems: string[]): string {
  switch (random.integer(0, 12)) {
    case 0:
    case 1:
    case 2:
      return random.pick(problems);
    case 3:
      return filled(random.pick(latex), random);
    case 4:
    case 5:
      return filled(random.pick(python), random);
    case 6:
    case 7:
      return filled(random.pick(scripts), random);
    case 8:
      return Array.from({ length: random.integer(1, 12) }, () => random.pick([...emoji, ...marks])).join(random.pick(["", "", " "]));
    case 9:
      return random.pick(special) + random.pick([...special, ...spaces, "x"]);
    case 10:
      return Array.from({ length: random.integer(1, 12) }, () => random.pick([...spaces, ...others])).join("");
    case 11: {
      const [low, high] = random.pick(blocks);
      return Array.from({ length: random.integer(1, 20) }, () => String.fromCodePoint(random.integer(low, high))).join("");
    }
    default:
      return random.uniform() < 0.3 ? longWord(random) : random.pick(spaces).repeat(random.integer(1, 30));
  }
}

/** The first characters of a text, no pair cut in two. */
function head(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, "");
}

/** 512 texts of about 2,000 characters; a megabyte in UTF-16, more in UTF-8. */
export function corpus(): string[] {
  const file = fileURLToPath(new URL("../../../resources/gsm8k/test.jsonl", import.meta.url));
  const problems = readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => Object.values(JSON.parse(line) as Record<string, string>).join("\n"));
  return Array.from({ length: textCount }, (_, index) => {
    const random = randomStream("tokenizer corpus", index);
    let text = "";
    while (text.length < charactersPerText) {
      let next = piece(random, problems);
      if (random.uniform() < 0.1) next = head(next, random.integer(1, next.length)); // cut in the middle
      if (random.uniform() < 0.05) next = next.toUpperCase();
      text += next + (random.uniform() < 0.2 ? random.pick(spaces) : "");
    }
    return head(text, charactersPerText);
  });
}

if (argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(JSON.stringify(corpus()));
