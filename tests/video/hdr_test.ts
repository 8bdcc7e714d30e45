import assert from "node:assert/strict";
import { ClipWriter, probeClip, readFrames } from "../../src/video/mod.ts";
import { facts, ffmpeg, frame } from "../helpers/clips.ts";
import { psnr } from "../helpers/pictures.ts";
import { example, temporaryFolder } from "../helpers/program.ts";
import { hasFfmpeg, missing } from "../helpers/requirements.ts";

const ignore = missing(hasFfmpeg);
const TAGS = ["color_space", "color_primaries", "color_transfer"];

/** Makes `sdr.mkv`, and the same as `wide.mkv`, of other primaries and another transfer. */
async function studio(primaries: string, transfer: string, matrix = "bt2020nc") {
  const folder = await temporaryFolder();
  await ffmpeg(
    folder.path,
    ...["-loop", "1", "-framerate", "25", "-t", "0.08", "-i", example("island.jpg")],
    ...["-vf", "scale=64:48:out_color_matrix=bt709:out_range=tv,format=yuv444p", "-c:v", "ffv1"],
    ...["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"],
    ...["-color_range", "tv", "sdr.mkv"],
  );
  // White of SDR is 203 cd/m² in HDR (ITU-R BT.2408).
  const filters = [
    "zscale=t=linear:npl=203,format=gbrpf32le",
    `zscale=p=${primaries}:t=${transfer}:m=${matrix}:r=tv:npl=203,format=yuv444p10le`,
  ];
  await ffmpeg(
    folder.path,
    ...["-i", "sdr.mkv", "-vf", filters.join(), "-c:v", "ffv1", "-color_range", "tv"],
    ...["-color_primaries", primaries, "-color_trc", transfer, "-colorspace", matrix, "wide.mkv"],
  );
  return folder;
}

for (
  const [name, primaries, transfer, matrix] of [
    ["HDR by PQ", "bt2020", "smpte2084", "bt2020nc"],
    ["HDR by HLG", "bt2020", "arib-std-b67", "bt2020nc"],
    ["SDR of BT.2020", "bt2020", "bt709", "bt2020nc"],
    ["SDR of Display P3", "smpte432", "bt709", "bt709"],
  ] as const
) {
  Deno.test({
    name: `colors are converted to BT.709, and tagged so: ${name}`,
    ignore,
    async fn() {
      await using folder = await studio(primaries, transfer, matrix);
      const cwd = folder.path;
      const source = { path: `${cwd}/wide.mkv` };
      const info = await probeClip(source);
      assert.equal(info.transfer, transfer);
      const [read] = await Array.fromAsync(readFrames(source, info, { limit: 1 }));
      const sdr = await frame(cwd, "sdr.mkv", 0);
      assert.ok(psnr(read!, sdr) > 30, `${psnr(read!, sdr)} dB`);
      using writer = await ClipWriter.open({ path: `${cwd}/out.mp4` }, source, info, { crf: 1 });
      await writer.write(read!);
      await writer.finish();
      assert.deepEqual((await facts(cwd, "out.mp4", ...TAGS)).slice(0, 3), [
        ...["bt709", "bt709", "bt709"],
      ]);
      const written = await frame(cwd, "out.mp4", 0);
      assert.ok(psnr(written, sdr) > 30, `${psnr(written, sdr)} dB`);
    },
  });
}

Deno.test({
  name: "highlights above white are compressed, not cut off",
  ignore,
  async fn() {
    await using folder = await temporaryFolder();
    // Grays of PQ: 203, 500 and 1000 cd/m².
    const drawn = "geq=lum='if(lt(X,8),573,if(lt(X,16),656,723))':cb=512:cr=512";
    await ffmpeg(
      folder.path,
      ...["-f", "lavfi", "-i", "color=size=24x16:rate=25:duration=0.04,format=yuv420p10le"],
      ...["-vf", drawn, "-c:v", "ffv1", "-color_range", "tv", "-color_primaries", "bt2020"],
      ...["-color_trc", "smpte2084", "-colorspace", "bt2020nc", "gray.mkv"],
    );
    const source = { path: `${folder.path}/gray.mkv` };
    const [read] = await Array.fromAsync(readFrames(source, await probeClip(source)));
    const [white, bright, brightest] = [4, 12, 20].map((x) => read!.data[4 * x]!);
    assert.ok(white! > 200 && bright! > white! + 3 && brightest! > bright!, [...read!.data] + "");
  },
});
