/** Objects that only an account knows: what is wrong with their definition, and what a name makes of it. */
import { describe, expect, it } from 'vitest';
import { mayBeNamed, objectNamed } from '../../src/connector/any-object.ts';
import { checkInstance, needsDescription } from '../../src/connector/instance.ts';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import { queryOf } from '../../src/connector/narrow.ts';
import { renderRequest } from '../../src/connector/render-request.ts';
import { acmeOfAll, type Change } from './acme-of-all.ts';

const context = createLinkContext((await loadDialects()).dialects);
const link = (change: Change = (definition) => definition) => linkConnector(change(acmeOfAll()), context);

function linked(change?: Change) {
  const { connector, diagnostics } = link(change);
  if (connector === null) throw new Error(JSON.stringify(diagnostics));
  return connector;
}

describe('a definition of any object', () => {
  it('links, as does what is told of an object', () => {
    const { connector, diagnostics } = link();
    expect(diagnostics).toEqual([]);
    expect(connector?.anyObject?.help).toBe('any table by its name.');
  });

  it.each<[string, Change, object]>([
    [
      'a value that nothing tells',
      (acme) => ({
        ...acme,
        anyObject: { ...acme.anyObject, object: { ...acme.anyObject.object, id: '{object.key}' } },
      }),
      {
        code: 'connector-template',
        message: 'Nothing fills the placeholder {object.key} here.',
        pointer: '/anyObject/object/id',
      },
    ],
    [
      'a value, in the request that asks for it',
      (acme) => ({ ...acme, describe: { ...acme.describe, request: { method: 'GET', path: '/{object.set}' } } }),
      { code: 'connector-template', help: 'Possible are {object.name}.', pointer: '/describe/request/path' },
    ],
    [
      'a request that asks for no object',
      (acme) => ({ ...acme, describe: { ...acme.describe, request: { method: 'GET', path: '/tables' } } }),
      { code: 'connector-template', message: 'The request does not say which object.', pointer: '/describe/request' },
    ],
    [
      'an expression that is none',
      (acme) => ({ ...acme, describe: { ...acme.describe, filterable: 'a b' } }),
      { code: 'mapping-syntax', pointer: '/describe/filterable' },
    ],
    [
      'an expression of a value that is none',
      (acme) => ({ ...acme, describe: { ...acme.describe, values: { set: '(' } } }),
      { code: 'mapping-syntax', pointer: '/describe/values/set' },
    ],
    [
      'a variable that nobody gives',
      (acme) => ({ ...acme, describe: { ...acme.describe, name: '$settings.x' } }),
      { code: 'mapping-syntax', pointer: '/describe/name' },
    ],
    [
      'no describe',
      ({ describe: _, ...acme }) => acme,
      { code: 'connector-schema', message: 'The connector does not say how objects are described.' },
    ],
    [
      'an object that is not described',
      (acme) => {
        const { describe: _, ...object } = acme.anyObject.object;
        return { ...acme, anyObject: { ...acme.anyObject, object } };
      },
      { code: 'connector-schema', message: 'An object of which only the account knows has to be described.' },
    ],
    [
      'an alias by an expression that is none',
      (acme) => {
        const describe = { object: '{object.name}', alias: { value: 'a b' } };
        return { ...acme, anyObject: { ...acme.anyObject, object: { ...acme.anyObject.object, describe } } };
      },
      { code: 'mapping-syntax', pointer: '/anyObject/object/describe/alias/value' },
    ],
    [
      'an alias that is asked for by what is not known yet',
      (acme) => {
        const alias = { request: { method: 'GET', path: '/kinds/{object.set}' }, value: 'kind' };
        const describe = { object: '{object.name}', alias };
        return { ...acme, anyObject: { ...acme.anyObject, object: { ...acme.anyObject.object, describe } } };
      },
      { code: 'connector-template', pointer: '/anyObject/object/describe/alias/request/path' },
    ],
    [
      'a trial by a value that nothing tells',
      (acme) => {
        const write = { method: 'POST', path: '/{object.key}', body: { name: '{mark}' } };
        const trial = { create: write, id: 'id', update: write, delete: { method: 'DELETE', path: '/{id}' } };
        return { ...acme, anyObject: { ...acme.anyObject, object: { ...acme.anyObject.object, trial } } };
      },
      { code: 'connector-template', pointer: '/anyObject/object/trial/create/path' },
    ],
    [
      'a pattern that is none',
      (acme) => ({ ...acme, anyObject: { ...acme.anyObject, pattern: '(' } }),
      { code: 'connector-schema', pointer: '/anyObject/pattern' },
    ],
    [
      'an example that does not match',
      (acme) => ({ ...acme, anyObject: { ...acme.anyObject, example: { ...acme.anyObject.example, name: 'Acme' } } }),
      { code: 'any-object-example', pointer: '/anyObject/example/name' },
    ],
    [
      'an example without a value',
      (acme) => ({ ...acme, anyObject: { ...acme.anyObject, example: { name: 't_bike' } } }),
      { code: 'any-object-example', message: 'The example lacks set, which the describe tells.' },
    ],
    [
      'an example with another value',
      (acme) => ({ ...acme, anyObject: { ...acme.anyObject, example: { ...acme.anyObject.example, sets: 'x' } } }),
      { code: 'any-object-example', pointer: '/anyObject/example/sets' },
    ],
    [
      'an example that could be more than a name',
      (acme) => ({ ...acme, anyObject: { ...acme.anyObject, example: { name: 't_bike', set: "a'b" } } }),
      { code: 'any-object-example', pointer: '/anyObject/example/set' },
    ],
    [
      'a mapping to what the resource does not have',
      (acme) => ({
        ...acme,
        anyObject: { ...acme.anyObject, object: { ...acme.anyObject.object, mapping: { id: 'id', feilds: '$' } } },
      }),
      { code: 'mapping-unknown-property', help: 'Did you mean "fields"?', pointer: '/anyObject/object/mapping/feilds' },
    ],
  ])('is refused with %s', (_what, change, expected) => {
    const { connector, diagnostics } = link(change);
    expect(connector).toBeNull();
    expect(diagnostics).toContainEqual(expect.objectContaining(expected));
  });
});

