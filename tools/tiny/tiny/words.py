"""The words of the model's world."""

DIGITS = "zero one two three four five six seven eight nine".split()
TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = ("January February March April May June July August September October November December").split()
ORDINALS = "first second third fourth fifth sixth seventh".split() + (
    "eighth ninth tenth eleventh twelfth".split()
)
SHAPES = "circle square triangle star cross diamond ring".split()
# Ways to move, and what they change across and down.
MOVES = {"to the left": (-1, 0), "to the right": (1, 0), "up": (0, -1), "down": (0, 1)}
COLOURS = {
    "red": (220, 30, 30),
    "green": (30, 150, 40),
    "blue": (40, 70, 220),
    "yellow": (245, 220, 30),
    "orange": (245, 140, 20),
    "purple": (130, 40, 160),
    "pink": (250, 150, 190),
    "black": (15, 15, 15),
    "white": (250, 250, 250),
}
NAMES = (
    "Anna Ben Tom Emma Lucy Max Leo Mia Sam Eva Paul Nina Oscar Rosa David Sara Peter Julia Jack Kate"
).split()
ANIMALS = "cat dog horse cow bird fish mouse rabbit duck sheep".split()
OPPOSITES = [
    ("hot", "cold"),
    ("big", "small"),
    ("day", "night"),
    ("up", "down"),
    ("left", "right"),
    ("fast", "slow"),
    ("old", "young"),
    ("happy", "sad"),
    ("open", "closed"),
    ("high", "low"),
    ("long", "short"),
    ("good", "bad"),
    ("wet", "dry"),
    ("full", "empty"),
    ("light", "dark"),
    ("loud", "quiet"),
    ("early", "late"),
    ("first", "last"),
]
THINGS = {
    "grass": "green",
    "snow": "white",
    "coal": "black",
    "blood": "red",
    "milk": "white",
    "the sky": "blue",
    "the sun": "yellow",
    "a banana": "yellow",
    "a carrot": "orange",
    "a leaf": "green",
    "the night": "black",
    "a pig": "pink",
    "a plum": "purple",
    "the sea": "blue",
}
SIGNS = "cat dog sun sea red blue green yes no stop go open cup map box tree fish bird star moon".split()


def number(value: int) -> str:
    """0 to 99 in words, without a hyphen."""
    if value < 10:
        return DIGITS[value]
    if value < 20:
        return TEENS[value - 10]
    tens, ones = divmod(value, 10)
    return TENS[tens - 2] + (f" {DIGITS[ones]}" if ones else "")


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def article(noun_phrase: str) -> str:
    return ("an " if noun_phrase[0] in "aeiou" else "a ") + noun_phrase


def listing(items: list[str]) -> str:
    if len(items) == 1:
        return items[0]
    return ", ".join(items[:-1]) + " and " + items[-1]


def spelled(text: str) -> str:
    """Words in lower case, without signs."""
    return " ".join("".join(c if c.isalnum() else " " for c in text.lower()).split())
