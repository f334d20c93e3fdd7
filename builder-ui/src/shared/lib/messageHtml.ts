const dropped = 'script, iframe, object, embed, link, meta, base, form, input, button, textarea, select';

/**
 * A message's HTML as a document for a sandboxed frame. The page's content policy reaches into the frame and
 * refuses inline styles, so they move into one style sheet that carries the page's nonce.
 */
export function previewDocument(html: string, nonce: string, lang: string): string {
  // Renamed before parsing: the policy already complains when a parser meets a style attribute.
  const renamed = html
    .replaceAll(/(<[a-z][^<>]*?\s)style(\s*=)/gi, '$1data-style$2')
    .replaceAll(/<(\/?)style\b/gi, '<$1x-style');
  const source = new DOMParser().parseFromString(renamed, 'text/html');
  for (const element of source.querySelectorAll(dropped)) element.remove();

  const rules: string[] = [];
  for (const sheet of source.querySelectorAll('x-style')) {
    rules.push(sheet.textContent ?? '');
    sheet.remove();
  }
  for (const element of source.body.querySelectorAll('[data-style]')) {
    const name = `i${rules.length}`;
    // Twice the class outweighs the sheet's own rules, as an inline style would.
    rules.push(`.${name}.${name}{${(element.getAttribute('data-style') ?? '').replace(/[{}<]/g, '')}}`);
    element.classList.add(name);
    element.removeAttribute('data-style');
  }
  const css = [base, ...rules].join('\n').replaceAll('</', '<\\/');
  return `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><title></title><style nonce="${nonce}">${css}</style></head><body>${source.body.innerHTML}</body></html>`;
}

const base = `
html{background:#fff;color:#171a21;color-scheme:light}
body{margin:24px;font:14px/1.65 Inter,-apple-system,"Segoe UI",Roboto,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;max-width:640px;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;margin:16px 0}
td,th{padding:6px 10px;border-bottom:1px solid #e7e9ee;text-align:left;font-variant-numeric:tabular-nums}
a{color:#1f4cc2}
`;
