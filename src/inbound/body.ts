/** The body of a request as plain JSON. */
import type { InboundWay } from '../connector/inbound.ts';
import { isTooDeep } from '../diagnostic/nesting.ts';
import { parseJson } from '../http/json.ts';
import { formObject, readForm } from './form.ts';
import { Refused } from './request.ts';
import { readUtf8 } from './utf8.ts';
import { readXml } from './xml.ts';

/** null for an empty body; `Refused` for one that is not what the way says. */
export function readBody(body: Buffer, { format, formField }: Pick<InboundWay, 'format' | 'formField'>): unknown {
  if (body.length === 0) return null;
  if (format === 'form') {
    const pairs = readForm(body);
    if (pairs instanceof Refused) return pairs;
    if (formField === null) return formObject(pairs);
    const [field, ...more] = pairs.filter(([name]) => name === formField);
    return field === undefined || more.length > 0 ? new Refused('inbound-body-unreadable') : readJson(field[1]);
  }
  const text = readUtf8(body);
  if (text === null) return new Refused('inbound-body-unreadable');
  return format === 'xml' ? readXml(text) : readJson(text);
}

function readJson(text: string): unknown {
  try {
    const value = parseJson(text);
    return isTooDeep(value) ? new Refused('inbound-body-unreadable') : value;
  } catch {
    return new Refused('inbound-body-unreadable');
  }
}
