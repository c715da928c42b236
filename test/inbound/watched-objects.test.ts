/** Which objects of an instance a change is of. */
import { expect, test } from 'vitest';
import { toldObjects, watchedObjects } from '../../src/inbound/watched-objects.ts';

const watched = watchedObjects(
  ['contact', 'ticket'],
  [
    ['p62515_bicycles', '2-3465404'],
    ['2-3465404', '2-3465404'],
    ['incident', null],
    ['toString', null],
  ],
);

test.each<[string, string | null, string | null, readonly string[]]>([
  ['a declared one that is on', 'contact', null, ['contact']],
  ['a declared one that is off', 'account', null, []],
  ['one by its own name', null, 'incident', ['incident']],
  ['one by its own name, though webhooks say another', null, 'p62515_bicycles', ['p62515_bicycles']],
  ['all that an instance calls differently', null, '2-3465404', ['p62515_bicycles', '2-3465404']],
  ['a declared one and one by name', 'ticket', 'incident', ['ticket', 'incident']],
  ['one by name of which the declared one is off', 'account', 'incident', ['incident']],
  ['none, by a name that nobody has on', null, '2-4711', []],
  ['none, by a word that every object of the language has', null, 'constructor', []],
  ['one by such a word', null, 'toString', ['toString']],
  // What the connector declares goes by the vendor's word alone.
  ['none, by the name of a declared one', null, 'contact', []],
])('%s', (_what, object, named, expected) => {
  expect(toldObjects({ object, named }, watched)).toEqual(expected);
});
