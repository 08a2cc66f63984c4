import { jsonText, named, quoted } from '../display/visible.ts';

/**
 * How a sentence about an event shows a value of the event's data. `text`: what people or programs wrote, such as a reason. `whole`: a name that
 * is not cut. Otherwise the value is a name, a number or JSON.
 */
export type ShowValue = (value: unknown, as?: 'text' | 'whole') => string;

const SHOWN_CHARACTERS = 200;

/** For a screen. Texts are quoted; long values are cut, with `…`, which no shown value contains. */
export const showOnScreen: ShowValue = (value, as) => {
  if (value === null) return '?';
  if (typeof value !== 'string') {
    const text = jsonText(value);
    return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS - 1)}…` : text;
  }
  const show = as === 'text' ? quoted : named;
  return value.length > SHOWN_CHARACTERS && as !== 'whole'
    ? `${show(value.slice(0, SHOWN_CHARACTERS - 1))}…`
    : show(value);
};

/** For the field `summary` of `show --json`. Scripts may rely on this text, so it has no quotes; white space and controls are reduced. */
export const showInJson: ShowValue = (value, as) => {
  if (value === null) return '?';
  const text = inJson(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length > SHOWN_CHARACTERS && as !== 'whole' ? `${text.slice(0, SHOWN_CHARACTERS - 1)}…` : text;
};

const inJson = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(
      /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
      (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
    );
