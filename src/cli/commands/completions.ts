import { Argument, Command } from "commander";
import { bash } from "../help/completions/bash.ts";
import { describe } from "../help/completions/describe.ts";
import { fish } from "../help/completions/fish.ts";
import { zsh } from "../help/completions/zsh.ts";
import { print } from "../io/standard_output.ts";

const SCRIPTS = { bash, zsh, fish };

/** The `completions` subcommand. */
export function command(loadProgram: () => Promise<Command>): Command {
  return new Command("completions")
    .addArgument(new Argument("<shell>").choices(Object.keys(SCRIPTS)))
    .addHelpText(
      "after",
      "\nIn ~/.bashrc or ~/.zshrc:  source <(linear-style completions zsh)" +
        "\nIn fish's config.fish:     linear-style completions fish | source" +
        "\n" +
        "\nExample: linear-style completions bash",
    )
    .action(async (shell: keyof typeof SCRIPTS) => {
      print(SCRIPTS[shell](describe(await loadProgram())));
    });
}
