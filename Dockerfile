# docker build -t linear-style . && docker run --rm -v "$PWD:/work" linear-style stylize a.jpg b.jpg
# No engine runs where the project is built, so this file was never tried.
FROM denoland/deno:2.9.6
RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/*
WORKDIR /linear-style
COPY . .
RUN deno cache main.ts
WORKDIR /work
ENTRYPOINT ["deno", "run", "--no-prompt", "--config=/linear-style/deno.json", "--allow-read", "--allow-write", "--allow-env=INIT_CWD,TMPDIR", "--allow-run=ffmpeg,ffprobe", "/linear-style/main.ts"]
