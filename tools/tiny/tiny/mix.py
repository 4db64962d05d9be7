"""Samples of all tasks: text, pictures, sounds, clips, both together, each answered in writing or aloud."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import numpy as np

from . import chat, image_tasks, recordings, sentences, sounds, speech, text_tasks, video_tasks, voice
from .follow_ups import follow_ups
from .recordings import Recording
from .samples import Part, Sample, Sound, Together
from .sizes import CODEC
from .talk import Talk, Turn, draw
from .text_tasks import arithmetic_in_digits, refusal
from .tokens import Vocabulary
from .words import article, capital

HEAR_QUESTIONS = ["What did I say?", "Write down what you hear."]
MOST_FOLLOW_UPS = 8
MORE_IN_DIGITS = 0.2
OWN_VOICE_SHARE = 0.3
KIND_QUESTIONS = ["What do you hear?", "What kind of sound is this?"]


@dataclass(frozen=True)
class Case:
    """A conversation and the media of its last question."""

    talk: Talk
    parts: tuple[Part, ...] = ()
    shown: image_tasks.Seen | video_tasks.Clip | None = None
    heard: str | None = None


@dataclass
class Mixer:
    """Draws cases of one half of the split; the test half has voices of its own, too.

    `heard` has recordings to transcribe, `voice` the ids of the words that are said aloud, `own` their samples.
    """

    vocabulary: Vocabulary
    seed: int
    test: bool = False
    heard: list[Recording] | None = None
    voice: dict[str, np.ndarray] | None = None
    own: dict[str, np.ndarray] | None = None
    films: bool = False

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)
        self.noise = np.random.default_rng(self.seed)

    def text(self) -> Case:
        # Digits do not tell their place, so that sums in them are learnt last.
        in_digits = not self.test and self.rng.random() < MORE_IN_DIGITS
        return Case(draw(arithmetic_in_digits if in_digits else self._text_task, self.rng, self.test))

    def image(self) -> Case:
        seen = self._seen()
        return Case(seen.talk, (image_tasks.picture(seen.scene),), seen)

    def video(self) -> Case:
        clip = self._clip()
        return Case(clip.talk, (video_tasks.picture(clip, with_film=self.films),), clip)

    def transcription(self) -> Case:
        """A sound, then the order to write it down."""
        if self.own and self.rng.random() < OWN_VOICE_SHARE:
            text, samples = self._in_own_voice()
        elif self.heard:
            one = self.rng.choice(self.heard)
            text, samples = one.text, recordings.floats(one)
        else:
            text = sentences.sentence(self.rng, self.test)
            samples = speech.heard(text, speech.random_voice(self.rng, self.test))
        turn = Turn(self.rng.choice(HEAR_QUESTIONS), capital(text))
        return Case(Talk("transcription", text, [turn]), (self.sound(samples),))

    def _in_own_voice(self) -> tuple[str, np.ndarray]:
        while True:
            text = sentences.sentence(self.rng, self.test)
            samples = voice.said(text, self.own)
            if samples is not None:
                return text, speech.resampled(samples, CODEC.sample_rate, speech.EAR_HZ)

    def spoken_question(self) -> Case:
        """The question is only heard."""
        while True:
            talk = draw(self._text_task, self.rng, self.test)
            if len(talk.turns) == 1 and talk.task != refusal.__name__ and talk.task != "repeat":
                break
        turn = talk.turns[0]
        question = Turn("", capital(speech.spoken(turn.answer)))
        return Case(
            Talk("spoken question", talk.key, [question]), (self.said(turn.question),), heard=turn.question
        )

    def spoken_about_image(self) -> Case:
        seen = self._seen()
        turn = seen.talk.turns[0]
        talk = Talk("spoken question about a picture", seen.key, [Turn("", turn.answer)])
        return Case(talk, (image_tasks.picture(seen.scene), self.said(turn.question)), seen)

    def interleaved(self) -> Case:
        clip = self._clip()
        turn = clip.talk.turns[0]
        both = Together(
            video_tasks.picture(clip, with_sound=True, with_film=self.films), self.said(turn.question)
        )
        return Case(Talk("interleaved", clip.key, [Turn("", turn.answer)]), (both,), clip)

    def kind_of_sound(self) -> Case:
        rng = self.rng
        turn = Turn(rng.choice(KIND_QUESTIONS), "I hear speech.")
        kind = rng.choice([None, sounds.NOISE, sounds.LOW_TONE, sounds.HIGH_TONE])
        if kind is None:
            sound = self.said(sentences.sentence(rng, self.test))
        else:
            sound = sounds.sound(kind, rng, self.noise)
            pitch, _, name = kind.rpartition(" ")
            turn = Turn(turn.question, f"I hear {article(name) if pitch else name}.")
            if pitch and rng.random() < 0.5:
                turn = Turn("Is the tone high or low?", f"The tone is {pitch}.")
        return Case(Talk("kind of sound", f"{rng.random()}", [turn]), (sound,))

    @property
    def _text_task(self) -> Callable[[Random], Talk]:
        return text_tasks.text_task if self.test else text_tasks.lesson

    def _seen(self) -> image_tasks.Seen:
        return draw(image_tasks.image_task if self.test else image_tasks.lesson, self.rng, self.test)

    def _clip(self) -> video_tasks.Clip:
        return draw(video_tasks.video_task if self.test else video_tasks.lesson, self.rng, self.test)

    def said(self, text: str) -> Sound:
        return self.sound(speech.heard(text, speech.random_voice(self.rng, self.test)))

    def sound(self, samples: np.ndarray) -> Sound:
        return Sound(speech.roughened(samples, self.rng, self.noise))

    def case(self, shares: dict[str, float]) -> Case:
        name = self.rng.choices(list(shares), list(shares.values()))[0]
        return TASKS[name](self)

    def sample(self, shares: dict[str, float], spoken: float) -> Sample:
        """What was seen or heard is asked about several times, in one conversation; the last answer may be aloud."""
        case = self.case(shares)
        aloud = self.voice is not None and self.rng.random() < spoken
        most = self.rng.randint(0, 1) if aloud else self.rng.randint(1, MOST_FOLLOW_UPS)
        turns = case.talk.turns + self._follow_ups(case, most)
        talk = Talk(case.talk.task, case.talk.key, turns)
        made = chat.spoken(talk, self.vocabulary, self.voice, case.parts) if aloud else None
        return made or chat.written(talk, self.vocabulary, case.parts)

    def _follow_ups(self, case: Case, most: int) -> list[Turn]:
        if case.shown:
            return follow_ups(self.rng, case.shown, self.test, most)
        heard = case.heard
        return (
            [Turn(self.rng.choice(HEAR_QUESTIONS), capital(speech.spoken(heard)))] if heard and most else []
        )


TASKS: dict[str, Callable[[Mixer], Case]] = {
    "text": Mixer.text,
    "image": Mixer.image,
    "video": Mixer.video,
    "transcription": Mixer.transcription,
    "spoken_question": Mixer.spoken_question,
    "spoken_about_image": Mixer.spoken_about_image,
    "interleaved": Mixer.interleaved,
    "kind_of_sound": Mixer.kind_of_sound,
}
