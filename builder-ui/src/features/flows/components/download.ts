/** Saves text as a file on the reader's computer. */
export function download(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the file when the click's turn is over.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
