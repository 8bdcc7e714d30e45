import { fractal, noise } from "./noise.ts";
import { type Color, draw, mix, scale } from "./picture.ts";

type Vector = readonly [number, number, number];

const SUN = normalize([-0.75, 0.42, -0.35]);
const EYE: Vector = [0.45, 0.72, -2.9];

/** A photograph-like view: a mountainous island with a lighthouse in the evening sun. */
export function island(width: number, height: number) {
  return draw(width, height, 2, (x, y) => {
    const color = trace(EYE, rayThrough(x, y, width, height), true);
    const tone = (value: number) => (1 - Math.exp(-1.5 * value)) ** 0.85; // As film would.
    return [tone(color[0]), tone(color[1]), tone(color[2])];
  });
}

/** The sky of that view in white, all else in black: a mask. */
export function islandSky(width: number, height: number) {
  return draw(width, height, 2, (x, y) => {
    const ray = rayThrough(x, y, width, height);
    const met = ray[1] < 0 || meetTower(EYE, ray) || meetLand(EYE, ray, 7) !== undefined;
    return met ? [0, 0, 0] : [1, 1, 1];
  });
}

/** Direction in which a point of the picture is seen. */
function rayThrough(x: number, y: number, width: number, height: number): Vector {
  return normalize([
    (x - width / 2) / height * 1.25,
    (height * 0.52 - y) / height * 1.25 + 0.02,
    1.35,
  ]);
}

