/** What is said of habits of other languages behind a value: arithmetic, comments, dates with a word before them. */
import type { IToken } from 'chevrotain';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { type Around, show } from './around.ts';
import * as T from './tokens.ts';

/** null for something else. `found` is what is left over. */
export function otherHabit(at: Around, found: IToken): Diagnostic | null {
  const image = show(found);
  const word = at.before?.image ?? '';
  if (/^escape$/i.test(image))
    return at.say('LIKE needs no ESCAPE.', 'Write \\% and \\_ for the characters themselves.');
  if (/^(--|\/\/|\/\*|#)/.test(image))
    return at.say('A where has no comments.', `Take ${image} and what follows away.`);
  if (isSign(found) && at.before?.tokenType === T.Numeral) return calculated(at);
  if (word.startsWith('~') && at.operator() === '=') {
    const help = `Write ${at.field()} LIKE …, with % for any run of characters and _ for one.`;
    return at.say('=~ is no operator.', help, at.before, found);
  }
  if (/^new$/i.test(word) && /^date$/i.test(image))
    return at.say('A where makes no objects.', "Write now(), or an instant: '2026-01-31T08:00:00Z'.", at.before, found);
  if (isTimeWord(word) && found.tokenType === T.Text)
    return at.say(`${show(at.before)} does not stand before a time.`, `Write ${image}.`, at.before);
  return null;
}

/** `amount % 2 = 0`, `amount > 5 * 2`. */
export function calculated(at: Around): Diagnostic {
  return at.say('A where does not calculate.', 'Compare the field itself with a value.');
}

export function isSign(token: IToken | undefined): boolean {
  return token !== undefined && /^[-+*/%]$/.test(token.image);
}

/** SQL's words before a time in quotes, and its functions around one. */
export function isTimeWord(word: string): boolean {
  return /^(date|datetime|timestamp)$/i.test(word);
}
