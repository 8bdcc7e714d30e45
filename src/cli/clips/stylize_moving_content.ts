import { UsageError } from "../errors.ts";
import { Reporter } from "../io/reporter.ts";
import { withPathInErrors } from "../io/with_path_in_errors.ts";
import type { Movement, MovingContent, MovingContentOptions } from "./moving_content.ts";

/**
 * Stylizes a content that moves.
 *
 * @throws {UsageError} if the options ask for what only a picture can have.
 */
export async function stylizeMovingContent(
  movement: Movement,
  content: MovingContent,
  options: MovingContentOptions,
): Promise<void> {
  if (options.depth === 16) throw new UsageError("--depth 16 is for pictures, not for clips");
  const reporter = new Reporter(options);
  const { stylize } = movement === "stream"
    ? await import("./y4m_stream.ts")
    : await import("./animation.ts");
  try {
    await withPathInErrors(content.path, () => stylize(content, options, reporter));
  } finally {
    reporter.clear();
  }
}
