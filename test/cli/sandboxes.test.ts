/** `anyhook sandbox all`: the real process, the address of each sandbox, and a page at each. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { vendors } from '../../src/sandbox/sandbox.ts';
import { freePort } from '../inbound/free-port.ts';
import { program } from '../suite/program.ts';

function start(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [program, 'sandbox', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

async function linesOf(child: ChildProcess, count: number): Promise<readonly string[]> {
  if (child.stdout === null) throw new TypeError('no pipe');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === count) break;
  }
  return lines;
}

async function expectPage(vendor: string, origin: string): Promise<void> {
  const page = await fetch(origin);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await page.text()).toContain(`<h1>${vendor} sandbox</h1>`);
}

async function expectEnd(child: ChildProcess): Promise<void> {
  child.kill('SIGINT');
  expect(await once(child, 'close')).toEqual([0, null]);
}

test('prints the address of each, has a page at each, and ends at Ctrl-C', async () => {
  const child = start(['all', '--port', '0']);
  const lines = await linesOf(child, vendors.length);
  const addresses = lines.map((line) => line.split(/\s+/));
  expect(addresses.map(([vendor]) => vendor)).toEqual(vendors);
  for (const [vendor = '', origin = ''] of addresses) await expectPage(vendor, origin);
  await expectEnd(child);
});

test('as JSON, with what a client enters to connect, and from the port that was asked for', async () => {
  const port = await freePort();
  const [vendor = ''] = vendors;
  const child = start([vendor, vendor, '--port', String(port), '--json']);
  const [line = ''] = await linesOf(child, 1);
  const origin = `http://127.0.0.1:${port}`;
  expect(JSON.parse(line)).toEqual({ sandboxes: [{ vendor, origin, credentials: expect.any(Object) }] });
  await expectPage(vendor, origin);
  await expectEnd(child);
});
