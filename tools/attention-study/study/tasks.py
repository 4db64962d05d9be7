"""Long synthetic tasks after those of HELMET and RULER: facts in a haystack, and questions about them."""

from collections.abc import Callable
from random import Random

from .words import FILLER, KEYS, VALUES

from tiny.talk import Talk, Turn

# Facts of a task: sentences that have to stay in order, and questions with their answers.
Facts = tuple[list[str], list[tuple[str, str]]]


def _code(key: str, value: str) -> str:
    return f"The code of {key} is {value}."


def _what(key: str) -> str:
    return f"What is the code of {key}?"


def needle(rng: Random, size: int) -> Facts:
    """One fact, asked for by its key."""
    key, value = rng.choice(KEYS), rng.choice(VALUES)
    return [_code(key, value)], [(_what(key), f"{value}.")]


def many_keys(rng: Random, size: int) -> Facts:
    """Many facts of the same form; the other keys distract."""
    keys = rng.sample(KEYS, min(len(KEYS), max(4, size // 32)))
    facts = {key: rng.choice(VALUES) for key in keys}
    asked = rng.sample(keys, min(len(keys), 6))
    return [_code(*fact) for fact in facts.items()], [(_what(key), f"{facts[key]}.") for key in asked]


def many_values(rng: Random, size: int) -> Facts:
    """A key with three values, to be told in the order of the text."""
    keys = rng.sample(KEYS, 4)
    facts = [(key, value) for key in keys for value in rng.sample(VALUES, 3)]
    rng.shuffle(facts)
    questions = []
    for key in rng.sample(keys, 3):
        values = [value for owner, value in facts if owner == key]
        questions.append((f"What are all codes of {key}?", " ".join(values) + "."))
    return [_code(*fact) for fact in facts], questions


def many_queries(rng: Random, size: int) -> Facts:
    """Three keys asked for at once."""
    keys = rng.sample(KEYS, 8)
    facts = {key: rng.choice(VALUES) for key in keys}
    questions = []
    for _ in range(3):
        asked = rng.sample(keys, 3)
        question = f"What are the codes of {asked[0]}, {asked[1]}, {asked[2]}?"
        questions.append((question, " ".join(facts[key] for key in asked) + "."))
    return [_code(*fact) for fact in facts.items()], questions


def tracking(rng: Random, size: int) -> Facts:
    """Names that are given the value of another name, to be followed to the value; others distract."""
    chains = [rng.sample(KEYS, 12)[i : i + 3] for i in range(0, 9, 3)]
    used: set[str] = set()
    sentences, questions = [], []
    for chain in chains:
        chain = [key for key in chain if key not in used][:3]
        used.update(chain)
        if len(chain) < 3:
            continue
        value = rng.choice(VALUES)
        sentences.append([f"{chain[0]} has the value {value}."])
        sentences[-1] += [f"{after} has the value of {before}." for before, after in zip(chain, chain[1:])]
        for key in chain[1:]:
            questions.append((f"Follow {key}.", f"{value}."))
    rng.shuffle(questions)
    return _interleaved(rng, sentences), questions[:4]


def common_words(rng: Random, size: int) -> Facts:
    """Which three words come most often; sentences of others between them."""
    often = rng.sample(VALUES, 3)
    times = max(3, size // 64)
    sentences = [f"A list with {word}." for word in often for _ in range(times)]
    rare = [f"A list with {word}." for word in rng.sample([w for w in VALUES if w not in often], min(60, times))]
    sentences += rare
    rng.shuffle(sentences)
    first = sorted(often, key=lambda word: sentences.index(f"A list with {word}."))
    return sentences, [("Which three words come most often?", " ".join(first) + ".")]


def frequent_word(rng: Random, size: int) -> Facts:
    """Which word comes most often: each next one comes half as often as the one before."""
    words = rng.sample(VALUES, 4)
    times = max(4, size // 48)
    sentences = [f"A list with {word}." for i, word in enumerate(words) for _ in range(max(1, times >> i))]
    rng.shuffle(sentences)
    return sentences, [("Which word comes most often?", f"{words[0]}.")]


def passages(rng: Random, size: int) -> Facts:
    """Short passages about persons; the question names one and one of two things said of them."""
    names = rng.sample(KEYS, min(40, max(4, size // 48)))
    facts = {name: (rng.choice(VALUES), rng.choice(VALUES)) for name in names}
    questions = []
    for name in rng.sample(names, min(len(names), 5)):
        if rng.random() < 0.5:
            questions.append((f"Where does {name} live?", f"{facts[name][0]}."))
        else:
            questions.append((f"What does {name} keep?", f"{facts[name][1]}."))
    return [f"{name} lives in {place} and keeps {thing}." for name, (place, thing) in facts.items()], questions


def ordered_recall(rng: Random, size: int) -> Facts:
    """A named list of words, to be said again in its order; other lists distract."""
    names = rng.sample(KEYS, 3)
    lists = {name: rng.sample(VALUES, 5) for name in names}
    sentences = [f"The list {name} begins: {' '.join(words)}." for name, words in lists.items()]
    return sentences, [(f"Repeat the list {name}.", " ".join(lists[name]) + ".") for name in rng.sample(names, 2)]


TASKS: list[Callable[[Random, int], Facts]] = [
    needle,
    many_keys,
    many_values,
    many_queries,
    tracking,
    common_words,
    frequent_word,
    passages,
    ordered_recall,
]

RETRIEVAL = ("needle", "many_keys", "many_values", "many_queries", "passages", "ordered_recall")


def make(task: Callable[[Random, int], Facts], rng: Random, size: int, single: bool = False) -> Talk:
    """A talk of about `size` tokens: facts among sentences that say nothing, then the questions, turn by turn."""
    sentences, questions = task(rng, size)
    if single:
        questions = questions[:1]
    words = lambda text: len(text.replace(".", " .").replace(",", " ,").replace(":", " :").replace("?", " ?").split())
    spent = sum(words(text) + 1 for text in sentences) + sum(words(q) + words(a) + 6 for q, a in questions)
    filler = []
    while spent < size:
        sentence = " ".join(rng.choice(FILLER) for _ in range(rng.randint(4, 9))) + "."
        filler.append(sentence)
        spent += words(sentence)
    text = " ".join(_interleaved(rng, [sentences, filler]))
    turns = [Turn(f"{text} {questions[0][0]}", questions[0][1])]
    turns += [Turn(question, answer) for question, answer in questions[1:]]
    return Talk(task.__name__, text, turns)


def _interleaved(rng: Random, lists: list[list[str]]) -> list[str]:
    """All of them, each list in its order."""
    order = [i for i, one in enumerate(lists) for _ in one]
    rng.shuffle(order)
    rest = [iter(one) for one in lists]
    return [next(rest[i]) for i in order]
