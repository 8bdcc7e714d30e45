"""Print how much restyled clips flicker.

    python evaluate_video.py CLIP RESTYLED...

CLIP and each RESTYLED are folders of frames of one size, in the order of their names:

    ffmpeg -i clip.mp4 -pix_fmt yuv444p -strict -1 -f yuv4mpegpipe - |
        deno task stylize - style.jpg -o - | ffmpeg -i - restyled/frame_%04d.png

The temporal error of a clip is the root mean square, 0..1, of the difference between each frame and
the next one warped back to it, over pixels that are seen in both (Lai et al., "Learning Blind Video
Temporal Consistency", ECCV 2018). The motion is that of CLIP by dense inverse search (Kroeger et
al., ECCV 2016). The error of CLIP itself is what is left by motion that is not found, by blur and by noise; a style
of stronger contrast makes these stronger, too, so that the error is also given by its contrast, the
standard deviation of the colours. Where a scene ends, little of a frame is found in the next one: such
pairs of frames are left out, and counted.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np


def read_frames(folder: Path) -> list[np.ndarray]:
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".png", ".jpg"))
    return [cv2.imread(str(path)).astype(np.float32) / 255 for path in paths]


def warp(picture: np.ndarray, flow: np.ndarray) -> np.ndarray:
    height, width = flow.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return cv2.remap(picture, x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def flow_between(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    grey = [cv2.cvtColor((frame * 255).astype(np.uint8), cv2.COLOR_BGR2GRAY) for frame in (a, b)]
    return cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(*grey, None)


def motions(frames: list[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each pair of frames, the flow from the first to the second, and where it can be trusted."""
    found = []
    for a, b in zip(frames, frames[1:]):
        forward, backward = flow_between(a, b), flow_between(b, a)
        there = np.stack(np.meshgrid(np.arange(a.shape[1]), np.arange(a.shape[0])), -1) + forward
        inside = (there >= 0).all(-1) & (there <= np.array(a.shape[1::-1]) - 1).all(-1)
        # Occlusion where forth and back do not meet (Sundaram et al., ECCV 2010).
        back = warp(backward, forward)
        apart = ((forward + back) ** 2).sum(-1)
        seen = apart <= 0.01 * ((forward**2).sum(-1) + (back**2).sum(-1)) + 0.5
        found.append((forward, inside & seen))
    return found


# Share of a frame that must be found in the next one for both to be of one scene.
SAME_SCENE = 0.5


def temporal_error(frames: list[np.ndarray], motion: list[tuple[np.ndarray, np.ndarray]]) -> float:
    errors = []
    for a, b, (flow, seen) in zip(frames, frames[1:], motion):
        if seen.mean() < SAME_SCENE:
            continue
        errors.append(((a - warp(b, flow))[seen] ** 2).mean())
    return float(np.sqrt(np.mean(errors)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("restyled", type=Path, nargs="*")
    arguments = parser.parse_args()
    frames = read_frames(arguments.clip)
    motion = motions(frames)
    own = temporal_error(frames, motion)
    contrast = np.std(frames)
    cuts = sum(seen.mean() < SAME_SCENE for _, seen in motion)
    print(f"{len(frames)} frames, {cuts} cuts")
    print(f"{'':32}   error  by CLIP's  contrast  error/contrast by CLIP's")
    for folder in [arguments.clip, *arguments.restyled]:
        restyled = read_frames(folder)
        if [frame.shape for frame in restyled] != [frame.shape for frame in frames]:
            parser.error(f"{folder} has not as many frames of that size as {arguments.clip}")
        error = temporal_error(restyled, motion)
        gain = np.std(restyled) / contrast
        print(f"{folder.name:32} {error:7.4f} {error / own:10.2f} {gain * contrast:9.3f} {error / own / gain:24.2f}")


if __name__ == "__main__":
    main()
