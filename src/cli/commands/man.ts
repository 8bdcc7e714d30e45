import { Command } from "commander";
import { manPage } from "../help/man_page.ts";
import { print } from "../io/standard_output.ts";

/** The `man` subcommand. */
export function command(loadProgram: () => Promise<Command>): Command {
  return new Command("man")
    .addHelpText(
      "after",
      "\nTo read it:  linear-style man | man -l -" +
        "\nTo keep it:  linear-style man > ~/.local/share/man/man1/linear-style.1" +
        "\n" +
        "\nExample: linear-style man",
    )
    .action(async () => {
      print(manPage(await loadProgram()));
    });
}
