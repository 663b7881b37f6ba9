"""Which rows share n words with a test problem, by plain sets of n-grams: the values that decontaminate.test.ts holds ours to.

    python3 main/data/pipeline/reference/make_decontamination.py > main/data/pipeline/reference/decontamination.json

Texts: GSM8K's training questions against GSM8K's test and MATH-500; MATH-500's odd problems against its even ones. Words as words.ts
states them, from Python's own Unicode tables: NFKC of the whole text, small letters, runs of categories L, N and M.
"""

import json
import pathlib
import unicodedata

resources = pathlib.Path(__file__).parents[4] / "resources"

ALONE = ("CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "HIRAGANA", "KATAKANA", "BOPOMOFO", "THAI", "LAO", "KHMER", "MYANMAR")


def alone(character):
    return unicodedata.name(character, "").startswith(ALONE)


def words(text):
    found, current, single = [], "", False
    for character in unicodedata.normalize("NFKC", text):
        kind = unicodedata.category(character)[0]
        small = character.lower().replace("ς", "σ")
        if kind == "M" and current:
            current += small
        elif kind in "LN":
            if current and (single or alone(character)):
                found.append(current)
                current = ""
            current += small
            single = alone(character)
        else:
            if current:
                found.append(current)
            current, single = "", False
    return found + [current] if current else found


def grams(found, n):
    return {tuple(found[i : i + n]) for i in range(len(found) - n + 1)}


def dropped(rows, problems, n):
    tested = [words(problem) for problem in problems]
    inside = set().union(*(grams(found, n) for found in tested))
    short = {tuple(found) for found in tested if 0 < len(found) < n}
    return [i for i, row in enumerate(rows) if grams(words(row), n) & inside or tuple(words(row)) in short]


def column(path, name):
    return [json.loads(line)[name] for line in (resources / path).read_text("utf8").splitlines()]


gsm8k_train = column("gsm8k/train.jsonl", "question")
gsm8k_test = column("gsm8k/test.jsonl", "question")
math500 = column("math500/test.jsonl", "problem")
cases = []
for n in (3, 5, 9, 14):
    cases.append({"rows": "gsm8k-train", "benchmark": "gsm8k", "n": n, "dropped": dropped(gsm8k_train, gsm8k_test, n)})
    cases.append({"rows": "gsm8k-train", "benchmark": "math500", "n": n, "dropped": dropped(gsm8k_train, math500, n)})
    cases.append({"rows": "math500-odd", "benchmark": "math500-even", "n": n, "dropped": dropped(math500[1::2], math500[::2], n)})
cases = [case for case in cases if len(case["dropped"]) < 2500]

texts = [
    "Find $\\frac{1}{2}x^2 + x_{10}$!",
    "It's 1,000.50 dollars — “half” of ½ kg, x² and ﬁve…",
    "Cafe\u0301 CAFÉ café; İstanbul ΣΑΣ σας ΣΑΣ.",
    "求解方程 x²+2x=0，其中 x 是 实数。",
    "ひらがなｶﾞカタカナとー長音 ABC１２３",
    "한국어 문장 \u1112\u1161\u11ab글 ㄱㅏ",
    "สวัสดีครับ 123 ภาษาไทย",
    "Ω≈ç√∫ 𝒳𝓎𝟙𝟚 ｆｕｌｌｗｉｄｔｈ Ⅷ",
    "naïve Zoe\u0308 a\u0328\u0301 e\u0301\u0323",
    "हिन्दी भाषा में प्रश्न संख्या १२",
    "مرحبا بالعالم ١٢٣ نصٌّ",
    "",
    " \u0301 \u00a0\u3000 --",
]
print(json.dumps({"cases": cases, "words": [{"text": text, "words": words(text)} for text in texts]}, ensure_ascii=True))
