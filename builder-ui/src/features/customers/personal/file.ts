/** Every whole ZIP ends in a directory, whose last record takes these 22 bytes; one that ended early has none. */
export async function isWhole(file: Blob): Promise<boolean> {
  const end = new Uint8Array(await file.slice(-22).arrayBuffer());
  return [0x50, 0x4b, 0x05, 0x06].every((byte, at) => end[at] === byte);
}

/** Saves a file on the reader's computer. */
export function save(name: string, what: Blob) {
  const url = URL.createObjectURL(what);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the file when the click's turn is over.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
