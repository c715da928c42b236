/** A text as it may be meant: what is escaped in it read, with the place of each character. */

/** `text` is what is read; a span of it stands in the text that was given at `spanOf`. */
export interface Reading {
  readonly text: string;
  spanOf(start: number, end: number): readonly [start: number, end: number];
}

/** Escaped so often, as by a proxy that quotes what quoted a request. */
const MOST_TIMES = 3;

/** Percent-encoding (RFC 3986 §2.1), escapes of JSON (RFC 8259 §7) and of HTML. */
const ESCAPED = /(?:%[\da-f]{2})+|\\u[\da-f]{4}|\\["\\/bfnrt]|&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-f]{1,6});/gi;

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const short: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** The text itself, and all that it may be read as. */
export function readings(text: string): readonly Reading[] {
  const found: Reading[] = [{ text, spanOf: (start, end) => [start, end] }];
  for (let last = found[0]; last !== undefined && found.length <= MOST_TIMES; ) {
    const next = unescaped(last);
    if (next.text === last.text) break;
    found.push(next);
    last = next;
  }
  // A form writes a space as a plus, and a plus percent-encoded.
  return found.flatMap((reading) => {
    const spaced = reading.text.replaceAll('+', ' ');
    return spaced === reading.text ? [reading] : [reading, unescaped({ ...reading, text: spaced })];
  });
}

function unescaped({ text, spanOf }: Reading): Reading {
  const parts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const take = (read: string, offset: number, width: number): void => {
    parts.push(read);
    for (let unit = 0; unit < read.length; unit += 1) {
      const [start, end] = width === 0 ? [offset + unit, offset + unit + 1] : [offset, offset + width];
      starts.push(start);
      ends.push(end);
    }
  };
  let done = 0;
  for (const { 0: written, index } of text.matchAll(ESCAPED)) {
    take(text.slice(done, index), done, 0);
    take(meant(written), index, written.length);
    done = index + written.length;
  }
  take(text.slice(done), done, 0);
  return {
    text: parts.join(''),
    spanOf: (start, end) => spanOf(starts[start] ?? text.length, ends[end - 1] ?? text.length),
  };
}

function meant(written: string): string {
  if (written.startsWith('%')) return Buffer.from(written.replaceAll('%', ''), 'hex').toString('utf8');
  if (/^\\u/i.test(written)) return String.fromCharCode(Number.parseInt(written.slice(2), 16));
  if (written.startsWith('\\')) return short[written.charAt(1)] ?? written.charAt(1);
  const name = written.slice(1, -1);
  if (!name.startsWith('#')) return named[name.toLowerCase()] ?? written;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code <= 0x10ffff ? String.fromCodePoint(code) : written;
}
