/** What a vendor's answer says of the account's quota. Pure. */
import type { QuotaHeaders, QuotaReset } from '../definition/connector.ts';
import { parseHttpDate } from './retry-after.ts';

/** How much an account may still do in a window. */
export interface Allowance {
  /** Tells allowances of one account apart. */
  readonly name: string;
  /** Requests a window; undefined when the vendor does not say. */
  readonly limit: number | undefined;
  readonly remaining: number;
  /** Until all of it is there again, in milliseconds. */
  readonly windowMs: number;
  /** It comes back all at once at the end of the window; false: bit by bit. */
  readonly resets: boolean;
}

export type ReadAllowances = (headers: Readonly<Record<string, string>>, nowMs: number) => readonly Allowance[];

/** No known quota is longer than a day; what says so is a broken header. */
export const longestWindowMs = 24 * 60 * 60 * 1000;

/** Names in common use, as GitHub (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api) and the older IETF drafts have them. */
const usualNames = ['x-ratelimit', 'x-rate-limit', 'ratelimit'];

/** Reads what the definition declares; without that, the headers in common use and those of the IETF draft. */
export function compileQuotaHeaders(rules: readonly QuotaHeaders[] | undefined): ReadAllowances {
  if (rules === undefined) return (headers, nowMs) => [...readUsual(headers, nowMs), ...readDraft(headers)];
  return (headers, nowMs) => rules.flatMap((rule) => readRule(rule, headers, nowMs));
}

function readRule(rule: QuotaHeaders, headers: Readonly<Record<string, string>>, nowMs: number): readonly Allowance[] {
  const textOf = (name: string | undefined) => (name === undefined ? undefined : headers[name.toLowerCase()]);
  const resets = 'reset' in rule;
  const windowMs = resets ? resetOf(textOf(rule.reset.header), rule.reset.unit, nowMs) : rule.windowSeconds * 1000;
  if ('usage' in rule) {
    const { limit, remaining } = usageOf(textOf(rule.usage)) ?? {};
    return allowance(rule.usage, { limit, remaining, windowMs, resets });
  }
  const limit = countOf(textOf(rule.limit));
  return allowance(rule.remaining, { limit, remaining: countOf(textOf(rule.remaining)), windowMs, resets });
}

function readUsual(headers: Readonly<Record<string, string>>, nowMs: number): readonly Allowance[] {
  return usualNames.flatMap((name) => {
    const remaining = countOf(headers[`${name}-remaining`]);
    const windowMs = resetOf(headers[`${name}-reset`], undefined, nowMs);
    return allowance(name, { limit: countOf(headers[`${name}-limit`]), remaining, windowMs, resets: true });
  });
}

/** `RateLimit: "default";r=50;t=30`, `RateLimit-Policy: "default";q=100;w=60` (draft-ietf-httpapi-ratelimit-headers). */
function readDraft(headers: Readonly<Record<string, string>>): readonly Allowance[] {
  const policies = new Map(itemsOf(headers['ratelimit-policy']));
  return itemsOf(headers['ratelimit']).flatMap(([name, said]) => {
    const policy = policies.get(name);
    const seconds = said.get('t') ?? policy?.get('w');
    return allowance(`ratelimit ${name}`, {
      limit: policy?.get('q'),
      remaining: said.get('r'),
      windowMs: seconds === undefined ? undefined : seconds * 1000,
      resets: said.has('t'),
    });
  });
}

/** The items of a list with their numeric parameters (RFC 9651 §3.1). */
function itemsOf(text: string | undefined): readonly (readonly [string, ReadonlyMap<string, number>])[] {
  return (text?.slice(0, 1_000).split(',') ?? []).map((item) => {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim());
    const numbers = parameters.flatMap((parameter): [string, number][] => {
      const [key = '', value] = parameter.split('=');
      const count = countOf(value);
      return count === undefined ? [] : [[key, count]];
    });
    return [name, new Map(numbers)];
  });
}

interface Said {
  readonly limit: number | undefined;
  readonly remaining: number | undefined;
  readonly windowMs: number | undefined;
  readonly resets: boolean;
}

/** Nothing, when too little is said to go by. */
function allowance(name: string, { limit, remaining, windowMs, resets }: Said): readonly Allowance[] {
  if (remaining === undefined || windowMs === undefined || limit === 0) return [];
  return [{ name, limit, remaining, windowMs: Math.min(Math.max(windowMs, 0), longestWindowMs), resets }];
}

/** `12/40`, also within other text: `api-usage=18/5000`. */
function usageOf(text: string | undefined): { readonly remaining: number; readonly limit: number } | undefined {
  const [, used, limit] = /(\d{1,15})\/(\d{1,15})/.exec(text ?? '') ?? [];
  if (used === undefined || limit === undefined) return undefined;
  return { remaining: Math.max(0, Number(limit) - Number(used)), limit: Number(limit) };
}

function countOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d{1,15}(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

/** Milliseconds until then. Without a unit it goes by the size: no quota lasts for years, and no clock stands before 2001. */
function resetOf(text: string | undefined, unit: QuotaReset['unit'] | undefined, nowMs: number): number | undefined {
  const amount = countOf(text);
  if (amount === undefined) {
    const dateMs = text === undefined ? null : parseHttpDate(text.trim());
    return dateMs === null ? undefined : dateMs - nowMs;
  }
  if (unit === 'ms') return amount;
  if (unit === 'epoch-ms' || (unit === undefined && amount >= 1e12)) return amount - nowMs;
  if (unit === 'epoch-s' || (unit === undefined && amount >= 1e9)) return amount * 1000 - nowMs;
  return amount * 1000;
}
