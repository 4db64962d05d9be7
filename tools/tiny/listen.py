"""Listens to spoken answers: with the model's own ears, and with pocketsphinx and a grammar of the answers.

    python listen.py --work /var/tmp/tiny --folder ANSWERS
    python listen.py --work /var/tmp/tiny --codec 40

ANSWERS holds pairs NAME.wav and NAME.txt, for example written by `longcat generate --speech`. For comparison the same
texts are also listened to as espeak-ng says them. With --codec the ids of that many answers go straight through the
codec: the best that the model can sound. Needs pocketsphinx and pocketsphinx-en-us (Debian).
"""

import argparse
import pathlib
import wave

import numpy as np
import torch

from tiny import chat, progress, recogniser, speech
from tiny.codec import Codec
from tiny.codec_stage import voice_ids
from tiny.ears import Ears
from tiny.ears_stage import Spelling, decoded, word_errors
from tiny.mix import Mixer
from tiny.sizes import CODEC, EARS, LANGUAGE
from tiny.text_stage import vocabulary_of

PLAIN_VOICE = speech.Voice("en-us", 150, 50)


def read(path: pathlib.Path) -> np.ndarray:
    """Samples at 16 kHz of a mono file of 16-bit or 32-bit float samples."""
    data = path.read_bytes()
    if data[20:22] == b"\x03\x00":
        start = data.index(b"data") + 8
        return speech.resampled(
            np.frombuffer(data[start:], "<f4"), int.from_bytes(data[24:28], "little"), speech.EAR_HZ
        )
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
        return speech.resampled(samples, file.getframerate(), speech.EAR_HZ)


def own_ears(work: pathlib.Path, sounds: list[np.ndarray]) -> list[list[str]]:
    state = progress.load(work / "ears.pt")
    if state is None:
        raise SystemExit(f"{work}/ears.pt is missing; train the stage ears first")
    ears = Ears(EARS, LANGUAGE.hidden_size)
    spelling = Spelling(state["embeddings"], vocabulary_of(work))
    ears.load_state_dict(state["model"])
    with torch.no_grad():
        return [decoded(spelling(ears(*ears.features([torch.from_numpy(sound)])))[0]) for sound in sounds]


def by_codec(work: pathlib.Path, count: int) -> tuple[list[str], list[np.ndarray]]:
    """Texts of answers, and what the codec makes of their ids."""
    ids, codec = voice_ids(work), Codec(CODEC).eval()
    state = progress.load(work / "codec.pt")
    if state is None:
        raise SystemExit(f"{work}/codec.pt is missing; train the stage codec first")
    codec.load_state_dict(state["model"])
    mixer = Mixer(vocabulary_of(work), seed=3, test=True)
    texts = [mixer.case({"text": 1, "image": 1, "video": 1}).talk.turns[-1].answer for _ in range(count)]
    sounds = []
    for text in texts:
        frames = np.concatenate([ids[word] for word in chat.said_words(text)])
        with torch.no_grad():
            said = codec(torch.from_numpy(frames)[None])[0].numpy()
        sounds.append(speech.resampled(said, CODEC.sample_rate, speech.EAR_HZ))
    return texts, sounds


def report(name: str, texts: list[str], heard: list[list[str]]) -> None:
    said = [chat.said_words(text) for text in texts]
    errors = sum(map(word_errors, said, heard)) / sum(map(len, said))
    whole = sum(words == got for words, got in zip(said, heard))
    print(f"{name:36} word errors {errors:6.3f}   sentences {whole}/{len(texts)}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=pathlib.Path, required=True, help="where the stages' checkpoints are")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--folder", type=pathlib.Path, help="pairs of .wav and .txt")
    what.add_argument("--codec", type=int, help="answers to put through the codec")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.folder:
        files = sorted(options.folder.glob("*.wav"))
        texts = [file.with_suffix(".txt").read_text().strip() for file in files]
        sounds = [read(file) for file in files]
    else:
        texts, sounds = by_codec(options.work, options.codec)
    originals = [speech.heard(text, PLAIN_VOICE) for text in texts]
    report("its speech, its own ears", texts, own_ears(options.work, sounds))
    report("its speech, pocketsphinx", texts, recogniser.recognised(sounds))
    report("espeak-ng, pocketsphinx", texts, recogniser.recognised(originals))


if __name__ == "__main__":
    main()
