import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** Licences that may be shipped with MIT software, as SPDX names. */
const allowed = [
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'CC0-1.0',
  'WTFPL',
  'BlueOak-1.0.0',
];

interface LockedPackage {
  readonly license?: string;
  readonly dev?: boolean;
  readonly integrity?: string;
}

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const packages = Object.entries(lock.packages).filter(([name]) => name !== '');

it('every package that ships has a licence that goes with MIT', () => {
  const wrong = packages.filter(([, { dev, license = '' }]) => {
    const choices = license.replace(/[()]/g, '').split(' OR ');
    return dev !== true && !choices.some((choice) => allowed.includes(choice));
  });
  expect(wrong).toEqual([]);
});

it('every package is locked by its content', () => {
  expect(packages.filter(([, { integrity }]) => integrity === undefined).map(([name]) => name)).toEqual([]);
});
