import type { Command, Option } from "commander";

/** A program as scripts that complete its command lines need it. */
export interface Described {
  name: string;
  /** A name for the script's function: not all shells take dashes there. */
  function: string;
  commands: { name: string; description: string; options: DescribedOption[] }[];
}

/** An option, and what may follow it. */
export interface DescribedOption {
  /** With their dashes: the short form, where there is one, and the long. */
  flags: string[];
  description: string;
  takesValue: boolean;
  /** The only values there are. */
  choices?: readonly string[];
  /** Whether its value is the path of a file or folder. */
  isPath: boolean;
}

/** Describes a program by what it declares itself. */
export function describe(program: Command): Described {
  const name = program.name();
  return {
    name,
    function: `_${name.replaceAll("-", "_")}`,
    commands: program.commands.flatMap((command) =>
      [command.name(), ...command.aliases()].map((name) => ({
        name,
        description: command.description(),
        options: command.createHelp().visibleOptions(command).map(describeOption),
      }))
    ),
  };
}

function describeOption({ flags, short, long, description, required, argChoices }: Option) {
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    description,
    takesValue: required,
    ...(argChoices ? { choices: argChoices } : {}),
    isPath: /<(file|path|folder|pack)\b/.test(flags),
  };
}
