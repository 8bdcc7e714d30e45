/**
 * Files from the user, dropped, pasted or picked, and files for the user.
 *
 * @module
 */

/** Hands on the files that an `<input type="file">` picks. */
export function receivePicked(input: HTMLInputElement, onFiles: (files: File[]) => void): void {
  input.addEventListener("change", () => {
    const files = [...input.files ?? []];
    input.value = ""; // So that the same file can be picked again.
    if (files.length > 0) onFiles(files);
  });
}

/** Hands on the files that are dropped on an element. */
export function receiveDropped(zone: HTMLElement, onFiles: (files: File[]) => void): void {
  const mark = (isOver: boolean) => zone.classList.toggle("over", isOver);
  zone.addEventListener("dragover", () => mark(true));
  zone.addEventListener("dragleave", () => mark(false));
  zone.addEventListener("drop", (event) => {
    mark(false);
    const files = [...event.dataTransfer?.files ?? []];
    if (files.length > 0) onFiles(files);
  });
}

/** Keeps the browser from leaving the page for a file that is dropped beside all zones. */
export function keepPage(): void {
  for (const name of ["dragover", "drop"]) {
    addEventListener(name, (event) => event.preventDefault());
  }
}

/** Hands on the files that are pasted anywhere on the page. */
export function receivePasted(onFiles: (files: File[]) => void): void {
  addEventListener("paste", (event) => {
    const files = [...event.clipboardData?.files ?? []];
    if (files.length > 0) onFiles(files);
  });
}

/** Saves a file under a name, as the browser saves downloads. */
export function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The download has to begin before the URL goes.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A file's name without its suffix. */
export function stem(name: string): string {
  return name.replace(/\.[^.]*$/, "");
}
