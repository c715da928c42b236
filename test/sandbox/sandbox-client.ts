import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Faults } from '../../src/sandbox/faults.ts';
import type { JsonObject } from '../../src/sandbox/json.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';

/** 2026-11-20T16:04:51.870Z */
export const startMs = 1_795_190_691_870;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

export interface SandboxClient extends Sandbox {
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
}

/** A folder that is removed when the test ends. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'anyhook-sandbox-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface OpenOptions {
  readonly records?: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  readonly faults?: Partial<Faults>;
  readonly clock?: { now(): number };
  readonly file?: string;
}

/** Starts a sandbox whose clock stands still at `startMs`, with these records alone or else its own, and stops it after the test. */
export async function openSandbox(vendor: string, options: OpenOptions = {}): Promise<SandboxClient> {
  let { file } = options;
  if (options.records !== undefined) {
    file ??= join(await makeFolder(), 'records.json');
    await writeFile(file, JSON.stringify({ records: options.records }));
  }
  const sandbox = await startSandbox({
    vendor,
    port: 0,
    clock: options.clock ?? { now: () => startMs },
    faults: options.faults ?? {},
    ...(file === undefined ? {} : { file }),
  });
  onTestFinished(() => sandbox.close());
  return { ...sandbox, call: (method, path, body, headers) => call(sandbox.origin, method, path, body, headers) };
}

async function call(
  origin: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const isForm = body instanceof URLSearchParams;
  const isRaw = typeof body === 'string' || isForm;
  const answer = await fetch(origin + path, {
    method,
    headers: { ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What stands at a path inside a value; undefined where the path leads nowhere. */
export function dig(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((here, step) => {
    if (typeof here !== 'object' || here === null) return undefined;
    return Object.entries(here).find(([name]) => name === String(step))?.[1];
  }, value);
}

/** The records of an answer: `records` or `results`. */
export function rowsOf(reply: Reply): readonly JsonObject[] {
  const rows = dig(reply.json, 'records') ?? dig(reply.json, 'results');
  if (!Array.isArray(rows)) throw new TypeError(`no records in ${reply.text}`);
  return rows;
}
