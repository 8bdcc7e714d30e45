import { fractal, randomNumbers } from "./noise.ts";
import { type Colour, draw, mix, scale } from "./picture.ts";

const STONES: Colour[] = [
  [0.86, 0.62, 0.2],
  [0.72, 0.2, 0.14],
  [0.93, 0.86, 0.7],
  [0.12, 0.32, 0.46],
  [0.18, 0.5, 0.48],
  [0.42, 0.14, 0.2],
];

/** Stones set in rings around a sun, in dark mortar. */
export function mosaic(width: number, height: number) {
  const random = randomNumbers(7);
  const centre = [width * 0.42, height * 0.46] as const;
  const ring = 17;
  // Stones of a ring, placed around it with some disorder.
  const rings = Array.from({ length: Math.ceil(Math.hypot(width, height) / ring) }, (_, index) => {
    const count = Math.max(1, Math.round(2 * Math.PI * (index + 0.5) * ring / 19));
    const turn = random();
    return Array.from({ length: count }, (_, stone) => {
      const angle = 2 * Math.PI * (stone + turn + 0.35 * (random() - 0.5)) / count;
      const radius = (index + 0.5 + 0.22 * (random() - 0.5)) * ring;
      const [x, y] = [centre[0] + radius * Math.cos(angle), centre[1] + radius * Math.sin(angle)];
      const petals = Math.sin(angle * 12 + (index > 9 ? 0.4 : 0));
      const band = index < 4 ? 0 : index < 10 ? (petals > 0.1 ? 1 : 2) : Math.floor(
        3 + 2.9 * fractal(x / 90, y / 90, 3) + 0.7 * random(),
      );
      const colour = scale(STONES[Math.min(band, 5)]!, 0.72 + 0.45 * random());
      return { x, y, colour };
    });
  });
  return draw(width, height, 2, (x, y) => {
    const index = Math.floor(Math.hypot(x - centre[0], y - centre[1]) / ring);
    let [nearest, second] = [Infinity, Infinity];
    let colour: Colour = [0, 0, 0];
    for (const stones of rings.slice(Math.max(0, index - 1), index + 2)) {
      for (const stone of stones) {
        const distance = Math.hypot(x - stone.x, y - stone.y);
        if (distance < nearest) {
          [second, nearest, colour] = [nearest, distance, stone.colour];
        } else if (distance < second) second = distance;
      }
    }
    const edge = second - nearest;
    const worn = 0.9 + 0.25 * fractal(x / 6, y / 6, 3);
    return mix([0.1, 0.085, 0.08], scale(colour, worn), (edge - 1.6) / 1.6);
  });
}
