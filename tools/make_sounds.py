"""Makes the six sounds of the floor with nothing but the standard library: make-sounds [folder]."""

from __future__ import annotations

import math
import struct
import sys
import wave
from pathlib import Path

RATE = 22_050
_FADE = 0.012
_LOUD = 0.55

# Each sound: (frequency in hertz, seconds) one after another; 0 hertz is a rest. Rising is good, falling is bad.
SOUNDS: dict[str, tuple[tuple[float, float], ...]] = {
    "accepted": ((1_320.0, 0.045),),
    "step_done": ((784.0, 0.09), (0.0, 0.02), (1_175.0, 0.14)),
    "job_complete": ((784.0, 0.10), (0.0, 0.02), (988.0, 0.10), (0.0, 0.02), (1_319.0, 0.24)),
    "look_here": ((880.0, 0.13), (0.0, 0.09), (880.0, 0.13)),
    "stop": ((523.0, 0.18), (0.0, 0.02), (262.0, 0.32)),
    "not_understood": ((175.0, 0.34),),
}


def samples(notes: tuple[tuple[float, float], ...]) -> list[int]:
    """The 16-bit samples of a row of notes; a little of the octave above makes them carry in a loud hall."""
    made: list[int] = []
    for hertz, seconds in notes:
        count = round(RATE * seconds)
        for n in range(count):
            at = n / RATE
            edge = min(1.0, at / _FADE, (seconds - at) / _FADE)
            tone = math.sin(2 * math.pi * hertz * at) + 0.35 * math.sin(4 * math.pi * hertz * at)
            made.append(round(32_767 * _LOUD * edge * tone / 1.35) if hertz else 0)
    return made


def write(folder: Path) -> None:
    """Write one WAV file for each outcome."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, notes in SOUNDS.items():
        data = samples(notes)
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(struct.pack(f"<{len(data)}h", *data))


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "resources" / "sounds")
