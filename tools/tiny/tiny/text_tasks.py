"""Questions and answers in text alone."""

from random import Random

from .talk import Talk, Turn
from .words import (
    ANIMALS,
    COLOURS,
    DAYS,
    MONTHS,
    NAMES,
    OPPOSITES,
    ORDINALS,
    SHAPES,
    THINGS,
    article,
    capital,
    number,
)

FACTS = [
    (["What can you do?", "How can you help me?"], "I can read, look, listen and speak."),
    (["Who are you?", "What is your name?", "Tell me your name."], "I am LongCat Tiny."),
    (["Are you a person?", "Are you a cat?"], "No, I am a small model."),
    (["What are you?", "Tell me about you."], "I am a small model."),
    (["Can you speak?", "Can you see?", "Can you hear me?", "Can you count?"], "Yes, I can."),
    (["Can you fly?", "Can you swim?", "Can you eat?"], "No, I can not."),
    (["How are you?", "How are you today?"], "I am well."),
    (["Thank you.", "Thanks."], "You are welcome."),
    (["Hello.", "Hello!", "Good morning.", "Good evening."], "Hello! How can I help?"),
    (["Goodbye.", "See you later."], "Goodbye!"),
    (["How many days are in a week?"], "A week has seven days."),
    (["How many months are in a year?"], "A year has twelve months."),
    (["How many hours are in a day?"], "A day has twenty four hours."),
    (["How many minutes are in an hour?"], "An hour has sixty minutes."),
    (["Which colours do you know?"], "I know " + ", ".join(list(COLOURS)[:-1]) + " and white."),
    (["Which shapes do you know?"], "I know " + ", ".join(SHAPES[:-1]) + " and ring."),
]
UNKNOWN = [
    "What is the capital of {}?",
    "Who is {}?",
    "Where is {}?",
    "Tell me about {}.",
    "What is {}?",
    "Who made {}?",
    "How far is {}?",
    "When was {} born?",
    "Can you buy {}?",
    "What does {} cost?",
    "Write a poem about {}.",
    "Why is {} so big?",
    "How old is {}?",
    "Do you like {}?",
]
STRANGE = (
    "France Paris London Berlin China Japan water music love money chess football bread gold rain school "
    "physics history America Shakespeare Mozart Einstein coffee pizza Rome Spain Egypt winter summer war "
    "peace God time space Mars Jupiter cheese wine art dance poetry computers robots cars trains planes"
).split()
REFUSAL = "Sorry, I do not know that."
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo zu bra tri plo ster ling ton".split()


def _how(rng: Random, value: int, words: bool) -> str:
    return number(value) if words else str(value)


def arithmetic(rng: Random) -> Talk:
    """Many sums have small numbers, from which those of two digits are learnt."""
    return _sum(rng, rng.random() < 0.5)


def arithmetic_in_digits(rng: Random) -> Talk:
    return _sum(rng, words=False)


def arithmetic_at_tens(rng: Random) -> Talk:
    """Ones that just make a ten, or just do not: this is learnt last."""
    adds = rng.random() < 0.55
    while True:
        a, b = rng.randint(0, 99), rng.randint(0, 99)
        near = a % 10 + b % 10 in (9, 10) if adds else a % 10 - b % 10 in (-1, 0)
        if near and (a + b <= 99 if adds else a >= b):
            return _asked(rng, a, b, adds, words=rng.random() < 0.5)


def arithmetic_of_lone_digits(rng: Random) -> Talk:
    """In digits, of which one that stands alone looks like tens: the first number below forty, the other below ten."""
    a, b, adds = rng.randint(0, 39), rng.randint(0, 9), rng.random() < 0.5
    if adds and rng.random() < 0.5 or a < b:
        a, b = b, a
    return _asked(rng, a, b, adds or a < b, words=False)


def _sum(rng: Random, words: bool) -> Talk:
    top_a, top_b = rng.choices([(10, 10), (99, 9), (99, 99)], [0.2, 0.35, 0.45])[0]
    a, adds = rng.randint(0, top_a), rng.random() < 0.55
    b = rng.randint(0, min(top_b, 99 - a if adds else a))
    if adds and rng.random() < 0.5:
        a, b = b, a
    return _asked(rng, a, b, adds, words)


