/** `anyhook test` as a process: its results for programs, and a live test that asks, writes and cleans up. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { atSandbox } from '../../src/cli/sandbox-instance.ts';
import type { Connector } from '../../src/connector/connector.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { program } from '../suite/program.ts';

const dynamics = (await loadConnectors()).connectors.get('dynamics') as Connector;

let folder: string;
let sandbox: Sandbox;
let file: string;
let secret: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'anyhook-live-'));
});
afterAll(() => rm(folder, { recursive: true }));

// Its changes are complete at once: a live cycle takes no longer than its requests.
beforeEach(async () => {
  sandbox = await startSandbox({ vendor: 'dynamics', port: 0 });
  const access = atSandbox(dynamics, sandbox.origin);
  secret = access.credentials['clientSecret'] ?? '';
  file = path.join(folder, 'instance.json');
  await writeFile(file, JSON.stringify(access));
});
afterEach(() => sandbox.close());

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [program, 'test', ...args], { cwd: folder });
}

function ended(child: ChildProcess, onError: (stderr: string) => void = () => {}): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
    onError(stderr);
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

async function written(): Promise<readonly string[]> {
  const response = await fetch(`${sandbox.origin}/_sandbox/journal`);
  return ((await response.json()) as { action: string }[]).map(({ action }) => action);
}

const live = ['dynamics', '--live', '--object', 'contact', '--allow-address', '127.0.0.1'] as const;

describe('a live test', () => {
  it('says what it would write and writes nothing where nobody can agree', { timeout: 60_000 }, async () => {
    const { code, stderr } = await ended(start(...live, '--instance', file));
    expect(code).toBe(2);
    expect(stderr).toContain(`environmentUrl ${sandbox.origin}`);
    expect(stderr).toMatch(/create {2}POST \/contacts\?\$select=contactid \{"lastname":"anyhook-[0-9a-f]{6}-1x"\}/);
    expect(stderr).toContain('DELETE /contacts({id})');
    expect(stderr).toContain('--yes');
    expect(stderr).not.toContain(secret);
    expect(await written()).toEqual([]);
  });

  it('asks nobody, and has not gone well, where no object says how it is tried', { timeout: 60_000 }, async () => {
    const own = path.join(folder, 'untried/dynamics');
    const packaged = await readFile(new URL('../../connectors/dynamics/connector.json', import.meta.url), 'utf8');
    const { objects, ...definition } = JSON.parse(packaged);
    const { trial, ...contact } = objects.contact;
    expect(trial).toBeDefined();
    await mkdir(own, { recursive: true });
    const text = JSON.stringify({ ...definition, objects: { ...objects, contact } });
    await writeFile(path.join(own, 'connector.json'), text);
    const { code, stderr } = await ended(
      start('./untried/dynamics', '--live', '--object', 'contact', '--instance', file, '--allow-address', '127.0.0.1'),
    );
    expect(stderr).toContain('dynamics contact is not tried');
    expect(stderr).not.toContain('This writes to a real account');
    expect(code).toBe(1);
    expect(await written()).toEqual([]);
  });

  it('names the settings that lead to a host that is none of the vendor', { timeout: 60_000 }, async () => {
    const stranger = await startSandbox({ vendor: 'hubspot', port: 0 });
    onTestFinished(() => stranger.close());
    const access = atSandbox(dynamics, sandbox.origin);
    const astray = path.join(folder, 'astray.json');
    const settings = { ...access.settings, loginUrl: stranger.origin };
    await writeFile(astray, JSON.stringify({ ...access, settings }));
    const { code, stderr } = await ended(start(...live, '--instance', astray, '--yes'));
    expect(code).toBe(1);
    expect(stderr).toContain('loginUrl (Where tokens come from');
    expect(await written()).toEqual([]);
  });

  it('writes with --yes, and leaves nothing behind', { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await ended(start(...live, '--instance', file, '--yes', '--json'));
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      diagnostics: [],
      live: [{ object: 'contact', cycle: 'ok', left: [], isNeverDeleted: false, diagnostics: [] }],
    });
    expect(stdout + stderr).not.toContain(secret);
    expect(await written()).toEqual(['create', 'update', 'update', 'delete']);
  });

  it('removes what it created when it is interrupted', { timeout: 60_000 }, async () => {
    // Slow enough that the cycle is under way when the signal comes.
    await fetch(`${sandbox.origin}/_sandbox/faults`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ latencyMs: 300 }),
    });
    const child = start(...live, '--instance', file, '--yes');
    // A second signal would end it at once.
    let isStopped = false;
    const { code, stdout } = await ended(child, (stderr) => {
      if (!isStopped && stderr.includes('contact: created ')) isStopped = child.kill('SIGINT');
    });
    expect(stdout).toContain('STOP  dynamics contact: live cycle; nothing is left behind');
    expect(code).toBe(3);
    const done = await written();
    expect([done[0], done.at(-1)]).toEqual(['create', 'delete']);
  });

  const crashes = 'data:text/javascript,process.on("SIGUSR2",()=>{throw new Error("a bug")})';
  it.each<[string, readonly NodeJS.Signals[]]>([
    ['a second signal', ['SIGINT', 'SIGINT']],
    ['a bug', ['SIGUSR2']],
    ['a bug while it removes', ['SIGTERM', 'SIGUSR2']],
  ])('broken off by %s, says what remains and how to remove it', { timeout: 60_000 }, async (_, signals) => {
    // The vendor lets a record be made, and then not be changed or removed for long.
    await fetch(`${sandbox.origin}/_sandbox/faults`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ path: '/contacts(', throttleRate: 1, retryAfterSeconds: 300 }),
    });
    const args = ['--import', crashes, program, 'test', ...live, '--instance', file, '--yes'];
    const child = spawn(process.execPath, args, { cwd: folder });
    const steps = ['contact: created ', 'Stopping'];
    const { code, stderr: told } = await ended(child, (stderr) => {
      const [step] = steps;
      const signal = signals[2 - steps.length];
      if (step === undefined || signal === undefined || !stderr.includes(step)) return;
      steps.shift();
      child.kill(signal);
    });
    expect(code).not.toBe(0);
    const [, id] = /dynamics contact: created (\S+)/.exec(told) ?? [];
    expect(told).toContain(`dynamics contact: The record ${id} is still there.`);
    expect(told).toContain(`Remove it by hand: DELETE /contacts(${id})`);
    expect(told).not.toContain(secret);
    const records = await (await fetch(`${sandbox.origin}/_sandbox/records`)).json();
    expect(Object.keys((records as { contact: object }).contact)).toContain(id);
  });

  it.each([
    { args: ['--live', '--instance', 'x.json'], code: 2, says: 'of one connector' },
    { args: ['dynamics', '--live'], code: 2, says: 'needs --instance' },
    { args: ['dynamics', '--live', '--instance', 'nowhere.json', '--yes'], code: 1, says: 'cannot be read' },
    { args: ['dynamics', '--object', 'cantact', '--runs', '0'], code: 1, says: 'Did you mean "contact"?' },
    { args: ['dynamics', '--object', 'new_bycicle', '--runs', '0'], code: 1, says: 'Did you mean "new_bicycle"?' },
  ])('ends $args with $code and says why', { timeout: 60_000 }, async ({ args, code, says }) => {
    const result = await ended(start(...args));
    expect(result.stderr).toContain(says);
    expect(result.code).toBe(code);
  });
});

describe('a live test of objects by name', () => {
  const allowed = ['--allow-address', '127.0.0.1', '--yes'];

  /** The instance with objects of its own on. */
  async function withObjects(objects: unknown): Promise<readonly string[]> {
    const own = path.join(folder, 'own.json');
    await writeFile(own, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), objects }));
    return ['dynamics', '--live', '--instance', own, ...allowed];
  }

  it('is of those that the instance has on, as the account describes them', { timeout: 60_000 }, async () => {
    const args = await withObjects({ new_bicycle: {} });
    const { code, stdout, stderr } = await ended(start(...args, '--object', 'new_bicycle'));
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(
      /create {2}POST \/new_bicycles\?\$select=new_bicycleid \{"new_name":"anyhook-[0-9a-f]{6}-1x"\}/,
    );
    expect(stderr).toContain('DELETE /new_bicycles({id})');
    expect(stdout).toBe('ok    dynamics new_bicycle: live cycle; nothing is left behind\n');
    expect(await written()).toEqual(['create', 'update', 'update', 'delete']);
  });

  it.each([
    {
      what: 'that the instance does not have on',
      objects: { new_bicycle: { enabled: false } },
      chosen: ['new_bicycle'],
      says: ['dynamics has no object "new_bicycle"', 'those by name that the instance file has under "objects"'],
    },
    {
      what: 'that is misspelt, by the nearest that it has on',
      objects: { new_bicycle: {} },
      chosen: ['new_bicylce'],
      says: ['Did you mean "new_bicycle"?'],
    },
    {
      what: 'that the account does not have',
      objects: { new_boat: {} },
      chosen: ['contact', 'new_boat'],
      says: ['The account has no object "new_boat", or does not show it.'],
    },
    { what: 'that is no name', objects: { 'new boat': {} }, chosen: [], says: ['dynamics has no object "new boat"'] },
    { what: 'in a list', objects: ['new_boat'], chosen: [], says: ['each an object'] },
  ])('refuses one $what, and writes nothing', { timeout: 60_000 }, async ({ objects, chosen, says }) => {
    const args = await withObjects(objects);
    const { code, stderr } = await ended(start(...args, ...chosen.flatMap((name) => ['--object', name])));
    expect(code).toBe(1);
    for (const text of says) expect(stderr).toContain(text);
    expect(await written()).toEqual([]);
  });
});

describe('test', () => {
  it.each([
    ['dynamics', 'new_bicycle'],
    ['hubspot', 'p62515_bicycles'],
    ['salesforce', 'Invoice__c'],
  ])('tries an object by name of %s', { timeout: 60_000 }, async (key, object) => {
    const { code, stdout, stderr } = await ended(start(key, '--object', object, '--runs', '1', '--seed', '5'));
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^ok {4}${key}: \\d+ cases, full cycle of 1 object \\(${object} by name\\), laws in 1 run \\(`),
    );
  });

  it('tries what the sandbox has by a name of its own', { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await ended(start('salesforce', '--object', 'Contact', '--runs', '0'));
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('full cycle of 1 object (Contact by name)');
  });

  it('gives a program all results', { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await ended(
      start('dynamics', '--object', 'lead', '--runs', '1', '--seed', '5', '--json'),
    );
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      diagnostics: [],
      connectors: [
        {
          key: 'dynamics',
          cases: expect.any(Number),
          objects: [{ object: 'lead', cycle: 'ok', laws: { seed: 5, runs: 1, broken: null }, diagnostics: [] }],
        },
      ],
    });
  });
});
