"""The newest state of every stage, put together."""

import pathlib

from . import progress
from .codec import Codec
from .ears import Ears
from .eyes import Eyes
from .omni import Omni
from .sizes import CODEC, EARS, LANGUAGE, VISION
from .tokens import Vocabulary


def whole_model(vocab: Vocabulary) -> Omni:
    width = LANGUAGE.hidden_size
    return Omni(LANGUAGE, len(vocab), Eyes(VISION, width), Ears(EARS, width))


def load_parts(work: pathlib.Path, model: Omni, codec: Codec | None = None) -> list[str]:
    """Fills in what has been trained; later stages win. Gives the names of the stages that were there."""
    found = []
    for stage, part in (
        ("text", model),
        ("vision", model.eyes),
        ("ears", model.ears),
        ("joint", model),
        ("fine", model),
    ):
        state = progress.load(work / f"{stage}.pt")
        if state:
            part.load_state_dict(state["model"], strict=part is not model)
            found.append(f"{stage} at step {state['step']}")
    state = progress.load(work / "codec.pt")
    if state and codec is not None:
        codec.load_state_dict(state["model"])
        found.append(f"codec at step {state['step']}")
    return found


def new_codec() -> Codec:
    return Codec(CODEC)
