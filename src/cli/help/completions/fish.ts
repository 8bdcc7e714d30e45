import type { Described, DescribedOption } from "./describe.ts";

/** A script for fish. */
export function fish(program: Described): string {
  const complete = `complete -c ${program.name}`;
  return program.commands.flatMap(({ name, description, options }) => [
    `${complete} -n __fish_use_subcommand -f -a ${name} -d ${quote(description)}`,
    ...options.map((option) =>
      `${complete} -n '__fish_seen_subcommand_from ${name}' ${describeOption(option)}`
    ),
  ]).join("\n") + "\n";
}

function describeOption(option: DescribedOption): string {
  const { flags, description, takesValue, choices, isPath } = option;
  const names = flags.map((flag) =>
    flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`
  );
  const value = !takesValue
    ? ""
    : isPath
    ? " -r"
    : ` -x${choices ? ` -a '${choices.join(" ")}'` : ""}`;
  return `${names.join(" ")}${value} -d ${quote(description)}`;
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
