"""Which words become tokens: all that the tasks say, found by letting them speak."""

from random import Random

import regex

from . import tokens
from .text_tasks import STRANGE, SYLLABLES, text_task
from .words import ANIMALS, COLOURS, DAYS, DIGITS, MONTHS, NAMES, SHAPES, SIGNS, TEENS, TENS, capital

GPT2 = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")

MEDIA_SENTENCES = """
How many circles are there? There are three circles. There is one circle. There are no circles.
How many squares triangles stars crosses diamonds rings shapes red shapes are there?
What colour is the square? The square is red. What shape is red? The red shape is a square.
What is to the left of the circle? to the right of above below The red square is to the left of the circle.
Which shape is larger? The circle is larger. Which shape is smaller? Is the circle large or small? It is large.
Is the circle to the left of the square? Is the circle above the square? Yes, it is. No, it is not.
Where is the circle? The circle is at the top left. bottom right centre middle
What do you see? What is in the picture? I see a red circle and a blue square. I see an orange ring.
What word is written here? What does it say? It says cat. What number is written here? The number is 42.
The word is cat. Read the word. Read the number. Describe the picture. Describe the video.
What did I say? Write down what you hear. What do you hear? I hear speech. I hear a tone. I hear noise. I hear nothing.
What kind of sound is this? This is speech. This is a tone. This is noise. Is the tone high or low? The tone is high.
What is in the sound? Listen. Is this speech, a tone or noise? silence
Where does the circle move? The circle moves to the left. The circle moves up. The circle moves down.
Which shape moves? The red circle moves. Which shape comes first? The red square comes first. Which shape comes last?
When does the circle come? The circle comes at second two. at second 2 appears disappears
What happens in the video? A red circle moves to the right. Then a blue square comes. does not move stays
Which shape comes before after the square? Does the circle move? What moves? Which way does the circle move?
Please answer. Answer the question. Look at the picture. Listen to me. I do not know. I can not see that.
second{0.1}: second{10.6}: second{2.3}: second{3.8}: second{4.5}: second{7.9}:
USER: ASSISTANT: VOICE ASSISTANT: SYSTEM:
"""
HINTS = (
    "USER ASSISTANT VOICE SYSTEM Ġ second }: { : , . ? ! ; - + ' :{ , "
    "Here here please Please now then Then both all same "
    "different other left right side"
).split()


def pretokens(text: str) -> list[str]:
    return GPT2.findall(text)


def collect(samples: int = 20_000, seed: int = 1) -> list[str]:
    """Every piece that the tasks use often, with and without a space before it."""
    rng = Random(seed)
    counts: dict[str, int] = {}
    talks = (turn for _ in range(samples) for turn in text_task(rng).turns)
    for turn in talks:
        for piece in [*pretokens(turn.question), *pretokens(turn.answer)]:
            counts[piece] = counts.get(piece, 0) + 1
    strange = {*STRANGE, *SYLLABLES}
    often = {piece for piece, count in counts.items() if count >= 4 and piece.strip() not in strange}
    known = [
        *SHAPES,
        *(f"{shape}s" for shape in SHAPES),
        "crosses",
        *COLOURS,
        *ANIMALS,
        *SIGNS,
        *DIGITS,
        *TEENS,
        *TENS,
    ]
    often |= {form for word in known for form in (f" {word}", word, capital(word))}
    often |= {f" {word}" for word in [*DAYS, *MONTHS, *NAMES]} | {*DAYS, *MONTHS, *NAMES}
    often |= {piece for line in MEDIA_SENTENCES.strip().splitlines() for piece in pretokens(line)}
    often |= {hint.replace("Ġ", " ") for hint in HINTS}
    often |= {f" {digit}" for digit in range(10)}
    return sorted(piece for piece in often if piece and not _is_long_number(piece) and piece.isascii())


def _is_long_number(piece: str) -> bool:
    """Numbers are read digit by digit."""
    return len(piece.strip()) > 1 and piece.strip().isdigit()


def build() -> dict:
    return tokens.build(collect())
