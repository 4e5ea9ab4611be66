"""``python -m haidang.simulator.encoder_process CACHE SCENE FORM FRAMES``: draw, encode, write two clips, end."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from haidang.simulator.clip import write_clip
from haidang.simulator.encoding import encode_scene
from haidang.simulator.library import Job, clip_path
from haidang.simulator.scenes.places import scene
from haidang.simulator.variants import FORMS

#: Forms for faults are encoded beside a system that records; it goes first.
_NICE = 5


def main(arguments: list[str]) -> None:
    cache, key, form, frames = arguments
    assert form in FORMS, "only the library starts this"
    job = Job(key, form, int(frames))
    if job.form != "plain":
        os.nice(_NICE)
    for stream, clip in encode_scene(scene(key, job.frames), job.form).items():
        write_clip(clip_path(Path(cache), job, stream), clip)


if __name__ == "__main__":
    main(sys.argv[1:])
