"""pocketsphinx with a grammar of the answers: a listener that nobody here trained."""

import pathlib
import re
import subprocess
import tempfile
import wave

import numpy as np

from .text_tasks import FACTS, REFUSAL
from .words import (
    ANIMALS,
    COLOURS,
    DAYS,
    DIGITS,
    MONTHS,
    NAMES,
    OPPOSITES,
    ORDINALS,
    SHAPES,
    SIGNS,
    TEENS,
    TENS,
    THINGS,
    spelled,
)

HZ = 16000
PATTERNS = [
    "it is <number>",
    "<number> is ( larger | smaller )",
    "yes it is",
    "no it is not",
    "<day> comes ( after | before ) <day>",
    "<month> comes ( after | before ) <month>",
    "the <ordinal> day is <day>",
    "the <ordinal> month is <month>",
    "the opposite of <word> is <word>",
    "<thing> is <colour>",
    "hello <name>",
    "your name is <name>",
    "you are <name>",
    "your favourite colour is <colour>",
    "i like <colour> too",
    "that is nice",
    "you have a <animal>",
    "you are <number> years old",
    "<number> <number> <number> [ <number> ] [ <number> ] [ <number> ] [ <number> ]",
    "there are ( no | two | three | four | five ) ( <shape> s | <shapes> | shapes )",
    "there is one ( <shape> | shape )",
    "the <shape> is ( <colour> | large | small | larger | smaller )",
    "the <colour> shape is ( a | an ) <shape>",
    "the <shape> is <place>",
    "the <colour> <shape> is ( to the ( left | right ) of | above | below ) the <shape>",
    "i see <noun> [ and <noun> ]",
    "i see <noun> <noun> and <noun>",
    "the ( word | number ) is ( <sign> | <number> )",
    "the <shape> moves ( to the ( left | right ) | up | down )",
    "the <colour> <shape> moves",
    "the <colour> <shape> comes ( first | last )",
    "the <colour> <shape> comes ( after | before ) the <shape>",
    "the <shape> comes at second <number>",
    "i hear ( speech | a tone | noise )",
    "the tone is ( high | low )",
]
PLACES = [
    "at the top left",
    "at the top",
    "at the top right",
    "on the left",
    "in the middle",
    "on the right",
    "at the bottom left",
    "at the bottom",
    "at the bottom right",
]


def grammar() -> str:
    """JSGF of everything that the model may answer."""
    either = lambda words: " | ".join(sorted({word.lower() for word in words}))
    told = [spelled(answer) for _, answer in FACTS] + [spelled(REFUSAL)]
    rules = {
        "digit": either(DIGITS[1:]),
        "number": f"zero | <digit> | {either(TEENS)} | ( {either(TENS)} ) [ <digit> ]",
        "day": either(DAYS),
        "month": either(MONTHS),
        "ordinal": either(ORDINALS),
        "colour": either(COLOURS),
        "shape": either(SHAPES),
        "shapes": either([*(f"{shape}s" for shape in SHAPES if shape != "cross"), "crosses"]),
        "name": either(NAMES),
        "animal": either(ANIMALS),
        "word": either(word for pair in OPPOSITES for word in pair),
        "thing": either(THINGS),
        "place": either(PLACES),
        "sign": either(SIGNS),
        "noun": "( a | an ) <colour> <shape>",
        "answer": " | ".join([*told, *(pattern.replace("<shape> s | ", "") for pattern in PATTERNS)]),
    }
    body = "\n".join(
        f"{'public ' if name == 'answer' else ''}<{name}> = {rule};" for name, rule in rules.items()
    )
    return f"#JSGF V1.0;\ngrammar answers;\n{body}\n"


# Words that pocketsphinx's dictionary spells in another way.
DICTIONARY = {"colour": "color", "favourite": "favorite", "longcat": "long cat"}


def recognised(sounds: list[np.ndarray]) -> list[list[str]]:
    """The words heard in each sound, samples at 16 kHz."""
    text = grammar()
    for ours, theirs in DICTIONARY.items():
        text = re.sub(rf"\b{ours}\b", theirs, text)
        text = text.replace(f"<{theirs}>", f"<{ours}>")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "answers.gram").write_text(text)
        return [_recognised(path, sound) for sound in sounds]


def _recognised(folder: pathlib.Path, sound: np.ndarray) -> list[str]:
    padded = np.concatenate([np.zeros(HZ // 4, np.float32), sound, np.zeros(HZ // 2, np.float32)])
    noise = np.random.default_rng(1).standard_normal(len(padded)) * 2e-4
    with wave.open(str(folder / "sound.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(HZ)
        file.writeframes(np.round(np.clip(padded + noise, -1, 1) * 32767).astype("<i2").tobytes())
    command = [
        "pocketsphinx_continuous",
        "-infile",
        str(folder / "sound.wav"),
        "-jsgf",
        str(folder / "answers.gram"),
        "-logfn",
        "/dev/null",
    ]
    heard = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for ours, theirs in DICTIONARY.items():
        heard = re.sub(rf"\b{theirs}\b", ours, heard)
    return re.findall(r"[a-z]+", heard.lower())
