/**
 * Files from the user: dropped, pasted or picked.
 *
 * @module
 */

/**
 * Hands on each file that is dropped on an element or picked by the input in it.
 *
 * @param zone an element with an `<input type="file">` in it
 */
export function receiveFiles(zone: HTMLElement, onFiles: (files: File[]) => void): void {
  const input = zone.querySelector<HTMLInputElement>("input[type=file]")!;
  input.addEventListener("change", () => {
    if (input.files?.length) onFiles([...input.files]);
    input.value = ""; // So that the same file can be picked again.
  });
  const mark = (isOver: boolean) => zone.classList.toggle("over", isOver);
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    mark(true);
  });
  zone.addEventListener("dragleave", () => mark(false));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    const files = [...event.dataTransfer?.files ?? []];
    if (files.length > 0) onFiles(files);
  });
}

/** Hands on each file that is pasted anywhere on the page. */
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