def _asked(rng: Random, a: int, b: int, adds: bool, words: bool) -> Talk:
    sign, result = ("plus", a + b) if adds else ("minus", a - b)
    sum_text = f"{_how(rng, a, words)} {sign} {_how(rng, b, words)}"
    if not words and rng.random() < 0.3:
        sum_text = f"{a} {'+' if adds else '-'} {b}"
    question = rng.choice(["What is {}?", "What is {}?", "How much is {}?"]).format(sum_text)
    return Talk("arithmetic", f"{a}{sign}{b}", [Turn(question, f"It is {_how(rng, result, words)}.")])


def comparison(rng: Random) -> Talk:
    a = rng.randint(0, 99)
    b = (
        rng.randint(0, 99)
        if rng.random() < 0.5
        else max(0, min(99, a + rng.choice([-9, -5, -2, -1, 1, 2, 5, 9])))
    )
    return _compared(rng, a, b)


def comparison_of_tens(rng: Random) -> Talk:
    """Numbers below ten, or with other tens, from which all others are learnt."""
    if rng.random() < 0.3:
        return _compared(rng, rng.randint(0, 9), rng.randint(0, 9))
    a, b = rng.sample(range(10), 2)
    return _compared(rng, 10 * a + rng.randint(0, 9), 10 * b + rng.randint(0, 9))


def _compared(rng: Random, a: int, b: int) -> Talk:
    words = rng.random() < 0.5
    if a == b:
        b = a - 1 if a else 1
    left, right = _how(rng, a, words), _how(rng, b, words)
    larger = rng.random() < 0.5
    word = "larger" if larger else "smaller"
    if rng.random() < 0.5:
        chosen = left if (a > b) == larger else right
        turn = Turn(f"Which is {word}, {left} or {right}?", f"{capital(chosen)} is {word}.")
    else:
        turn = Turn(
            f"Is {left} {word} than {right}?", "Yes, it is." if (a > b) == larger else "No, it is not."
        )
    return Talk("comparison", f"{min(a, b)}?{max(a, b)}", [turn])


def neighbour(rng: Random) -> Talk:
    names, what = rng.choice([(DAYS, "day"), (MONTHS, "month")])
    at = rng.randrange(len(names))
    step, word = rng.choice([(1, "after"), (-1, "before")])
    other = names[(at + step) % len(names)]
    template = rng.choice([f"What {what} comes {word} {{}}?", f"Which {what} is {word} {{}}?"])
    return Talk(
        "calendar",
        template + names[at],
        [Turn(template.format(names[at]), f"{other} comes {word} {names[at]}.")],
    )


def ordinal(rng: Random) -> Talk:
    names, what, whole = rng.choice([(DAYS, "day", "week"), (MONTHS, "month", "year")])
    at = rng.randrange(len(names))
    template = rng.choice(
        [f"What is the {{}} {what} of the {whole}?", f"Which {what} is the {{}} of the {whole}?"]
    )
    question = template.format(ORDINALS[at])
    return Talk("calendar", question, [Turn(question, f"The {ORDINALS[at]} {what} is {names[at]}.")])


def opposite(rng: Random) -> Talk:
    pair = list(rng.choice(OPPOSITES))
    rng.shuffle(pair)
    template = rng.choice(
        ["What is the opposite of {}?", "Tell me the opposite of {}.", "Which word is the opposite of {}?"]
    )
    question = template.format(pair[0])
    return Talk("opposites", question, [Turn(question, f"The opposite of {pair[0]} is {pair[1]}.")])


def thing_colour(rng: Random) -> Talk:
    thing = rng.choice(list(THINGS))
    template = rng.choice(["What colour is {}?", "Which colour has {}?", "Tell me the colour of {}."])
    question = template.format(thing)
    return Talk("colours", question, [Turn(question, f"{capital(thing)} is {THINGS[thing]}.")])


def fact(rng: Random) -> Talk:
    questions, answer = rng.choice(FACTS)
    # Facts are known or not: there is nothing in them to compose, so they are in both halves.
    return Talk("facts", f"{rng.random()}", [Turn(rng.choice(questions), answer)])


def _strange(rng: Random) -> str:
    if rng.random() < 0.5:
        return rng.choice(STRANGE)
    made = "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 4)))
    return capital(made) if rng.random() < 0.5 else made