function normalize([x, y, z]: Vector): Vector {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** Height of the land above the sea. */
function land(x: number, z: number, octaves = 7): number {
  const ridge = 1 - Math.abs(2 * fractal(x * 0.55 + 3.1, z * 0.55 + 1.2, octaves) - 1);
  const mountain = Math.exp(-((x + 1.3) ** 2 / 3.4 + (z - 4.2) ** 2 / 4));
  const hill = 0.34 * Math.exp(-((x - 2.1) ** 2 / 0.8 + (z - 1.2) ** 2 / 0.9));
  const far = 0.9 * Math.exp(-((x - 5.5) ** 2 / 8 + (z - 11) ** 2 / 4));
  return (mountain * 2.3 + far) * ridge ** 1.6 + hill * (0.6 + 0.8 * ridge) - 0.16;
}

function landNormal(x: number, z: number): Vector {
  const step = 0.012;
  return normalize([
    land(x - step, z) - land(x + step, z),
    2 * step,
    land(x, z - step) - land(x, z + step),
  ]);
}

function sky(ray: Vector): Color {
  const up = Math.max(0, ray[1]);
  let color = mix([1.05, 0.66, 0.42], [0.16, 0.34, 0.72], up ** 0.42 * 1.35);
  const clouds = fractal(ray[0] / (up + 0.12) * 0.9 + 7, ray[2] / (up + 0.12) * 0.9, 6);
  const cover = Math.min(1, Math.max(0, clouds * 3.2 - 1.55)) * Math.min(1, up * 9);
  color = mix(color, [1.15, 0.92, 0.82], cover * 0.85);
  const towardsSun = Math.max(0, dot(ray, SUN));
  const glow = 0.5 * towardsSun ** 6 + 2.5 * towardsSun ** 600;
  return [color[0] + glow, color[1] + glow * 0.75, color[2] + glow * 0.45];
}

/** How far along a ray the land is met, if it is. */
function meetLand(from: Vector, ray: Vector, octaves: number): number | undefined {
  let distance = 0.05;
  for (let step = 0; step < 220 && distance < 30; step++) {
    const above = from[1] + ray[1] * distance -
      land(from[0] + ray[0] * distance, from[2] + ray[2] * distance, octaves);
    if (above < 0.0008 * distance) return distance;
    distance += Math.max(0.006, above * 0.38);
  }
  return undefined;
}

const TOWER = { x: 2.02, z: 0.95, bottom: 0.1, top: 0.86, radius: 0.075 };

/** How far along a ray the lighthouse is met, and at which height, if it is. */
function meetTower(from: Vector, ray: Vector): { distance: number; height: number } | undefined {
  const [dx, dz] = [from[0] - TOWER.x, from[2] - TOWER.z];
  const a = ray[0] ** 2 + ray[2] ** 2;
  const b = dx * ray[0] + dz * ray[2];
  const root = b * b - a * (dx * dx + dz * dz - TOWER.radius ** 2);
  if (root < 0) return undefined;
  const distance = (-b - Math.sqrt(root)) / a;
  const height = from[1] + ray[1] * distance;
  const within = distance > 0 && height > TOWER.bottom && height < TOWER.top;
  return within ? { distance, height } : undefined;
}

function shadeTower(height: number, point: Vector): Color {
  const normal = normalize([point[0] - TOWER.x, 0, point[2] - TOWER.z]);
  const light = 0.3 + 1.1 * Math.max(0, dot(normal, SUN));
  const part = (height - TOWER.bottom) / (TOWER.top - TOWER.bottom);
  if (part > 0.9) return scale([0.32, 0.06, 0.05], light);
  if (part > 0.8) return [1.6, 1.25, 0.6]; // The lamp.
  const band = Math.floor(part * 6.2) % 2 === 1;
  return scale(band ? [0.75, 0.12, 0.1] : [0.95, 0.93, 0.88], light);
}

function shadeLand(point: Vector, distance: number): Color {
  const [x, height, z] = point;
  const normal = landNormal(x, z);
  const rough = fractal(x * 9, z * 9, 4);
  const grass = mix([0.1, 0.17, 0.05], [0.3, 0.3, 0.1], rough * 1.6 - 0.3);
  const rock = mix([0.2, 0.16, 0.14], [0.46, 0.38, 0.33], rough);
  let color = mix(grass, rock, (0.84 - normal[1]) * 7 + (rough - 0.5));
  color = mix(color, [0.9, 0.9, 0.95], (height - 1.25 + (rough - 0.5) * 0.5) * 5 * normal[1]);
  color = mix([0.62, 0.53, 0.38], color, (height - 0.03) * 25); // A beach.
  const lit = meetLand([x, height + 0.01, z], SUN, 5) === undefined ? 1 : 0;
  const sunlight = 1.9 * lit * Math.max(0, dot(normal, SUN));
  const skylight = 0.32 * (0.5 + 0.5 * normal[1]);
  const light: Color = [
    sunlight + skylight * 0.75,
    sunlight * 0.78 + skylight * 0.9,
    sunlight * 0.52 + skylight * 1.25,
  ];
  const shaded: Color = [color[0] * light[0], color[1] * light[1], color[2] * light[2]];
  return mix(shaded, [0.78, 0.62, 0.58], 1 - Math.exp(-0.045 * distance));
}

function trace(from: Vector, ray: Vector, mirrors: boolean): Color {
  const landAt = meetLand(from, ray, mirrors ? 7 : 5);
  const seaAt = ray[1] < 0 && mirrors ? -from[1] / ray[1] : Infinity;
  const tower = meetTower(from, ray);
  const at = (distance: number): Vector => [
    from[0] + ray[0] * distance,
    from[1] + ray[1] * distance,
    from[2] + ray[2] * distance,
  ];
  if (tower && tower.distance < Math.min(landAt ?? Infinity, seaAt)) {
    return shadeTower(tower.height, at(tower.distance));
  }
  if (landAt !== undefined && landAt < seaAt) return shadeLand(at(landAt), landAt);
  if (seaAt < 60) return shadeSea(at(seaAt), ray, seaAt);
  return sky(ray);
}

function shadeSea(point: Vector, ray: Vector, distance: number): Color {
  const [x, , z] = point;
  const calm = 0.16 / (1 + 0.16 * distance);
  const normal = normalize([
    (noise(x * 5, z * 9) - 0.5) * calm + (noise(x * 17, z * 31) - 0.5) * calm * 0.7,
    1,
    (noise(x * 6 + 40, z * 11) - 0.5) * calm,
  ]);
  const facing = -dot(ray, normal);
  const mirrored = normalize([
    ray[0] + 2 * facing * normal[0],
    Math.abs(ray[1] + 2 * facing * normal[1]),
    ray[2] + 2 * facing * normal[2],
  ]);
  const reflection = trace([x, 0.001, z], mirrored, false);
  const share = 0.04 + 0.96 * (1 - Math.max(0, facing)) ** 4;
  const shallow = Math.max(0, land(x, z, 4) + 0.16) * 4;
  const water = mix([0.01, 0.07, 0.1], [0.12, 0.34, 0.32], shallow);
  return mix(water, reflection, share);
}
