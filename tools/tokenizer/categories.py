"""Writes the general categories of all characters, as the tokenizers library sees them.

Usage: python categories.py > longcat-core/src/main/resources/io/longcat4j/tokenizer/unicode-16-categories.txt

Needs `pip install tokenizers`. The output is a sequence of runs from U+0000 on: a category and the
run's length in base 36.
"""

import textwrap

from tokenizers import Regex
from tokenizers.pre_tokenizers import Split

CATEGORIES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co"
SURROGATES = range(0xD800, 0xE000)
BOUND = 0x110000


def base36(number):
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


def categories():
    text = "".join(chr(c) for c in range(BOUND) if c not in SURROGATES)
    result = ["Cn"] * BOUND
    for c in SURROGATES:
        result[c] = "Cs"
    for category in CATEGORIES.split():
        pattern = Split(Regex(r"\p{%s}+" % category), "removed", invert=True)
        for piece, _ in pattern.pre_tokenize_str(text):
            for character in piece:
                result[ord(character)] = category
    return result


def main():
    runs, start = [], 0
    table = categories()
    for c in range(1, BOUND + 1):
        if c == BOUND or table[c] != table[start]:
            runs.append(table[start] + base36(c - start))
            start = c
    print("\n".join(textwrap.wrap(" ".join(runs), 100)))


if __name__ == "__main__":
    main()
