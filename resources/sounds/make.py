"""Makes the two sounds: success is one long tone, failure two short ones. Standard library only.

Run it after changing a number here: `python -m resources.sounds.make`.
"""

import math
import struct
import wave
from pathlib import Path
from typing import Final

RATE: Final = 22050
LOUDNESS: Final = 0.35
FADE_S: Final = 0.012
SOUNDS: Final = {
    "success.wav": ((880.0, 0.55),),
    "failure.wav": ((330.0, 0.16), (0.0, 0.1), (330.0, 0.16)),
}
"""(Hz, seconds) one after another; 0 Hz is silence."""


def samples(hertz: float, seconds: float) -> list[int]:
    """One tone, faded in and out so that it does not click."""
    count = int(RATE * seconds)
    fade = int(RATE * FADE_S)
    found = []
    for place in range(count):
        gain = min(1.0, place / fade, (count - place) / fade)
        swing = math.sin(2 * math.pi * hertz * place / RATE)
        found.append(round(32767 * LOUDNESS * gain * swing))
    return found


def make(folder: Path) -> None:
    """Write the sounds into a folder."""
    for name, tones in SOUNDS.items():
        wanted = [sample for hertz, seconds in tones for sample in samples(hertz, seconds)]
        with wave.open(str(folder / name), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(struct.pack(f"<{len(wanted)}h", *wanted))


if __name__ == "__main__":
    make(Path(__file__).parent)
