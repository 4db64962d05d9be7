"""H.264 with two coded pictures a frame, one for each field, as camcorders write it. No encoder at
hand makes such streams, so this one writes macroblocks as they are (I_PCM) or skips them.
"""

import numpy as np

COLUMNS, FIELD_ROWS = 3, 1
MACROBLOCKS = COLUMNS * FIELD_ROWS
IDR, SLICE, SPS, PPS, DELIMITER = 5, 1, 7, 8, 9


class Bits:
    def __init__(self):
        self.bits = []

    def u(self, count, value):
        self.bits += [(value >> (count - 1 - i)) & 1 for i in range(count)]
        return self

    def ue(self, value):
        length = (value + 1).bit_length()
        return self.u(length - 1, 0).u(length, value + 1)

    def raw(self, content):
        self.u(-len(self.bits) % 8, 0)
        for byte in content:
            self.u(8, int(byte))
        return self

    def unit(self, kind, reference=3):
        """A unit with its stop bit, start code and escapes."""
        self.u(1, 1).u(-len(self.bits) % 8, 0)
        plain = bytes([reference << 5 | kind]) + np.packbits(self.bits).tobytes()
        escaped = bytearray()
        for byte in plain:
            if byte <= 3 and escaped[-2:] == b"\0\0":
                escaped.append(3)
            escaped.append(byte)
        return b"\0\0\0\1" + bytes(escaped)


def parameters():
    sps = Bits().u(8, 77).u(8, 0).u(8, 30).ue(0).ue(0).ue(0).ue(2).ue(1).u(1, 0)
    sps.ue(COLUMNS - 1).ue(FIELD_ROWS - 1).u(1, 0).u(1, 0).u(1, 1).u(1, 0)
    sps.u(1, 1).u(4, 0).u(1, 1).u(32, 1).u(32, 50).u(1, 1).u(4, 0)  # 50 fields a second
    pps = Bits().ue(0).ue(0).u(2, 0).ue(0).ue(0).ue(0).u(3, 0).ue(0).ue(0).ue(0).u(1, 1).u(2, 0)
    return sps.unit(SPS) + pps.unit(PPS)


def macroblock(level):
    return bytes([level] * 256 + [128 - level // 8] * 64 + [100 + level // 4] * 64)


def field(frame, bottom, period):
    """One field: the first of a period has all macroblocks, others replace one of the last ones."""
    at = frame % period
    key = at == 0 and not bottom
    whole = at == 0
    bits = Bits().ue(0).ue(7 if key else 5).ue(0).u(4, at % 16).u(1, 1).u(1, bottom)
    if key:
        bits.ue(0)
    bits.u(6, (2 * at + bottom) % 64)
    if key:
        bits.u(2, 0)
    else:
        bits.u(1, 0).u(1, 0).u(1, 0)
    bits.ue(0).ue(1)
    skipped = 0
    for place in range(MACROBLOCKS):
        if not whole and place != frame % MACROBLOCKS:
            skipped += 1
            continue
        if key:
            bits.ue(25)
        else:
            bits.ue(skipped).ue(30)
            skipped = 0
        bits.raw(macroblock(40 + (frame * 23 + place * 50 + bottom * 9) % 180))
    if skipped:
        bits.ue(skipped)
    return bits.unit(IDR if key else SLICE)


def stream(frames, period=10):
    units = b""
    for frame in range(frames):
        for bottom in [0, 1]:
            units += Bits().u(3, 7).unit(DELIMITER, 0)
            if frame % period == 0 and not bottom:
                units += parameters()
            units += field(frame, bottom, period)
    return units
