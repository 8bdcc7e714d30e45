import type { Described, DescribedOption } from "./describe.ts";

/** A script for zsh, to be sourced after `compinit`, or put into a folder of `fpath`. */
export function zsh(program: Described): string {
  const names = program.commands.map(({ name, description }) =>
    quote(`${escape(name)}:${escape(description)}`)
  );
  return [
    `#compdef ${program.name}`,
    `${program.function}() {`,
    `  local -a commands=(`,
    ...names.map((line) => `    ${line}`),
    `  )`,
    `  if ((CURRENT == 2)); then _describe command commands; return; fi`,
    `  shift words`,
    `  ((CURRENT--))`,
    `  case $words[1] in`,
    ...program.commands.flatMap(({ name, options }) => [
      `    ${name})`,
      ...["_arguments", ...options.map(argument), "'*:file:_files'"].join(" \\\n  ").split("\n")
        .map((line) => `      ${line}`),
      `      ;;`,
    ]),
    `  esac`,
    `}`,
    `compdef ${program.function} ${program.name}`,
    ``,
  ].join("\n");
}

/** An option as `_arguments` takes it. Most can be repeated, or do no harm. */
function argument({ flags, description, takesValue, choices, isPath }: DescribedOption): string {
  const action = isPath ? "_files" : choices ? `(${choices.join(" ")})` : " ";
  const body = quote(`[${escape(description)}]${takesValue ? `:value:${action}` : ""}`);
  return `"*"${flags.length > 1 ? `{${flags.join(",")}}` : flags[0]}${body}`;
}

function escape(text: string): string {
  return text.replace(/[[\]:\\]/g, "\\$&");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
