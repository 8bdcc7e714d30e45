import type { Command } from "commander";
import { EXIT_MEANINGS, ExitCode } from "../exit_codes.ts";

/** What the program reads of the environment. */
const ENVIRONMENT = {
  INIT_CWD: "The folder that relative paths are meant from, as deno sets it in a task.",
  TMPDIR: "The folder for the pictures that bench draws.",
  NO_COLOR: "Without effect: nothing is ever colored.",
};

/** A manual page of the program, in roff with the macros of man(7), from what it declares itself. */
export function manPage(program: Command): string {
  const name = program.name();
  const exits = Object.entries(ExitCode).map(([key, code]) =>
    item(`${code}`, EXIT_MEANINGS[key as keyof typeof ExitCode])
  );
  return [
    `.TH ${escape(name.toUpperCase())} 1 "" ${quote(`${name} ${program.version()}`)}`,
    ".SH NAME",
    `${escape(name)} \\- ${escape(program.description())}`,
    ".SH SYNOPSIS",
    `.B ${escape(name)}`,
    escape("COMMAND [options] [arguments]"),
    ".SH COMMANDS",
    ...program.commands.flatMap(describeCommand),
    ".SH EXIT STATUS",
    ...exits,
    ".SH ENVIRONMENT",
    ...Object.entries(ENVIRONMENT).map(([variable, text]) => item(variable, text)),
    "",
  ].join("\n");
}

function describeCommand(command: Command): string[] {
  const help = command.createHelp();
  const options = Map.groupBy(
    help.visibleOptions(command),
    (option) => option.helpGroupHeading ?? "Options:",
  );
  return [
    `.SS ${quote(`${[command.name(), ...command.aliases()].join("|")} ${command.usage()}`)}`,
    escape(command.description()),
    ...help.visibleArguments(command)
      .map((argument) => item(help.argumentTerm(argument), help.argumentDescription(argument))),
    ...[...options].flatMap(([heading, members]) => [
      ".PP",
      escape(heading),
      ...members.map((option) => item(help.optionTerm(option), help.optionDescription(option))),
    ]),
    ".PP",
    ".nf",
    ...textAfter(command).split("\n").map(escape),
    ".fi",
  ];
}

/** What the help has after the options: examples, and what else there is to say. */
function textAfter(command: Command): string {
  let whole = "";
  command.configureOutput({ writeOut: (text) => void (whole += text) });
  const { length } = command.helpInformation();
  command.outputHelp();
  return whole.slice(length).trim();
}

function item(term: string, text: string): string {
  return `.TP\n.B ${escape(term)}\n${escape(text)}`;
}

function quote(text: string): string {
  return `"${escape(text).replaceAll('"', "\\(dq")}"`;
}

/** Text as roff has it: no line is a request, and a hyphen is one that can be copied. */
function escape(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^(?=[.'])/gm, "\\&");
}
