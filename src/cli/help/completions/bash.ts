import type { Described } from "./describe.ts";

/** A script for bash, of version 3 too. Where no word fits it completes names of files. */
export function bash(program: Described): string {
  const cases = program.commands.flatMap(({ name, options }) => [
    ...options.flatMap(({ flags, choices }) => {
      if (!choices) return [];
      const pattern = flags.map((flag) => `"${name} ${flag}"`).join(" | ");
      return [`${pattern}) words="${choices.join(" ")}" ;;`];
    }),
    `"${name} "*) [[ $current == -* ]] && words="${options.flatMap((o) => o.flags).join(" ")}" ;;`,
  ]);
  return [
    `${program.function}() {`,
    `  local words="" current="\${COMP_WORDS[COMP_CWORD]}"`,
    `  case "\${COMP_WORDS[1]} \${COMP_WORDS[COMP_CWORD - 1]}" in`,
    ...cases.map((line) => `    ${line}`),
    `  esac`,
    `  ((COMP_CWORD == 1)) && words="${program.commands.map(({ name }) => name).join(" ")}"`,
    `  COMPREPLY=($(compgen -W "$words" -- "$current"))`,
    `}`,
    `complete -o default -F ${program.function} ${program.name}`,
    ``,
  ].join("\n");
}
