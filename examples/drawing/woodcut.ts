import { fractal } from "./noise.ts";
import { type Colour, draw, mix } from "./picture.ts";

const PAPER: Colour = [0.93, 0.88, 0.77];
const INK: Colour = [0.09, 0.12, 0.2];
const RED: Colour = [0.72, 0.22, 0.16];

/** A print in two inks: carved waves under a red sun. */
export function woodcut(width: number, height: number) {
  return draw(width, height, 3, (x, y) => {
    const [u, v] = [x / height, y / height];
    const grain = 0.06 * (fractal(x / 3, y / 40, 3) - 0.5);
    const paper = mix(PAPER, [1, 1, 1], grain * 2);
    const bend = fractal(u * 2.2, v * 2.2, 3);
    const swell = 0.52 + 0.13 * Math.sin(u * 5.2 + 1) + 0.05 * Math.sin(u * 13 + 2);
    if (v > swell) {
      // Carved lines follow the swell and thin out towards its crest.
      const depth = (v - swell) * 34 + 2.5 * bend + 0.5 * Math.sin(u * 21 + v * 9);
      const line = Math.abs(depth - Math.floor(depth) - 0.5) * 2;
      const crest = (v - swell) * 20 < 0.5 + 0.8 * fractal(u * 30, 1, 2);
      const solid = line > 0.28 + 0.3 * Math.min(1, (v - swell) * 2.4);
      return crest ? paper : mix(paper, INK, solid ? 0.97 + grain : 0);
    }
    const [dx, dy] = [u - 1.02, v - 0.27];
    if (Math.hypot(dx, dy) < 0.17) return mix(paper, RED, 0.92 + 2 * grain);
    const gust = v * 26 + 3.5 * fractal(u * 1.6 + 4, v * 3, 3);
    const stripe = Math.abs(gust - Math.floor(gust) - 0.5) * 2;
    const broken = fractal(u * 5, v * 26, 2) > 0.52;
    return stripe > 0.78 && broken ? mix(paper, INK, 0.9) : paper;
  });
}
