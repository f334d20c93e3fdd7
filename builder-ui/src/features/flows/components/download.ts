/** Saves text as a file on the reader's computer. */
export function download(name: string, text: string) {
  save(name, new Blob([text], { type: 'application/json' }));
}

function save(name: string, what: Blob) {
  const url = URL.createObjectURL(what);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the file when the click's turn is over.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Saves bytes that came as base64. */
export function downloadBytes(name: string, base64: string) {
  const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  save(name, new Blob([bytes], { type: 'application/gzip' }));
}
