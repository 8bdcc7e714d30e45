/**
 * The controls of the look, and the settings that they stand for.
 *
 * @module
 */

import type { Settings } from "../worker/protocol.ts";

const input = (id: string) => document.getElementById(id) as HTMLInputElement;
const choice = (id: string) => document.getElementById(id) as HTMLSelectElement;

const LEVELS = ["level-1", "level-2", "level-3", "level-4"];

/** Controls that {@linkcode resetLook} sets back. */
const CONTROLS = ["alpha", "brush", "style-size", "color", "photo", ...LEVELS];

/** Controls by their ids, with what is shown beside them. */
const SHOWN: Record<string, (value: number) => string> = {
  "alpha": (value) => `${value} %`,
  "style-size": (value) => `${value} px`,
  "balance": (value) => `${100 - value} : ${value}`,
  "mask-size": (value) => `${value} %`,
  ...Object.fromEntries(LEVELS.map((id) => [id, String])),
};

/** Whether a change of an element is one of the look. */
export function isLook({ id }: Element): boolean {
  return id === "balance" || CONTROLS.includes(id);
}

/**
 * Settings as the controls have them.
 *
 * @throws {Error} with a sentence for the user, if they go against each other
 */
export function readLook(): Settings {
  const levels = LEVELS.map((id) => input(id).valueAsNumber);
  if (levels.every((weight) => weight === 0)) {
    throw new Error("All levels are at 0: give one of them some weight");
  }
  return {
    alpha: input("alpha").valueAsNumber / 100,
    levels,
    color: choice("color").value as Settings["color"],
    brush: choice("brush").value as Settings["brush"],
    photo: input("photo").checked,
    styleSize: input("style-size").valueAsNumber,
  };
}

/** Sets the controls back to what the document has. */
export function resetLook(): void {
  for (const id of CONTROLS) {
    const control = document.getElementById(id)!;
    if (control instanceof HTMLSelectElement) {
      control.selectedIndex = [...control.options].findIndex((option) => option.defaultSelected);
    } else {
      input(id).value = input(id).defaultValue;
      input(id).checked = input(id).defaultChecked;
    }
  }
  showLook();
}

/** Shows the values of the controls beside them; those without effect are switched off. */
export function showLook(): void {
  for (const [id, text] of Object.entries(SHOWN)) {
    const value = text(input(id).valueAsNumber);
    document.querySelector(`output[for=${id}]`)!.textContent = value;
    input(id).setAttribute("aria-valuetext", value);
  }
  choice("brush").disabled = input("photo").checked;
}
