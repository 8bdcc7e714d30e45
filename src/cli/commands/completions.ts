import { Argument, Command } from "commander";
import { bash } from "../completions/bash.ts";
import { describe } from "../completions/describe.ts";
import { fish } from "../completions/fish.ts";
import { zsh } from "../completions/zsh.ts";
import { wholeProgram } from "../program.ts";
import { print } from "../standard_output.ts";

const SCRIPTS = { bash, zsh, fish };

/** The `completions` subcommand. */
export function command(): Command {
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
      print(SCRIPTS[shell](describe(await wholeProgram())));
    });
}
