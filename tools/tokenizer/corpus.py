"""The strings that tokenizers are compared over: many scripts, code, emoji, white space, noise."""

import random
import sys
import unicodedata

SENTENCES = [
    "The quick brown fox jumps over the lazy dog.", "I'm sure they've said WE'LL go, she'd agree; it's OK.",
    "IT'S DON'T YOU'RE I'VE We'D he'Ll 'S 's' ''s '\u017f 'S\u017f don\u2019t", "Voix ambigu\u00eb d\u2019un c\u0153ur qui pr\u00e9f\u00e8re les jattes de kiwis.",
    "Falsches \u00dcben von Xylophonmusik qu\u00e4lt jeden gr\u00f6\u00dferen Zwerg.", "El ping\u00fcino Wenceslao hizo kil\u00f3metros bajo exhaustiva lluvia.",
    "\u0421\u044a\u0435\u0448\u044c \u0436\u0435 \u0435\u0449\u0451 \u044d\u0442\u0438\u0445 \u043c\u044f\u0433\u043a\u0438\u0445 \u0444\u0440\u0430\u043d\u0446\u0443\u0437\u0441\u043a\u0438\u0445 \u0431\u0443\u043b\u043e\u043a.", "\u039e\u03b5\u03c3\u03ba\u03b5\u03c0\u03ac\u03b6\u03c9 \u03c4\u03b7\u03bd \u03c8\u03c5\u03c7\u03bf\u03c6\u03b8\u03cc\u03c1\u03b1 \u03b2\u03b4\u03b5\u03bb\u03c5\u03b3\u03bc\u03af\u03b1. \u039f\u03a3 \u03bf\u03c2",
    "\u0627\u0644\u0639\u0631\u0628\u064a\u0629 \u0644\u063a\u0629 \u062c\u0645\u064a\u0644\u0629 \u0648\u064e\u0627\u0644\u062a\u0651\u064e\u0634\u0652\u0643\u0650\u064a\u0644 \u0661\u0662\u0663\u0664", "\u05d3\u05d2 \u05e1\u05e7\u05e8\u05df \u05e9\u05d8 \u05d1\u05d9\u05dd \u05de\u05d0\u05d5\u05db\u05d6\u05d1",
    "\u0939\u093f\u0928\u094d\u0926\u0940 \u092d\u093e\u0937\u093e \u092e\u0947\u0902 \u0932\u093f\u0916\u093e \u0939\u0941\u0906 \u0935\u093e\u0915\u094d\u092f \u0967\u0968\u0969", "\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22\u0e40\u0e1b\u0e47\u0e19\u0e20\u0e32\u0e29\u0e32\u0e17\u0e35\u0e48\u0e44\u0e21\u0e48\u0e21\u0e35\u0e0a\u0e48\u0e2d\u0e07\u0e27\u0e48\u0e32\u0e07",
    "\u5929\u5730\u7384\u9ec4\uff0c\u5b87\u5b99\u6d2a\u8352\u3002\u65e5\u6708\u76c8\u6603\uff0c\u8fb0\u5bbf\u5217\u5f20\u3002", "\u89c6\u9891\u91cc\u51fa\u73b0\u4e86\u54ea\u4e9b\u7269\u4f53\uff1f 123 it's  two  spaces\n\nnewline", "\u81fa\u7063\u7e41\u9ad4\u4e2d\u6587\u6e2c\u8a66\uff0c\u5305\u542b\u6a19\u9ede\u300c\u5f15\u865f\u300d\u3001\u9813\u865f\u3002",
    "\u3044\u308d\u306f\u306b\u307b\u3078\u3068 \u30a4\u30ed\u30cf\u30cb\u30db\u30d8\u30c8 \uff76\uff80\uff76\uff85 \u65e5\u672c\u8a9e\u306e\u6587\u7ae0\u3067\u3059\u3002", "\ub2e4\ub78c\uc950 \ud5cc \uccc7\ubc14\ud034\uc5d0 \ud0c0\uace0\ud30c \u1112\u1161\u11ab\u1100\u1173\u11af", "Ti\u1ebfng Vi\u1ec7t c\u00f3 d\u1ea5u: ngh\u0129a, \u0111\u01b0\u1eddng, ph\u1edf, tr\u01b0\u1eddng h\u1ecdc",
    "\u10e5\u10d0\u10e0\u10d7\u10e3\u10da\u10d8 \u10d4\u10dc\u10d0 \u1c9b\u1ca2", "\u0540\u0561\u0575\u0565\u0580\u0565\u0576 \u056c\u0565\u0566\u0578\u0582", "\u12a0\u121b\u122d\u129b \u1355\u12f0\u120d", "\u1019\u103c\u1014\u103a\u1019\u102c\u1018\u102c\u101e\u102c", "\u17a2\u1780\u17d2\u179f\u179a\u1781\u17d2\u1798\u17c2\u179a",
    "\u0ba4\u0bae\u0bbf\u0bb4\u0bcd \u0bae\u0bca\u0bb4\u0bbf", "\u0c24\u0c46\u0c32\u0c41\u0c17\u0c41", "\u0d2e\u0d32\u0d2f\u0d3e\u0d33\u0d02", "\u09ac\u09be\u0982\u09b2\u09be \u09ad\u09be\u09b7\u09be", "\u0a2a\u0a70\u0a1c\u0a3e\u0a2c\u0a40", "\u0f56\u0f7c\u0f51\u0f0b\u0f66\u0f90\u0f51\u0f0b", "\u13e3\u13b3\u13a9 \uab70\uab71", "\u1405\u1403\u14c7 \u1401\u14c4\u1483\u144e\u1450\u1466",
    "def f(x: int) -> str:\n    \"\"\"doc\"\"\"\n    return f\"{x!r:>10}\"  # comment\n", "for (int i = 0; i < n; ++i) {\n\t\ta[i] += b[i]->c * 0x1F;\n}\n", "SELECT * FROM `t` WHERE a='x' AND b<>\"y\"; -- end", "<div class=\"a b\" id='c'>&nbsp;&amp;</div>\r\n", "{\"key\": [1, 2.5e-10, null, true], \"k\\u00e9y\": \"v\"}",
    "public static void main(String[] args) throws IOException { System.out.println(\"hi\"); }", "https://example.com/a/b?c=d&e=%20f#g  user@example.org", "$E = mc^2$, \\frac{a}{b} \\sum_{i=0}^{n} \u222b\u2202x \u2203\u2200 \u2264\u2265 \u00b1 \u221e", "camelCaseString snake_case_string SCREAMING_SNAKE kebab-case PascalCaseXMLHttpRequest iPhone McDonald",
    "1 12 123 1234 12345 1234567890 3.14159 1,000,000 0b1010 \u00bd \u00b2\u00b3 \u2160\u216b \u2460 \u0663\u0664 \uff11\uff12 1\u0308 12a34", "!!! ??? ... --- *** ___ ### $$$ %%% ^^^ &&& ((())) [[]] {{}} <<>> \\\\ // || ~~ `` '' \"\" ;; ::", "\u00abfr\u00bb \u201cde\u201d \u2018s\u2019 \u2026 \u2014 \u2013 \u00a7 \u00b6 \u2020 \u2030 \u20ac\u00a3\u00a5\u20b9\u20bf \u2122\u00ae\u00a9",
    "USER:Hello\nASSISTANT:Hi</longcat_s>\n[Round 1] second{0.5}:<|image_pad|>", "<|im_start|>user\n<|endoftext|> <|begin_of_text|><|eot_id|><think> <\uff5cbegin\u2581of\u2581sentence\uff5c>x<|endofprompt|>",
]
EMOJI = [
    "\U0001F600", "\U0001F468\u200d\U0001F469\u200d\U0001F467\u200d\U0001F466", "\U0001F1E9\U0001F1EA\U0001F1EF\U0001F1F5", "\U0001F44D\U0001F3FD\U0001F44D\U0001F3FF", "\u2764\ufe0f\u200d\U0001F525", "\U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F",
    "1\ufe0f\u20e3", "\u263a\ufe0e\u263a\ufe0f", "\U0001FAE0\U0001FAE8\U0001FAE9", "\U0001F9D1\U0001F3FE\u200d\U0001F4BB",
]
SPACES = [
    " ", "  ", "   ", "        ", "\t", "\n", "\r", "\r\n", "\n\n\n", " \n", "\n ", "\t\t \t", "\u00a0", "\u2003", "\u3000", "\u2028", "\u2029", "\u0085", "\u200b", "\ufeff", "\u180e", "\u202f", "\u205f", "\u1680", "\v", "\f", "\x1c", "\x1f", "\u2060", " \u00a0 ", "  \r\n\r\n  ", "\u0085\n",
]
CONTROL = [chr(c) for c in range(32)] + ["\x7f", "\x80", "\x9f", "\u200d", "\u200e", "\u202e", "\ufffd", "\ufffe", "\ue000", "\U0010ffff", "\u0000\u0000"]
LONG = [
    "a" * 300, "\u00e9" * 200, "A" * 150, "aA" * 100, "\u4e2d" * 200, " " * 200, "\n" * 150, "=" * 200, "0123456789" * 20, "\U0001F600" * 60, "ab" * 150 + " " + "'s" * 40,
    "Donaudampfschifffahrtselektrizit\u00e4tenhauptbetriebswerkbauunterbeamtengesellschaft", "x_" * 100, "\u0301" * 80, "e\u0301" * 60, "\u0e01\u0e33" * 60, "\u1100\u1161" * 50, "\r\n" * 60, " \t" * 60, "</" * 50,
]
NEW_LETTERS = ["\u1c89\u1c8a", "\u0870\u0871 \u0897", "\U00010D40\U00010D41", "\U0001E030\U0001E031", "\U00031350\U00031351", "\U0002EBF0", "\u9ffd\u9ffe\u9fff", "\U00011F02\U00011F50", "\U000105C0\U000105C1", "\ua7cb\ua7da", "\U0001E4D0 \U0001E4EC\U0001E4F0", "\u061d x\u061dy", "\u20c0 5\u20c0", "\U00016D40\U00016D63\U00016D70"]


