/** SHA-256 of bytes, part after part, as 64 hexadecimal digits. */
export async function sha256(...parts: Uint8Array<ArrayBuffer>[]): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await new Blob(parts).bytes());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
