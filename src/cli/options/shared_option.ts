import { Option } from "commander";

/**
 * An option whose values are kept together with those of others, so that their order on the command
 * line is known: its parser is given the value that they have built up so far.
 */
export class SharedOption extends Option {
  /** @param attribute name of the value that the options share */
  constructor(flags: string, description: string, private readonly attribute: string) {
    super(flags, description);
  }

  override attributeName(): string {
    return this.attribute;
  }
}
