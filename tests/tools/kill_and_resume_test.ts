import { killAndResume } from "../../tools/kill_and_resume/kill_runs.ts";

Deno.test("killed now and then and resumed, a folder's results are those of one run", async () => {
  await killAndResume(4);
});
