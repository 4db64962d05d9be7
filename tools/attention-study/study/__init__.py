"""Top-k attention on long synthetic tasks. The model, its training and its export are those of `tools/tiny`."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tiny"))
