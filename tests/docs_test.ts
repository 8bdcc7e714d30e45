import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import configuration from "../deno.json" with { type: "json" };
import manifest from "../models/default/model.json" with { type: "json" };
import { LAYERS } from "../tools/check_imports.ts";
import { list, PROJECT } from "./helpers/program.ts";

/** The documents of the project, by their paths from its folder. */
const documents = [
  ...list(PROJECT).filter((name) => name.endsWith(".md")),
  ...list(`${PROJECT}docs`).map((name) => `docs/${name}`),
  "examples/README.md",
];

const read = (path: string) => Deno.readTextFile(`${PROJECT}${path}`);

/** Files and folders of the project that a text names between backticks. */
function pathsIn(text: string): string[] {
  const named = /`((?:src|backends|models|tests|tools|examples|docs)(?:\/[\w.-]+)*)`/g;
  return [...text.matchAll(named)].map(([, path]) => path!);
}

Deno.test("files and folders that the documents name exist", async () => {
  for (const document of documents) {
    for (const path of pathsIn(await read(document))) {
      assert.ok(existsSync(`${PROJECT}${path}`), `${document} names ${path}`);
    }
  }
  assert.ok(pathsIn(await read("docs/architecture.md")).length > 40);
});

/** A link or a picture. */
const LINK = /\]\(([^)#\s]+)(?:#[^)]*)?\)|src="([^"]+)"/g;

Deno.test("links and pictures of the documents lead somewhere", async () => {
  for (const document of documents) {
    for (const [, link, picture] of (await read(document)).matchAll(LINK)) {
      const target = (link ?? picture)!;
      if (/^https?:/.test(target)) continue;
      const path = join(PROJECT, dirname(document), target);
      assert.ok(existsSync(path), `${document} links to ${target}`);
    }
  }
});

Deno.test("the architecture lists the layers that are checked, in their order", async () => {
  const [, section] = (await read("docs/architecture.md")).split("\n## Layers\n");
  const listed = [...section!.split("\n## ")[0]!.matchAll(/^\| `src\/(\w+)/gm)].map(([, name]) =>
    name
  );
  assert.deepEqual(listed, LAYERS.filter((name) => name !== "mod"));
});

Deno.test("tasks that the documents name exist", async () => {
  for (const document of documents) {
    for (const [, task] of (await read(document)).matchAll(/\bdeno task ([\w:-]+)/g)) {
      assert.ok(task! in configuration.tasks, `${document} names the task ${task}`);
    }
  }
});

Deno.test("the changelog has the versions of program and model", async () => {
  const changelog = await read("CHANGELOG.md");
  assert.match(changelog, new RegExp(`^## ${RegExp.escape(configuration.version)}\\b`, "m"));
  assert.match(changelog, new RegExp(`^\\| ${RegExp.escape(manifest.version)} +\\|`, "m"));
});
