import { visit } from 'jsonc-parser';

/** The position of the closing quotation mark of the string that opens at `open`, or the end of the text. */
function endOfString(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}

/**
 * The first position at which a JSON text nests deeper than `levels`, or undefined. Also checks values that a
 * repeated key hides.
 */
export function firstDeeperThan(text: string, levels: number): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '}' || character === ']') depth -= 1;
    else if ((character === '{' || character === '[') && ++depth > levels) return at;
  }
  return undefined;
}

/**
 * Describes the first key in valid JSON that parsers handle differently, because it is repeated or is
 * `__proto__`. Undefined if there is none.
 */
export function duplicateKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  let fault: string | undefined;
  visit(text, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty: (name, _offset, _length, line) => {
      const names = open.at(-1);
      if (name === '__proto__')
        fault ??= `it contains the key "__proto__" (line ${line + 1}), which JSON parsers handle differently`;
      else if (names?.has(name))
        fault ??= `it contains the key ${JSON.stringify(name)} twice (line ${line + 1}); each key must be unique`;
      names?.add(name);
    },
  });
  return fault;
}