describe('events that only name an object by name', () => {
  const auth = { kind: 'static', key: { credential: 'secret' }, value: { header: 'x-key' } };
  const events = [{ object: 'kind', objectId: 'id', change: 'change' }];
  const withEvents = (more: object) =>
    link((acme) => ({ ...acme, ...more, inbound: [{ name: 'events', auth, events }] })).diagnostics;

  it('are said to make a poll come at once, and no more, where one is not read', () => {
    const unread = { code: 'inbound-unread', severity: 'warning', pointer: '/inbound/0/events/0/object' };
    expect(withEvents({})).toContainEqual(expect.objectContaining(unread));
    const { anyObject } = acmeOfAll();
    const read = { request: { method: 'GET', path: '/{object.set}/{id}' } };
    const object = { ...anyObject.object, read };
    expect(withEvents({ anyObject: { ...anyObject, object } })).not.toContainEqual(expect.objectContaining(unread));
  });
});

describe('a name', () => {
  it('is put into all of the definition', () => {
    const object = objectNamed(linked(), 't_boat');
    expect(object).toMatchObject({ name: 't_boat', title: 'Table t_boat', isDescribed: false });
    const { changes } = object ?? {};
    const request = changes && renderRequest(changes.request, { settings: {} });
    expect(request).toMatchObject({ path: '/bikes', query: expect.arrayContaining([['of', 't_boat']]) });
    expect(changes && queryOf(changes)?.where.text).toBe('t_boat_at >= :since AND t_boat_at < :until');
    const asked = object?.describe && renderRequest(object.describe.request, { settings: {} });
    expect(asked?.path).toBe('/tables/t_boat');
  });

  it('of a declared object is that object', () => {
    const connector = linked((acme) => ({ ...acme, anyObject: { ...acme.anyObject, pattern: '.*' } }));
    expect(objectNamed(connector, 'contact')).toBe(connector.objects.get('contact'));
  });

  it.each(['..', '.', '', 'a/b', "a'b", 'a b', 'a{b', 'ä', 'a\n', 'x'.repeat(256), 'a%2Fb', 'a"b', 'a`b', 'a;b'])(
    'that is no name is none, whatever the pattern says: %j',
    (name) => {
      const connector = linked((acme) => ({ ...acme, anyObject: { ...acme.anyObject, pattern: '[^]*' } }));
      expect(mayBeNamed(connector, name)).toBe(false);
      expect(objectNamed(connector, name)).toBeNull();
      expect(checkInstance(connector, { objects: Object.fromEntries([[name, {}]]) }).diagnostics).toContainEqual(
        expect.objectContaining({ code: 'object-unknown', help: expect.stringContaining('any table by its name.') }),
      );
    },
  );
});

describe('an instance, before its account is asked', () => {
  const objects = (parts: object) => ({
    settings: { host: 'https://a.example' },
    credentials: { token: 't' },
    objects: { contact: parts },
  });

  it.each([
    [{}, false, []],
    [{ where: 'Score > 1' }, false, []],
    [{ where: 'Custom = 1' }, true, []],
    [{ where: 'Score > 1 AND (Custom = 1 OR NOT Other IS NULL)', fields: ['Score'] }, true, []],
    [{ fields: ['Custom'] }, true, []],
    [{ where: "Score > 'x' AND Custom = 1" }, true, ['where-wrong-type']],
    [{ where: 'Score =' }, false, ['where-syntax']],
  ])('is judged as far as it can be: %j', (parts, needs, codes) => {
    const connector = linked();
    expect(needsDescription(connector, 'contact', parts)).toBe(needs);
    expect(checkInstance(connector, objects(parts)).diagnostics.map(({ code }) => code)).toEqual(codes);
  });

  it('of a vendor that is not asked may name declared fields only', () => {
    const connector = linked((acme) => {
      const { describe: _, ...contact } = acme.objects.contact;
      return { ...acme, objects: { contact } };
    });
    expect(checkInstance(connector, objects({ fields: ['Scores', 'Score'] })).diagnostics).toMatchObject([
      { code: 'field-unknown', help: 'Did you mean "Score"?', pointer: '/objects/contact/fields' },
    ]);
    expect(needsDescription(connector, 'contact', { fields: ['Scores'] })).toBe(false);
  });
});
