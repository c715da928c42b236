/** The secret itself comes with the request, or values of the body are the instance's own. */
import type { NoneProof, StaticProof, TokenRule } from '../connector/inbound.ts';
import { readPath } from '../template/path.ts';
import { isEqualSecret } from './equal.ts';
import { keyBytes } from './key.ts';
import type { ProofValues, Proved } from './proof.ts';
import { readValue, textAt } from './read-value.ts';
import { Refused } from './request.ts';

/** More than any vendor puts into one request. */
const mostItems = 10_000;

export function proveStatic({ key, value }: StaticProof, values: ProofValues): Proved {
  const given = readTokens(value, values);
  if (given instanceof Refused) return given;
  let proved: number | null = null;
  let isUsable = false;
  for (const [index, secret] of values.secrets.entries()) {
    const wanted = keyBytes(key, secret)?.toString('utf8');
    if (wanted === undefined) continue;
    isUsable = true;
    let isAll = true;
    for (const token of given) isAll = isEqualSecret(token, wanted) && isAll;
    if (isAll) proved ??= index;
  }
  if (!isUsable) return new Refused('inbound-secret-missing');
  return proved ?? new Refused('inbound-token-wrong');
}

export function proveNone({ equals }: NoneProof, { settings, body }: ProofValues): Proved {
  const parsed = body();
  if (parsed instanceof Refused) return parsed;
  for (const { path, value } of equals) {
    const wanted = value.renderText({ settings });
    if (wanted === '') return new Refused('inbound-secret-missing');
    const given = textAt(readPath(parsed, path));
    if (given instanceof Refused) return given;
    if (!isEqualSecret(given, wanted)) return new Refused('inbound-condition-failed');
  }
  return null;
}

/** The tokens of a request, without their prefix: one, or one of each item. Never an empty list. */
export function readTokens({ source, each, prefix }: TokenRule, { request, body }: ProofValues): string[] | Refused {
  const texts = each === null ? [readValue(source, request, body)] : readEach(each, source, body);
  const tokens: string[] = [];
  for (const text of texts) {
    if (text instanceof Refused) return text;
    if (!text.startsWith(prefix)) return new Refused('inbound-token-wrong');
    tokens.push(text.slice(prefix.length));
  }
  return tokens.length === 0 ? new Refused('inbound-value-missing') : tokens;
}

function readEach(each: NonNullable<TokenRule['each']>, source: TokenRule['source'], body: () => unknown) {
  const parsed = body();
  if (parsed instanceof Refused) return [parsed];
  const items = readPath(parsed, each);
  if (!Array.isArray(items) || source.from !== 'body') return [new Refused('inbound-value-missing')];
  if (items.length > mostItems) return [new Refused('inbound-too-large')];
  return items.map((item: unknown) => textAt(readPath(item, source.path)));
}
