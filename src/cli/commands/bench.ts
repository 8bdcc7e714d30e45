import { Command, InvalidArgumentError, Option } from "commander";
import { BACKEND_NAMES, type BackendName } from "../../../backends/mod.ts";
import type { BenchOptions } from "../actions/bench.ts";
import { option } from "../options/definitions.ts";
import { list, wholeNumber } from "../options/parsers.ts";

/** The `bench` subcommand. */
export function command(): Command {
  return new Command("bench")
    .addOption(
      new Option("--sizes <px,...>", "sides of the square pictures")
        .argParser(list(wholeNumber(8, 8192))).default([256, 512, 1024], "256,512,1024"),
    )
    .addOption(
      new Option("--runs <n>", "measured runs of each").argParser(wholeNumber(1, 1000)).default(5),
    )
    .addOption(
      new Option("--backends <name,...>", "backends to measure")
        .argParser(list(backendName)).default([...BACKEND_NAMES], BACKEND_NAMES.join()),
    )
    .addOption(
      new Option("--against <onnx>", "time another network in turn with ours, and their ratio"),
    )
    .addOption(option.precision())
    .addOption(option.threads())
    .addOption(option.model())
    .addOption(option.json())
    .addHelpText("after", "\nExample: linear-style bench --sizes 512 --json")
    .action(async (options: BenchOptions) => {
      const { bench } = await import("../actions/bench.ts");
      await bench(options);
    });
}

function backendName(text: string): BackendName {
  const name = BACKEND_NAMES.find((name) => name === text);
  if (!name) {
    throw new InvalidArgumentError(`Allowed choices are ${BACKEND_NAMES.join(", ")}.`);
  }
  return name;
}
