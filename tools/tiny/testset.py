"""Writes the test set: JSON lines, each a conversation with its media and the expected answer.

    python testset.py --work /var/tmp/tiny --out /var/tmp/tiny/testset --each 25 --text 100

Its compositions and voices are never trained on. `measure` is `exact`, or `words` for transcriptions, which are
judged by word errors. Messages have the form of the published demo's cases.
"""

import argparse
import json
import pathlib
from collections.abc import Callable

import numpy as np
import soundfile
from PIL import Image

from tiny import video_tasks
from tiny.mix import TASKS, Case, Mixer
from tiny.samples import Picture, Sound, Together
from tiny.speech import EAR_HZ
from tiny.text_stage import vocabulary_of


class Media:
    """Writes media files under the numbers of their items."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def image(self, name: str, picture: Picture) -> str:
        Image.fromarray(picture.frames[0, 0]).save(self.folder / f"{name}.png", optimize=True)
        return f"media/{name}.png"

    def sound(self, name: str, sound: Sound) -> str:
        samples = np.round(sound.samples * 32767).astype("<i2")
        soundfile.write(self.folder / f"{name}.flac", samples, EAR_HZ, subtype="PCM_16")
        return f"media/{name}.flac"

    def clip(self, name: str, picture: Picture) -> str:
        """A moving GIF: every reader of video files knows it, and flat colours stay as they are."""
        if picture.film is None:
            raise ValueError("only clips that were drawn from a film can be written")
        frames = [Image.fromarray(frame) for frame in picture.film]
        duration = 1000 // video_tasks.FRAMES_PER_SECOND
        path = self.folder / f"{name}.gif"
        frames[0].save(
            path, save_all=True, append_images=frames[1:], duration=duration, loop=0, optimize=True
        )
        return f"media/{name}.gif"


def item(name: str, task: str, case: Case, media: Media) -> dict:
    content = []
    for i, part in enumerate(case.parts):
        label = f"{name}-{i}" if len(case.parts) > 1 else name
        if isinstance(part, Together):
            files = {"video": media.clip(label, part.clip), "audio": media.sound(label, part.sound)}
            content.append({"type": "multimodal_interleaved", "multimodal_interleaved": files})
        elif isinstance(part, Sound):
            content.append({"type": "audio", "audio": media.sound(label, part)})
        elif part.labels:
            content.append({"type": "video", "video": media.clip(label, part)})
        else:
            content.append({"type": "image", "image": media.image(label, part)})
    *before, last = case.talk.turns
    if last.question:
        content.append({"type": "text", "text": last.question})
    messages = [
        message
        for turn in before
        for message in (_text("user", turn.question), _text("assistant", turn.answer))
    ]
    messages.append({"role": "user", "content": content})
    measure = "words" if task == "transcription" else "exact"
    return {
        "id": name,
        "task": task,
        "kind": case.talk.task,
        "measure": measure,
        "messages": messages,
        "answer": last.answer,
    }


def _text(role: str, text: str) -> dict:
    return {"role": role, "content": [{"type": "text", "text": text}]}


def unasked(mixer: Mixer, make: Callable[[Mixer], Case], asked: set[str]) -> Case:
    """A case about media, or one in text that is none of those before."""
    while True:
        case = make(mixer)
        conversation = "\n".join(turn.question for turn in case.talk.turns)
        if case.parts or conversation not in asked:
            asked.add(conversation)
            return case


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=pathlib.Path, required=True, help="where the vocabulary is")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the folder to write")
    parser.add_argument("--each", type=int, default=25, help="items for each task")
    parser.add_argument(
        "--text", type=int, default=100, help="items of text, which is small and shall be nearly faultless"
    )
    parser.add_argument("--seed", type=int, default=2)
    options = parser.parse_args()
    mixer = Mixer(vocabulary_of(options.work), options.seed, test=True, films=True)
    media = Media(options.out / "media")
    with (options.out / "testset.jsonl").open("w") as file:
        for task, make in TASKS.items():
            asked = set()
            for number in range(options.text if task == "text" else options.each):
                line = item(f"{task}-{number:02}", task, unasked(mixer, make, asked), media)
                file.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
