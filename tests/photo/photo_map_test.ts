import assert from "node:assert/strict";
import type { Pixels } from "../../src/mod.ts";
import { toSixteenBits } from "../../src/image/pixels.ts";
import { examplePicture, flat, grain, largestDifference } from "../helpers/pictures.ts";
import { loadFastest } from "../helpers/runtime.ts";

const stylizer = await loadFastest();
const island = await examplePicture("island.jpg", 384, 256);
const rocket = await stylizer.encodeStyle(await examplePicture("rocket.jpg", 320, 256));
const coffee = await stylizer.encodeStyle(await examplePicture("coffee.jpg", 320, 256));
const photo = { photo: true } as const;

/** Brightness of a pixel, 0 to 255. */
function luma({ data, width }: Pixels, x: number, y: number): number {
  const at = 4 * (y * width + x);
  return 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
}

function meanDifference(a: Pixels, b: Pixels): number {
  return a.data.reduce((sum, value, at) => sum + Math.abs(value - b.data[at]!), 0) /
    (0.75 * a.data.length);
}

function meanColor({ data }: Pixels, from = 0, to = data.length): number[] {
  return [0, 1, 2].map((channel) => {
    let sum = 0;
    for (let at = from + channel; at < to; at += 4) sum += data[at]!;
    return 4 * sum / (to - from);
  });
}

function distance(a: number[], b: number[]): number {
  return Math.hypot(...a.map((value, index) => value - b[index]!));
}

Deno.test("a photograph takes on a style's mean color", async () => {
  for (const style of [rocket, coffee]) {
    const result = await stylizer.stylize(island, style, photo);
    const wanted = Array.from(style.colors!.mean, (value) => 255 * value);
    assert.ok(distance(meanColor(result), wanted) < 10, `${meanColor(result)} for ${wanted}`);
  }
});

Deno.test("a photograph's alpha of 0 gives exactly its own pixels, of 8 bits and of 16", async () => {
  const result = await stylizer.stylize(island, rocket, { ...photo, alpha: 0 });
  assert.deepEqual(result.data, island.data);
  const deep = toSixteenBits(island);
  deep.data.forEach((_, at) => at % 4 < 3 && (deep.data[at]! ^= at & 255));
  const deepResult = await stylizer.stylize(deep, rocket, { ...photo, alpha: 0 });
  assert.deepEqual(deepResult.data, deep.data);
});

Deno.test("a photograph after itself stays within 1 of 255 on average", async () => {
  for (const name of ["island.jpg", "coffee.jpg", "astronaut.jpg"]) {
    const content = await examplePicture(name, 480, 360);
    const own = await stylizer.encodeStyle(content);
    const result = await stylizer.stylize(content, own, photo);
    const difference = meanDifference(result, content);
    assert.ok(difference <= 1, `${name}: ${difference}`);
  }
});

Deno.test("half of alpha is half of the way", async () => {
  const whole = await stylizer.fitPhoto(island, [{ style: coffee }]);
  const half = await stylizer.fitPhoto(island, [{ style: coffee }], { alpha: 0.5 });
  const [wholeMap, halfMap] = [whole, half].map(({ regions }) => regions[0]!.grid!.maps);
  wholeMap!.forEach((value, at) => {
    const own = [0, 5, 10].includes(at % 12) ? 1 : 0;
    assert.ok(Math.abs(halfMap![at]! - (own + value) / 2) < 1e-5);
  });
});

Deno.test("a straight edge of a photograph stays where it was to a tenth of a pixel", async () => {
  const content = await examplePicture("island.jpg", 384, 256);
  // A bar with slanted, smooth sides across the picture, darker than what is around it.
  const side = (y: number) => 150.3 + 0.25 * y;
  for (let y = 0; y < content.height; y++) {
    for (let x = 100; x < 284; x++) {
      const share = Math.min(1, Math.max(0, 0.5 + x - side(y)));
      const value = 180 - 110 * share;
      content.data.fill(value, 4 * (y * 384 + x), 4 * (y * 384 + x) + 3);
    }
  }
  const place = (pixels: Pixels, y: number) => {
    const [left, right] = [luma(pixels, 120, y), luma(pixels, 270, y)];
    let x = 121;
    // The crossing of the middle between the levels right beside the edge.
    const center = Math.round(side(y));
    const middle = (luma(pixels, center - 4, y) + luma(pixels, center + 4, y)) / 2;
    const rises = right > left;
    while (luma(pixels, x + 1, y) < middle === rises) x++;
    const [a, b] = [luma(pixels, x, y), luma(pixels, x + 1, y)];
    return x + (middle - a) / (b - a);
  };
  const result = await stylizer.stylize(content, coffee, photo);
  let sum = 0;
  for (let y = 8; y < 248; y++) {
    const shift = place(result, y) - place(content, y);
    sum += Math.abs(shift);
    assert.ok(Math.abs(shift) < 0.25, `row ${y}: ${shift}`);
  }
  assert.ok(sum / 240 <= 0.1, `${sum / 240} px on average`);
});

