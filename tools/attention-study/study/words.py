"""The words of the tasks; each is one token, and so is each mark."""

from random import Random

CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"

FRAMES = """
The code of is . What ? Then A B list begins : ends Say the words in order Which word comes most often three
lives keeps Where does live keep What are codes Repeat all value has Follow and , name s with next
""".split()


def invented(count: int, seed: int, taken: set[str]) -> list[str]:
    """Words of two or three syllables that nobody else has."""
    rng = Random(seed)
    words: list[str] = []
    while len(words) < count:
        word = "".join(rng.choice(CONSONANTS) + rng.choice(VOWELS) for _ in range(rng.choice((2, 3))))
        if word not in taken:
            taken.add(word)
            words.append(word)
    return words


_taken = {word.lower() for word in FRAMES}
KEYS = invented(160, 1, _taken)
VALUES = invented(160, 2, _taken)
FILLER = invented(160, 3, _taken)
MARKS = [".", ",", ":", "?"]


def pieces() -> list[str]:
    """What the vocabulary has to hold: every word with and without a space before it."""
    words = [*KEYS, *VALUES, *FILLER, *FRAMES]
    return sorted({form for word in words for form in (word, f" {word}")} | set(MARKS) | {"USER", "ASSISTANT"})