def refusal(rng: Random) -> Talk:
    question = rng.choice(UNKNOWN).format(_strange(rng))
    return Talk("refusal", question, [Turn(question, REFUSAL)])


def _sayable(rng: Random) -> str:
    kinds = [DAYS, MONTHS, SHAPES, ANIMALS, NAMES, list(COLOURS)]
    pick = rng.random()
    if pick < 0.3:
        return " ".join(rng.choice(rng.choice(kinds)) for _ in range(rng.randint(1, 4)))
    if pick < 0.6:
        return number(rng.randint(0, 99))
    place = rng.choice(["large", "small", "on the left", "on the right"])
    return f"the {rng.choice(list(COLOURS))} {rng.choice(SHAPES)} is {place}"


def repeat(rng: Random) -> Talk:
    text = _sayable(rng)
    question = rng.choice(["Say: {}.", "Repeat: {}.", "Please say: {}."]).format(text)
    return Talk("repeat", text, [Turn(question, f"{capital(text)}.")])


def counting(rng: Random) -> Talk:
    low = rng.choice([1, rng.randint(0, 90)])
    high = low + rng.randint(2, 8)
    words = rng.random() < 0.7
    numbers = [_how(rng, n, words) for n in range(low, high + 1)]
    start = "" if low == 1 and rng.random() < 0.7 else f" from {_how(rng, low, words)}"
    # Counts from one are too few to be split.
    key = f"{low}..{high}" if low != 1 else f"{rng.random()}"
    return Talk(
        "counting",
        key,
        [Turn(f"Count{start} to {numbers[-1]}.", capital(", ".join(numbers)) + ".")],
    )


def _memories(rng: Random) -> tuple[str, str, str, str, str]:
    """A statement, its answer, the question about it, its answer, and what it is about."""
    name, colour, animal, age = (
        rng.choice(NAMES),
        rng.choice(list(COLOURS)),
        rng.choice(ANIMALS),
        number(rng.randint(3, 99)),
    )
    return rng.choice(
        [
            (f"My name is {name}.", f"Hello {name}!", "What is my name?", f"Your name is {name}.", "name"),
            (f"I am {name}.", f"Hello {name}!", "Who am I?", f"You are {name}.", "name"),
            (
                f"My favourite colour is {colour}.",
                f"I like {colour} too.",
                "What is my favourite colour?",
                f"Your favourite colour is {colour}.",
                "colour",
            ),
            (
                f"I have {article(animal)}.",
                "That is nice.",
                "What do I have?",
                f"You have {article(animal)}.",
                "animal",
            ),
            (f"I am {age} years old.", "That is nice.", "How old am I?", f"You are {age} years old.", "age"),
        ]
    )


def memory(rng: Random) -> Talk:
    facts, about = [], set()
    for _ in range(rng.randint(1, 2)):
        made = _memories(rng)
        if made[4] not in about:
            about.add(made[4])
            facts.append(made)
    turns = [Turn(statement, reply) for statement, reply, *_ in facts]
    if rng.random() < 0.4:
        other = rng.choice([arithmetic, neighbour, opposite, thing_colour, comparison])(rng)
        turns.insert(rng.randint(0, len(turns)), other.turns[0])
    asked = rng.choice(facts)
    turns.append(Turn(asked[2], asked[3]))
    return Talk("memory", "|".join(turn.question for turn in turns), turns)


TEXT_TASKS = {
    arithmetic: 16,
    comparison: 5,
    neighbour: 1,
    ordinal: 1.2,
    opposite: 0.7,
    thing_colour: 0.5,
    fact: 1,
    refusal: 1,
    repeat: 2.5,
    counting: 3,
    memory: 2,
}
# What takes longest to learn.
LESSONS = {
    **TEXT_TASKS,
    arithmetic_at_tens: 14,
    arithmetic_of_lone_digits: 16,
    repeat: 4,
    comparison: 12,
    comparison_of_tens: 4,
}


def text_task(rng: Random) -> Talk:
    return rng.choices(list(TEXT_TASKS), list(TEXT_TASKS.values()))[0](rng)


def lesson(rng: Random) -> Talk:
    return rng.choices(list(LESSONS), list(LESSONS.values()))[0](rng)
