/** Takes what a user should know of a file: a sentence without its full stop. */
export type Note = (text: string) => void;
