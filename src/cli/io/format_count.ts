/** A number of things as people say it: `"1 style"`, `"2 styles"`. */
export function formatCount(number: number, one: string, several: string = `${one}s`): string {
  return `${number} ${number === 1 ? one : several}`;
}