Deno.test("a flat wall of a photograph stays flat, in light and in shade", async () => {
  const noise = grain(160, 256).data;
  for (const gray of [40, 128, 210]) {
    const content = await examplePicture("island.jpg", 384, 256);
    for (let y = 0; y < 256; y++) {
      for (let x = 0; x < 160; x++) {
        for (let channel = 0; channel < 3; channel++) {
          // Noise of a camera: sums of four uniform values, deviation 3.
          const at = 4 * (y * 160 + x);
          const sum = [0, 1, 2, 3].reduce(
            (total, step) => total + noise[(at + 4 * 977 * step + channel) % noise.length]!,
            0,
          );
          content.data[4 * (y * 384 + x) + channel] = gray + 3 * (sum - 510) / 147;
        }
      }
    }
    for (const style of [rocket, coffee]) {
      const result = await stylizer.stylize(content, style, photo);
      // Within windows: slow changes of light across the wall are no noise.
      const [own, others] = [content, result].map((pixels) => deviation(pixels));
      assert.ok(others! <= 1.2 * own!, `on ${gray}: ${others} where there was ${own}`);
    }
  }

  function deviation(pixels: Pixels): number {
    let [sum, windows] = [0, 0];
    for (let top = 32; top < 224; top += 16) {
      for (let left = 32; left < 112; left += 16, windows++) {
        const values = Array.from(
          { length: 256 },
          (_, at) => luma(pixels, left + at % 16, top + (at >> 4)),
        );
        const mean = values.reduce((total, value) => total + value) / 256;
        sum += values.reduce((total, value) => total + (value - mean) ** 2, 0) / 256;
      }
    }
    return Math.sqrt(sum / windows);
  }
});

Deno.test("a plain ground around a thing stays plain, without a glow", async () => {
  const content = flat(384, 256, [250, 250, 248, 255]);
  for (let y = 64; y < 224; y++) {
    for (let x = 150; x < 234; x++) {
      const shade = 60 + (x * 7 + y * 3) % 40;
      content.data.fill(shade, 4 * (384 * y + x), 4 * (384 * y + x) + 3);
    }
  }
  for (const style of [rocket, coffee]) {
    const result = await stylizer.stylize(content, style, photo);
    // Near the thing, and far from it on all sides.
    const spots = [[192, 48], [130, 144], [254, 144], [30, 30], [350, 30], [30, 230], [350, 230]];
    const lumas = spots.map(([x, y]) => luma(result, x!, y!));
    const range = Math.max(...lumas) - Math.min(...lumas);
    assert.ok(range <= 6, `${lumas}`);
  }
});

Deno.test("a gradient of 16 bits has more than 256 values afterwards", async () => {
  const content = toSixteenBits(await examplePicture("island.jpg", 384, 256));
  for (let x = 0; x < 384; x++) {
    for (let y = 0; y < 128; y++) {
      content.data.fill(20_000 + 60 * x, 4 * (384 * y + x), 4 * (384 * y + x) + 3);
    }
  }
  const { data } = await stylizer.stylize(content, coffee, photo);
  assert.ok(data instanceof Uint16Array);
  assert.ok(
    new Set(data.subarray(4 * 384 * 60, 4 * 384 * 61).filter((_, at) => at % 4 === 0)).size > 256,
  );
});

Deno.test("a slow gradient of 8 bits has no bands after a photograph's map", async () => {
  const content = await examplePicture("island.jpg", 768, 512);
  for (let y = 0; y < 256; y++) {
    for (let x = 0; x < 768; x++) {
      content.data.fill(100 + x / 12, 4 * (768 * y + x), 4 * (768 * y + x) + 3);
    }
  }
  const result = await stylizer.stylize(content, coffee, photo);
  // The steepest step between means of columns is no more than two of the content's.
  let steepest = 0;
  for (let x = 60; x < 700; x++) {
    const mean = (column: number) => {
      let sum = 0;
      for (let y = 60; y < 180; y++) sum += luma(result, column, y);
      return sum / 120;
    };
    steepest = Math.max(steepest, Math.abs(mean(x + 1) - mean(x)));
  }
  assert.ok(steepest <= 2, `${steepest}`);
});

Deno.test("a photograph's transparency stays, and what shows through has no say", async () => {
  const content = await examplePicture("island.jpg", 192, 128);
  for (let at = 0; at < content.data.length / 2; at += 4) content.data.set([255, 0, 255, 0], at);
  const result = await stylizer.stylize(content, coffee, photo);
  const opacity = (pixels: Pixels) => pixels.data.filter((_, at) => at % 4 === 3);
  assert.deepEqual(opacity(result), opacity(content));
  const visible = meanColor(result, result.data.length / 2);
  const wanted = Array.from(coffee.colors!.mean, (value) => 255 * value);
  assert.ok(distance(visible, wanted) < 12, `${visible} for ${wanted}`);
});

