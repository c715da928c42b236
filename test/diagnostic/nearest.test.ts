import { expect, test } from 'vitest';
import { nearest } from '../../src/diagnostic/nearest.ts';

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
  expect(nearest(name, fields)).toBe(meant);
});
