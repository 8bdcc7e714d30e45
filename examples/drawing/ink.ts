import { fractal, randomNumbers } from "./noise.ts";
import { type Color, draw, mix } from "./picture.ts";
import {
  blurPlane,
  edgeDirections,
  luminance,
  type Plane,
  type Raster,
  valueAt,
} from "./raster.ts";
import { drawLines, streamlines, tapered } from "./streamlines.ts";

const PAPER: Color = [0.96, 0.93, 0.86];
const INK: Color = [0.1, 0.085, 0.09];

/** Hatchings: how much they are turned from the run of edges, and from which darkness on they are. */
const HATCHINGS = [
  { turn: 0, darkness: 0.26, separation: 4.2 },
  { turn: 1, darkness: 0.5, separation: 4.4 },
  { turn: -0.8, darkness: 0.68, separation: 4 },
  { turn: 0.35, darkness: 0.82, separation: 3.4 },
];

/** A pen drawing after a picture: outlines, and hatchings that cross where it is dark. */
export function ink(picture: Raster) {
  const { width, height } = picture;
  const random = randomNumbers(23);
  const light = stretched(luminance(picture));
  const soft = blurPlane(light, 2);
  const field = edgeDirections(blurPlane(light, 1.5), 6);
  const hatched = HATCHINGS.map(({ turn, darkness, separation }) => {
    const lines = streamlines(width, height, {
      separation,
      direction: (x, y) => valueAt(field, x, y) + turn + 0.25 * (fractal(x / 40, y / 40, 2) - 0.5),
      isWanted: (x, y) =>
        1 - valueAt(soft, x, y) > darkness + 0.1 * (fractal(x / 5, y / 5, 1) - 0.5),
      shortest: 9,
      longest: 70,
    }, random);
    return drawLines(
      lines.map((line) => {
        const pressure = 0.8 + 0.4 * random();
        return tapered(
          line,
          6,
          ({ x, y }) =>
            pressure *
            (0.75 + 1.1 * (1 - valueAt(soft, x, y)) * (0.6 + 0.8 * fractal(x / 7, y / 7, 1))),
        );
      }),
      width,
      height,
    );
  });
  const outlines = outline(light);
  return draw(width, height, 1, (x, y) => {
    const fiber = fractal(x / 2, y / 2, 3) - 0.5;
    const paper = mix(
      PAPER,
      [0.84, 0.78, 0.66],
      0.25 + 0.5 * (fractal(x / 160, y / 160, 3) - 0.3) + 0.25 * fiber,
    );
    const lines = Math.max(
      valueAt(outlines, x, y),
      ...hatched.map((plane) => valueAt(plane, x, y)),
    );
    return mix(paper, INK, lines * (0.9 + 0.25 * fiber));
  });
}

/** Brightness, stretched so that the darkest twentieth is black and the brightest white. */
function stretched(plane: Plane): Plane {
  const sorted = plane.data.toSorted();
  const [low, high] = [
    sorted[Math.floor(0.05 * sorted.length)]!,
    sorted[Math.floor(0.93 * sorted.length)]!,
  ];
  return {
    ...plane,
    data: plane.data.map((value) => Math.min(1, Math.max(0, (value - low) / (high - low)))),
  };
}

/**
 * Lines along edges, by a difference of Gaussians with a soft threshold.
 *
 * @see Winnemöller: XDoG: Advanced Image Stylization with eXtended Difference-of-Gaussians, 2011
 */
function outline(light: Plane): Plane {
  const [fine, coarse] = [blurPlane(light, 1), blurPlane(light, 1.6)];
  const data = light.data.map((_, at) => {
    const response = fine.data[at]! - 0.985 * coarse.data[at]!;
    return response < -0.004 ? Math.min(1, Math.max(0, 0.2 - 28 * (response + 0.004))) : 0;
  });
  return { ...light, data };
}