Deno.test("a photograph's colors, or its brightness, can be kept", async () => {
  const kept = await stylizer.fitPhoto(island, [{ style: coffee }], { preserveColor: "luminance" });
  const colored = await stylizer.fitPhoto(island, [{ style: coffee }], { colorOnly: true });
  const LUMA = [0.299, 0.587, 0.114];
  for (const column of [0, 1, 2, 3]) {
    const [keptMap, coloredMap] = [kept, colored].map(({ regions }) => regions[0]!.grid!.maps);
    for (let at = column; at < keptMap!.length; at += 12) {
      const own = (row: number) => row === column ? 1 : 0;
      // Differences of channels as they were; brightness as it was.
      const [red, green] = [keptMap![at]! - own(0), keptMap![at + 4]! - own(1)];
      assert.ok(Math.abs(red - green) < 1e-5);
      const brightness = LUMA.reduce(
        (sum, part, row) => sum + part * (coloredMap![at + 4 * row]! - own(row)),
        0,
      );
      assert.ok(Math.abs(brightness) < 1e-5);
    }
  }
});

Deno.test("each region of a photograph takes on the colors of its own style", async () => {
  const mask = flat(60, 40, [0, 0, 0, 255]);
  for (let y = 0; y < 40; y++) mask.data.fill(255, 4 * 60 * y, 4 * (60 * y + 30));
  const result = await stylizer.stylizeRegions(
    island,
    [{ style: rocket, mask }, { style: coffee }],
    photo,
  );
  const half = (left: number) => {
    const part: number[][] = [];
    for (let y = 0; y < 256; y++) {
      const at = 4 * (384 * y + left);
      part.push(meanColor(result, at, at + 4 * 170));
    }
    return [0, 1, 2].map((channel) => part.reduce((sum, color) => sum + color[channel]!, 0) / 256);
  };
  for (const [left, style] of [[0, rocket], [214, coffee]] as const) {
    const wanted = Array.from(style.colors!.mean, (value) => 255 * value);
    assert.ok(distance(half(left), wanted) < 14, `${half(left)} for ${wanted}`);
  }
});

Deno.test("what is drawn in two regions of a photograph fades alike, however dark one becomes", async () => {
  // The same fine drawing on both sides, under a sky that is to become dark and one that is not.
  const content = await examplePicture("island.jpg", 384, 256);
  for (let y = 0; y < 256; y++) {
    for (let x = 0; x < 384; x++) {
      const value = 128 + (x & 8 ? 12 : -12) + (y & 8 ? 12 : -12);
      content.data.fill(value, 4 * (384 * y + x), 4 * (384 * y + x) + 3);
    }
  }
  const mask = flat(384, 256, [0, 0, 0, 255]);
  for (let y = 0; y < 256; y++) mask.data.fill(255, 4 * 384 * y, 4 * (384 * y + 192));
  const night = await stylizer.encodeStyle(flat(128, 128, [40, 40, 60, 255]));
  const result = await stylizer.stylizeRegions(
    content,
    [{ style: night, mask }, { style: coffee }],
    {
      photo: true,
    },
  );
  const contrast = (left: number) => {
    const values = Array.from(
      { length: 64 * 64 },
      (_, index) => luma(result, left + index % 64, 96 + Math.floor(index / 64)),
    );
    const mean = values.reduce((sum, value) => sum + value) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  };
  const [dark, light] = [contrast(64), contrast(256)];
  assert.ok(dark > 3 && light > 3, `${dark}, ${light}`);
  assert.ok(dark / light > 0.6 && dark / light < 1.6, `${dark}, ${light}`);
});

Deno.test("what no mask covers of a photograph stays as it is", async () => {
  const mask = flat(96, 64, [0, 0, 0, 255]);
  for (let y = 0; y < 64; y++) mask.data.fill(255, 4 * 96 * y, 4 * (96 * y + 32));
  const result = await stylizer.stylize(island, rocket, { ...photo, mask });
  for (let y = 0; y < 256; y++) {
    const [from, to] = [4 * (384 * y + 224), 4 * 384 * (y + 1)];
    const rows = [result, island].map(({ data }) => data.subarray(from, to));
    const most = rows[0]!.reduce(
      (sum, value, at) => Math.max(sum, Math.abs(value - rows[1]![at]!)),
      0,
    );
    assert.ok(most <= 6, `row ${y}: ${most}`);
  }
  assert.ok(largestDifference(result, island) > 40);
});

Deno.test("a photograph's map is that of a larger copy of it, too", async () => {
  const map = await stylizer.fitPhoto(island, [{ style: coffee }]);
  const large = await map.apply(await examplePicture("island.jpg", 1152, 768));
  const small = await map.apply(island);
  assert.ok(distance(meanColor(large), meanColor(small)) < 1);
  assert.equal(large.width, 1152);
});

Deno.test("a photograph's result can take its memory", async () => {
  const content = await examplePicture("island.jpg", 192, 128);
  const expected = await stylizer.stylize(content, coffee, photo);
  const result = await stylizer.stylize(content, coffee, { ...photo, inPlace: true });
  assert.equal(result.data, content.data);
  assert.deepEqual(result.data, expected.data);
});

Deno.test("a photograph's map can be told to stop", async () => {
  const map = await stylizer.fitPhoto(island, [{ style: coffee }]);
  const signal = AbortSignal.abort(new Error("enough"));
  const large = flat(1024, 1100, [9, 9, 9, 255]);
  await assert.rejects(map.apply(large, { signal }), /enough/);
});
