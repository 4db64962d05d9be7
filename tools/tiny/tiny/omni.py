"""All parts together: language model, eyes, ears and voice."""

import torch.nn.functional as F
from torch import Tensor, nn

from . import tokens
from .language import LanguageModel, linear, packed_mask
from .packing import Batch
from .samples import NONE, Picture, Sound
from .sizes import LanguageSizes


class AudioHeads(nn.Module):
    """Four heads in a chain: each sees the hidden state and the ids that the heads before it chose."""

    def __init__(self, sizes: LanguageSizes):
        super().__init__()
        heads, entries, width = sizes.audio_head_num, sizes.audio_vocab_size, sizes.hidden_size
        self.audio_output_layers = nn.ModuleList([linear(width, entries) for _ in range(heads)])
        self.embedding = nn.ModuleList([nn.Embedding(entries, width) for _ in range(heads - 1)])
        for table in self.embedding:
            nn.init.normal_(table.weight, std=0.3)


class AudioEmbeddings(nn.Module):
    def __init__(self, sizes: LanguageSizes):
        super().__init__()
        tables = [
            nn.Embedding(sizes.audio_vocab_size, sizes.hidden_size) for _ in range(sizes.audio_head_num)
        ]
        self.audio_embeddings = nn.ModuleList(tables)
        for table in tables:
            nn.init.normal_(table.weight, std=0.25)

    def forward(self, ids: Tensor) -> Tensor:
        """`[..., heads]` ids, `NONE` where there is none."""
        rows = 0
        for head, table in enumerate(self.audio_embeddings):
            chosen = ids[..., head]
            rows = rows + table(chosen.clamp(min=0)) * (chosen != NONE)[..., None]
        return rows


class Omni(nn.Module):
    def __init__(
        self,
        sizes: LanguageSizes,
        vocab_size: int,
        eyes: nn.Module | None = None,
        ears: nn.Module | None = None,
    ):
        super().__init__()
        self.language = LanguageModel(sizes, vocab_size)
        self.audio_heads = AudioHeads(sizes)
        self.audio_embeddings = AudioEmbeddings(sizes)
        self.eyes = eyes
        self.ears = ears
        # Rows of all sounds of the last call, for those who teach where to look.
        self.heard: Tensor | None = None

    def rows(self, batch: Batch) -> Tensor:
        """Input rows: text, media in the place of their pads, and the voice's last ids."""
        x = self.language.embed_tokens(batch.ids.clamp(min=0)) * (batch.ids != NONE)[..., None]
        pictures = [medium for medium in batch.media if isinstance(medium, Picture)]
        sounds = [medium for medium in batch.media if isinstance(medium, Sound)]
        self.heard = None
        if pictures and self.eyes is not None:
            x = _placed(x, batch.ids == tokens.IMAGE_PAD, self.eyes.look(pictures))
        if sounds and self.ears is not None:
            self.heard = self.ears.listen(sounds)
            x = _placed(x, batch.ids == tokens.AUDIO_PAD, self.heard)
        if (batch.audio_in != NONE).any():
            x = x + self.audio_embeddings(batch.audio_in)
        return x

    def hidden(self, batch: Batch) -> Tensor:
        return self.language(self.rows(batch), batch.positions, packed_mask(batch.documents))

    def text_loss(self, hidden: Tensor, batch: Batch) -> tuple[Tensor, float]:
        """Mean over the words that the model shall write, and the share of them that it would write."""
        chosen = batch.targets != NONE
        logits = self.language.lm_head(hidden[chosen])
        targets = batch.targets[chosen]
        right = (logits.argmax(-1) == targets).float().mean().item()
        return F.cross_entropy(logits, targets), right


def _placed(x: Tensor, pads: Tensor, rows: Tensor) -> Tensor:
    if int(pads.sum()) != len(rows):
        raise ValueError(f"{int(pads.sum())} pads for {len(rows)} rows")
    return x.masked_scatter(pads[..., None], rows)