def assigned(rng):
    """A character of a random block, unassigned ones included now and then."""
    base = rng.choice([0x20, 0xA0, 0x100, 0x370, 0x400, 0x590, 0x600, 0x900, 0xE00, 0x1100, 0x1E00, 0x2000, 0x2100, 0x2190, 0x2500, 0x2C00, 0x3040, 0x30A0, 0x4E00, 0x7000, 0xA000, 0xAC00, 0xF900, 0xFB00, 0xFE30, 0xFF00, 0x10000, 0x10300, 0x12000, 0x1D400, 0x1F300, 0x1F900, 0x20000, 0x2A700, 0xE0000])
    while True:
        c = base + rng.randrange(0x100)
        if not 0xD800 <= c < 0xE000 and (unicodedata.category(chr(c)) != "Cn" or rng.random() < 0.02):
            return chr(c)


def strings(count=3000, seed=20261122):
    rng = random.Random(seed)
    result = ["", " ", "a", "\n"] + SENTENCES + EMOJI + SPACES + CONTROL + LONG + NEW_LETTERS
    words = [w for s in SENTENCES for w in s.split(" ")]
    pools = [words, EMOJI, SPACES, CONTROL, NEW_LETTERS]
    while len(result) < count:
        kind = rng.randrange(8)
        if kind == 0:
            text = "".join(rng.choice(rng.choice(pools)) for _ in range(rng.randrange(1, 14)))
        elif kind == 1:
            text = "".join(rng.choice(words) + rng.choice(SPACES) for _ in range(rng.randrange(1, 12)))
        elif kind == 2:
            text = "".join(assigned(rng) for _ in range(rng.randrange(1, 24)))
        elif kind == 3:
            text = "".join(rng.choice("abcXYZ019 .,'\n\t-_/sStTdDmMlLrReEvV\u017f") for _ in range(rng.randrange(1, 60)))
        elif kind == 4:
            text = " ".join(rng.choice([str.upper, str.lower, str.title, str.swapcase])(rng.choice(words)) for _ in range(rng.randrange(1, 10)))
        elif kind == 5:
            text = unicodedata.normalize(rng.choice(["NFD", "NFC", "NFKD"]), rng.choice(SENTENCES))
        elif kind == 6:
            text = str(rng.randrange(10 ** rng.randrange(1, 20))) + rng.choice(["", "%", "km", " ", ".", "\u00b0C", "\u5e74"]) + str(rng.random())
        else:
            sentence = rng.choice(SENTENCES)
            start = rng.randrange(len(sentence))
            text = sentence[start:] + rng.choice(rng.choice(pools)) + sentence[:start]
        result.append(text[:400])
    return result


if __name__ == "__main__":
    print(len(strings()), sum(map(len, strings())), file=sys.stderr)
