"""What the eye sees first in a stylized picture, and the loss networks do not: sizes of strokes, and on
plain grounds paint, grain, grids, glows and the content's noise.

Pictures are RGB in 0..255, float32 [H, W, 3]. Ground is plain where a content's colors, blurred a
little (sigma 1.5), stay within 5 of 255 over 9 x 9 px.
"""

import cv2
import numpy as np

BAND_EDGES = (0, 1, 2, 4, 8, 16)
"""Sigmas, in pixels, of the Gaussians whose differences are the bands."""

LEAST_GROUND = 0.02
"""Share of a picture below which its plain ground tells nothing."""

FAINT = 0.1
"""Strength, of 255, that bands are never less than where they are divided by."""


def blurred(picture: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(picture, (0, 0), sigma) if sigma else picture


def luminance(picture: np.ndarray) -> np.ndarray:
    return picture @ np.array([0.299, 0.587, 0.114], np.float32)


def root_mean_square(values: np.ndarray) -> float:
    return float(np.sqrt(np.square(values).mean()))


def band_strengths(picture: np.ndarray, where: np.ndarray | None = None) -> np.ndarray:
    """Root mean square of the luminance in each of the five bands, fine to coarse."""
    levels = [blurred(luminance(picture), sigma) for sigma in BAND_EDGES]
    where = np.ones(picture.shape[:2], bool) if where is None else where
    return np.array([root_mean_square((fine - coarse)[where]) for fine, coarse in zip(levels, levels[1:])])


def plain_ground(content: np.ndarray) -> np.ndarray:
    """[H, W], true where the ground is plain."""
    smooth, window = blurred(content, 1.5), np.ones((9, 9), np.uint8)
    return (cv2.dilate(smooth, window) - cv2.erode(smooth, window)).max(2) < 5


def strokes_apart(out: np.ndarray, style: np.ndarray) -> float:
    """How far the strengths of strokes of 2 to 16 px are from the style's, which has the output's scale:
    mean absolute difference of logarithms."""
    a, b = (np.log(band_strengths(picture)[2:] + FAINT) for picture in (out, style))
    return float(np.abs(a - b).mean())


def coarse_share(out: np.ndarray, ground: np.ndarray) -> float:
    """Strength of strokes of 4 to 16 px on the ground over that of what is finer than 2 px: paint, not
    noise. Higher is better."""
    strengths = band_strengths(out, ground)
    return float(strengths[3:].sum() / (strengths[:2].sum() + FAINT))


def fine_part(out: np.ndarray) -> np.ndarray:
    gray = luminance(out)
    return gray - blurred(gray, 2)


def grain(out: np.ndarray, ground: np.ndarray) -> float:
    """Strength, of 255, of what is finer than some 3 px on the ground."""
    return root_mean_square(fine_part(out)[ground])


def correlation(fine: np.ndarray, ground: np.ndarray, lag: int) -> float:
    """Of the fine part with itself `lag` rows on, where both are ground."""
    both = ground[lag:] & ground[:-lag]
    if both.sum() < 500:
        return np.nan
    a, b = fine[lag:][both], fine[:-lag][both]
    return float((a * b).sum() / (np.sqrt((a * a).sum() * (b * b).sum()) + 1e-6))


def lattice(out: np.ndarray, ground: np.ndarray) -> float:
    """How much of the ground's texture comes again after 4 and 8 px, in columns and in rows, and not after a
    pixel more or less: 0 where there is no grid."""
    fine, peaks = fine_part(out), []
    for texture, mask in ((fine, ground), (fine.T, ground.T)):
        for lag in (4, 8):
            beside = (correlation(texture, mask, lag - 1) + correlation(texture, mask, lag + 1)) / 2
            peaks.append(max(0.0, correlation(texture, mask, lag) - beside))
    return float(np.nanmean(peaks)) if np.isfinite(peaks).any() else np.nan


def halo(out: np.ndarray, content: np.ndarray, ground: np.ndarray) -> float:
    """How far a ground's colors beside strong edges (6 to 40 px) are from those of the same ground farther
    off (over 56 px), of 255, beyond how far they are in the content. NaN where no ground has both."""
    edges = cv2.Canny(content.astype(np.uint8), 80, 160) > 0
    distance = cv2.distanceTransform(255 * (~edges).astype(np.uint8), cv2.DIST_L2, 3)
    regions, labels = cv2.connectedComponents(ground.astype(np.uint8))
    near, far = (distance > 6) & (distance < 40), distance > 56
    pictures = [blurred(picture, 4) for picture in (out, content)]
    glows, sizes = [], []
    for region in range(1, regions):
        own = labels == region
        beside, away = own & near, own & far
        if own.sum() < 2000 or min(beside.sum(), away.sum()) < 300:
            continue
        drift, given = (np.abs(picture[beside].mean(0) - picture[away].mean(0)) for picture in pictures)
        glows.append(np.maximum(drift - given, 0).mean())
        sizes.append(beside.sum())
    return float(np.average(glows, weights=sizes)) if glows else np.nan


def appearance(out: np.ndarray, content: np.ndarray, style: np.ndarray) -> dict[str, float]:
    """All of the above; NaN for those of plain ground where there is too little of it."""
    ground = plain_ground(content)
    figures = dict.fromkeys(("strokes", "coarse", "grain", "lattice", "halo"), np.nan)
    figures["strokes"] = strokes_apart(out, style)
    if ground.mean() >= LEAST_GROUND:
        figures |= {"coarse": coarse_share(out, ground), "grain": grain(out, ground),
                    "lattice": lattice(out, ground), "halo": halo(out, content, ground)}
    return figures


def smooth_ground(content: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The content with its quiet ground, that deviates by less than 2.5 of 255 within 25 px, replaced by
    means over 17 px, and where that is."""
    gray = luminance(content)
    mean = cv2.blur(gray, (25, 25))
    quiet = cv2.blur(gray * gray, (25, 25)) - mean * mean < 2.5**2
    soft = blurred(quiet.astype(np.float32), 3)[..., None]
    return content + soft * (cv2.blur(content, (17, 17)) - content), quiet


def texture(out: np.ndarray, where: np.ndarray) -> float:
    """Deviation, of 255, from the means over 25 px."""
    gray = luminance(out)
    return root_mean_square((gray - cv2.blur(gray, (25, 25)))[where])
