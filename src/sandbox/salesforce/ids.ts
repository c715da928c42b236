/** Key prefixes of record ids, as in the vendor's list of standard prefixes; those of custom objects begin with an a. */
const prefixes: Readonly<Record<string, string>> = {
  Account: '001',
  Contact: '003',
  User: '005',
  Opportunity: '006',
  Lead: '00Q',
  Case: '500',
  Invoice__c: 'a01',
  AccountPartner: '00I',
};

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const checksumDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** The 18-character form of a 15-character id: one more character for each five, which says which of them are capitals. */
export function withChecksum(id15: string): string {
  const suffix = [0, 5, 10].map((from) => {
    const bits = [...id15.slice(from, from + 5)].reduce(
      (sum, letter, bit) => sum | (/[A-Z]/.test(letter) ? 1 << bit : 0),
      0,
    );
    return checksumDigits.charAt(bits);
  });
  return id15 + suffix.join('');
}

function base62(value: number, length: number): string {
  let rest = value;
  let text = '';
  while (text.length < length) {
    text = digits.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

/** Far enough into the counter that ids look like those of an org in use. */
const firstSerial = 62 ** 5 + 31_415_926;

/** The id of the n-th record with a key prefix, in its 18-character form. */
export function makeId(prefix: string, serial: number): string {
  return withChecksum(`${prefix}5g0${base62(firstSerial + serial, 9)}`);
}

export function makeRecordId(object: string, serial: number): string {
  return makeId(prefixes[object] ?? '', serial);
}

/** The 18-character form of an id in either form; undefined when the text is no id. */
export function normaliseId(text: string): string | undefined {
  if (/^[0-9A-Za-z]{15}$/.test(text)) return withChecksum(text);
  // The long form is there for tools that lose capitals; the checksum restores them, so it must fit.
  return /^[0-9A-Za-z]{18}$/.test(text) && withChecksum(text.slice(0, 15)) === text ? text : undefined;
}

export function isRecordId(object: string, text: string): boolean {
  return text.length === 18 && text.startsWith(prefixes[object] ?? '-') && normaliseId(text) === text;
}

export const keyPrefixOf = (object: string): string => prefixes[object] ?? '';
