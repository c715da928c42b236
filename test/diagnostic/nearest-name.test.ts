import { expect, test } from 'vitest';
import { nearestName } from '../../src/diagnostic/nearest-name.ts';

const fields = ['Email', 'FirstName', 'LastName', 'SystemModstamp', 'Id'];

test.each([
  ['Emial', 'Email'],
  ['email', 'Email'],
  ['Firstname', 'FirstName'],
  ['SystemModStmp', 'SystemModstamp'],
  ['Phone', null],
  ['', null],
  ['Xyz', null],
])('%s → %s', (name, meant) => {
  expect(nearestName(name, fields)).toBe(meant);
});
