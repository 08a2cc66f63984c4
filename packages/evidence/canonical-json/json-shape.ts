import { visit } from 'jsonc-parser';

/** The closing quotation mark of the string that opens at `open`, or the text's end. */
function endOfString(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}

/** Where a text of JSON first nests deeper than so many levels, or undefined. Looks at every level, those that a repeated key hides included. */
export function deeperThan(text: string, levels: number): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '}' || character === ']') depth -= 1;
    else if ((character === '{' || character === '[') && ++depth > levels) return at;
  }
  return undefined;
}

/** The first key in valid JSON that readers treat in different ways, because it stands twice or is `__proto__`, in words; or undefined. */
export function duplicateKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  let fault: string | undefined;
  visit(text, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty: (name, _offset, _length, line) => {
      const names = open.at(-1);
      if (name === '__proto__')
        fault ??= `it has the key "__proto__" (line ${line + 1}), which readers treat in different ways`;
      else if (names?.has(name))
        fault ??= `it has the key ${JSON.stringify(name)} twice (line ${line + 1}); each key may stand once`;
      names?.add(name);
    },
  });
  return fault;
}
