import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refused } from '../../src/inbound/request.ts';
import { readXml } from '../../src/inbound/xml.ts';

describe('XML as JSON', () => {
  test.each<[string, unknown]>([
    ['<a>x</a>', { a: 'x' }],
    ['<a/>', { a: '' }],
    ['<a> x &amp; y &#65; <![CDATA[<z>]]> </a>', { a: ' x & y A <z> ' }],
    ['<a><b>1</b><b>2</b><c/></a>', { a: { b: ['1', '2'], c: '' } }],
    ['<n:a xmlns:n="urn:x"><n:b>1</n:b></n:a>', { a: { b: '1' } }],
    [
      '<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><b xsi:nil="true"/><c xsi:nil="false">x</c></a>',
      { a: { b: null, c: 'x' } },
    ],
    ['<a k="v">x</a>', { a: { '@k': 'v', '#text': 'x' } }],
    ['<a>\n  <b>1</b>\n</a>', { a: { b: '1' } }],
    ['<a>x<!-- no -->y</a>', { a: 'xy' }],
  ])('%s', (text, value) => {
    expect(readXml(text)).toEqual(value);
  });

  test('a name is a property of its own, whatever it is', () => {
    const value = readXml('<__proto__><constructor>x</constructor><__proto__>y</__proto__></__proto__>');
    expect(JSON.stringify(value)).toBe('{"__proto__":{"constructor":"x","__proto__":"y"}}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});

describe('refused', () => {
  test.each([
    ['', 'nothing'],
    ['x', 'no element'],
    ['<a>', 'an open element'],
    ['<a/><b/>', 'two roots'],
    ['<a></b>', 'a wrong end'],
    ['<n:a/>', 'a prefix of nobody'],
    ['<!DOCTYPE a><a/>', 'a document type'],
    ['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'an entity of its own'],
    ['<a>&nbsp;</a>', 'an entity of HTML'],
    ['<a>&#0;</a>', 'a character that may not be'],
    ['<a><?php x ?></a>', 'a processing instruction'],
    ['<a b="1" b="2"/>', 'an attribute twice'],
    [`${'<a>'.repeat(65)}${'</a>'.repeat(65)}`, 'too deep'],
    [`<a>${'<b/>'.repeat(50_000)}</a>`, 'too many elements'],
  ])('%.40s: %s', (text) => {
    expect(readXml(text)).toEqual(new Refused('inbound-body-unreadable'));
  });

  test('anything is read or refused, and never thrown on', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('<', '>', '/', 'a', '&', ';', '"', '=', '!', '[', ']', '?', '-', ' ', '\ud800')),
        (parts) => {
          const value = readXml(parts.join(''));
          expect(value instanceof Refused || typeof value === 'object').toBe(true);
        },
      ),
    );
  });
});
