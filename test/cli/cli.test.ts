/** The command line as a person and a program use it: the real process, its streams and its exit code. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConnectors } from '../../src/connector/load.ts';
import { startSandbox, vendors } from '../../src/sandbox/sandbox.ts';
import { mainObject } from '../suite/main-object.ts';
import { program } from '../suite/program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'anyhook-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, [program, ...args], { cwd: folder, env: { ...process.env, ...env } });
}

/** Runs to the end; `onOutput` may end it sooner. */
function ended(child: ChildProcess, onOutput: (stdout: string, stderr: string) => void = () => {}): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
    onOutput(stdout, stderr);
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
    onOutput(stdout, stderr);
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

const run = (...args: readonly string[]): Promise<Ended> => ended(start(args));

const commands = ['validate', 'explain', 'test', 'sandbox', 'poll', 'serve', 'keys', 'listen', 'demo'];

describe('every command', () => {
  it.concurrent.each(commands)('%s has help with an example', async (command) => {
    const { code, stdout } = await run(command, '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: anyhook');
    expect(stdout).toMatch(/Example:\n {2}\$ anyhook /);
  });

  it.concurrent.each([
    { args: ['nonsense'], code: 2, says: "unknown command 'nonsense'" },
    { args: ['explain'], code: 2, says: 'missing required argument' },
    { args: ['listen', '--port', '99999'], code: 2, says: '"99999" is not a port' },
    { args: ['keys', 'list', '--data', 'nowhere'], code: 3, says: 'There is no store at nowhere' },
    { args: ['keys', 'new', ' '], code: 2, says: 'is not a name' },
    { args: ['keys', 'revoke'], code: 2, says: 'missing required argument' },
    { args: ['poll', 'x', 'y', '--since', 'yesterday'], code: 2, says: 'is not a time such as' },
    { args: ['explain', 'x', 'y', '--param', 'since'], code: 2, says: 'not of the form name=value' },
    { args: ['sandbox', 'acme'], code: 2, says: 'There is no sandbox of "acme"' },
    { args: ['explain', 'hubspto', 'contact'], code: 1, says: 'Did you mean "hubspot"?' },
    { args: ['explain', 'hubspot', 'contcat'], code: 1, says: 'hubspot has no object "contcat"' },
    { args: ['explain', 'hubspot', 'contact', '--where', "emial = 'x'"], code: 1, says: 'email' },
    {
      args: ['explain', 'hubspot', 'contact', '--where', '('.repeat(3_000) + ')'.repeat(3_000)],
      code: 1,
      says: 'where-too-deep',
    },
    { args: ['poll', 'hubspot', 'contact'], code: 1, says: 'credentials-missing' },
    {
      args: ['poll', 'hubspot', 'contact', '--instance', 'nowhere.json'],
      code: 1,
      says: 'nowhere.json cannot be read',
    },
    {
      args: ['poll', 'hubspot', 'contact', '--sandbox', 'http://127.0.0.1:1'],
      code: 3,
      says: 'help: The settings that name the host: baseUrl (API host',
    },
    { args: ['test', 'acme'], code: 1, says: 'There is no connector "acme"' },
    { args: ['test', 'acme'], code: 1, says: 'One of your own is named by its path' },
    { args: ['explain', path.join(root, 'connectors'), 'contact'], code: 1, says: 'and one is wanted' },
    { args: ['serve', '--connectors', 'nowhere', '--port', '0'], code: 1, says: 'nowhere cannot be read' },
    { args: ['validate', 'nowhere'], code: 1, says: 'file-unreadable' },
    { args: ['serve', '--config', 'nowhere.json'], code: 1, says: 'nowhere.json cannot be read' },
    { args: ['serve', '--log-level', 'loud'], code: 1, says: 'config-schema' },
    { args: ['serve', '--allow-address', '!!', '--port', '0'], code: 1, says: '"!!" is no host name' },
    {
      args: ['poll', 'hubspot', 'contact', '--sandbox', 'http://127.0.0.1:1', '--allow-address', '!!'],
      code: 1,
      says: '"!!" is no host name',
    },
  ])('ends $args with $code and says why, without a stack trace', async ({ args, code, says }) => {
    const result = await run(...args);
    expect(result.stderr + result.stdout).toContain(says);
    expect(result.code, result.stderr).toBe(code);
    expect(result.stderr).not.toMatch(/^\s+at .+:\d+:\d+/m);
    expect(result.stderr).not.toContain('\u001b[');
  });
});

describe('validate', () => {
  it('finds the connectors that come with anyhook sound', async () => {
    const { code, stdout } = await run('validate', path.join(root, 'connectors'), '--json');
    expect(JSON.parse(stdout).diagnostics.filter((found: { severity: string }) => found.severity !== 'hint')).toEqual(
      [],
    );
    expect(code).toBe(0);
  });

  it('tells every mistake of a connector in one go, each with file, line, column, pointer and remedy', async () => {
    const own = path.join(folder, 'broken', 'hubspot');
    await cp(path.join(root, 'connectors/hubspot'), own, { recursive: true });
    const file = path.join(own, 'connector.json');
    const text = (await readFile(file, 'utf8'))
      .replace('"lastmodifieddate >= :since', '"lastmodifieddat >= :since')
      .replace('"dialect": "hubspot-search"', '"dialect": "hubspot-serach"');
    await writeFile(file, text);
    const { code, stdout } = await run('validate', own, '--json');
    expect(code).toBe(1);
    const { diagnostics } = JSON.parse(stdout);
    expect(diagnostics.map((found: { code: string }) => found.code)).toEqual(
      expect.arrayContaining(['where-unknown-field', 'dialect-unknown']),
    );
    const unknown = diagnostics.find((found: { code: string }) => found.code === 'where-unknown-field');
    const lines = text.split('\n');
    expect(lines[unknown.line - 1]?.slice(unknown.column - 1)).toMatch(/^lastmodifieddat >= :since/);
    expect(Object.keys(unknown)).toEqual(['code', 'severity', 'message', 'file', 'line', 'column', 'pointer', 'help']);
    expect(unknown.help).toContain('lastmodifieddate');
    expect(unknown.pointer).toBe('/objects/contact/changes/0/where');
  });

  it('checks a dialect by itself, or a folder of them', async () => {
    const shipped = await run('validate', path.join(root, 'grammar/dialects'));
    expect(shipped.stderr + shipped.stdout).toMatch(/^\d+ dialects are sound\.$/m);
    expect(shipped.code).toBe(0);
    const own = path.join(folder, 'dialects');
    await cp(path.join(root, 'grammar/dialects/rsql.json'), path.join(own, 'rsql.json'));
    const text = await readFile(path.join(own, 'rsql.json'), 'utf8');
    await writeFile(path.join(own, 'acme.json'), text.replace('"{field}=ge={value}"', '"{feld}=ge={value}"'));
    await writeFile(path.join(own, 'half.json'), '{"builder": "text",');
    const { code, stdout } = await run('validate', own, '--json');
    expect(code).toBe(1);
    expect(
      JSON.parse(stdout).diagnostics.map((found: { code: string; file: string }) => [
        found.code,
        path.basename(found.file),
      ]),
    ).toEqual([
      ['dialect-contradiction', 'acme.json'],
      ['file-syntax', 'half.json'],
    ]);
  });

  it('tells what the form lacks that was meant, not what the others would', async () => {
    const text = await readFile(path.join(root, 'grammar/dialects/rsql.json'), 'utf8');
    const file = path.join(folder, 'join.json');
    await writeFile(file, text.replace('"separator": ";", "nested": "({args})"', '"separator": ";"'));
    const { stdout } = await run('validate', file, '--json');
    expect(JSON.parse(stdout).diagnostics.map((found: { message: string }) => found.message)).toEqual([
      'The property "nested" is missing.',
    ]);
  });

  it('shows where JSON breaks', async () => {
    const file = path.join(folder, 'connector.json');
    await writeFile(file, '{\n  "key": "acme",\n  "name": "Acme"\n  "objects": {}\n}\n');
    const { code, stderr } = await run('validate', file);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error\[file-syntax\][^\n]*\n {2}--> .*connector\.json:4:3/);
  });
});

describe('a connector that is named by its path', () => {
  let own: string;
  beforeAll(async () => {
    own = path.join(folder, 'own');
    await cp(path.join(root, 'connectors/hubspot'), path.join(own, 'hubspot'), { recursive: true });
    await cp(path.join(root, 'connectors/shopify'), path.join(own, 'hubspot-not'), { recursive: true });
  });

  it.each(['./own/hubspot', 'own/hubspot', 'own/hubspot/', 'own/hubspot/connector.json', 'own/../own/hubspot'])(
    'is the one that is tested: %s',
    async (name) => {
      const { code, stdout } = await run('test', name, '--object', 'contact', '--runs', '0', '--json');
      const { connectors } = JSON.parse(stdout);
      expect(connectors).toMatchObject([{ key: 'hubspot', objects: [{ object: 'contact' }] }]);
      expect(connectors[0].cases).toBeGreaterThan(5);
      expect(code).toBe(0);
    },
  );

  it('is explained and polled', async () => {
    const explained = await run('explain', './own/hubspot', 'contact', '--json');
    expect(JSON.parse(explained.stdout).request.url).toContain('hubapi.com');
    const polled = await run('poll', './own/hubspot', 'contact', '--sandbox', 'http://127.0.0.1:1');
    expect(polled.stderr).toContain('failure[vendor-unreachable]');
  });
});

describe('secrets in files', () => {
  const files: readonly (readonly [file: string, text: string, says: string])[] = [
    ['one-line.json', '{"port":"80","apps":{"hubspot":{"clientSecret":"hidden-secret"}}}', 'found text'],
    ['no-comma.json', '{"apps":{"hubspot":{"clientSecret" "hidden-secret"}}}', 'where a colon belongs'],
    ['digits.json', '{"apps":{"hubspot":{"clientSecret":31415926535}}}', 'Expected text, found a number'],
    ['store.yaml', 'store: postgress://anyhook:hidden-secret@db/anyhook', 'This does not have the right form'],
    ['alias.yaml', 'apps: { hubspot: { clientSecret: *hidden-secret } }', 'has no anchor'],
    ['broken.yaml', 'apps:\n  hubspot: {clientSecret: "hidden-secret" x: y', 'no well-formed YAML'],
  ];

  it.each(files)('%s: what is wrong with the configuration is said, and not shown', async (file, text, says) => {
    await writeFile(path.join(folder, file), text);
    const { code, stdout, stderr } = await run('serve', '--config', file, '--data', 'hidden', '--port', '0');
    expect(code).toBe(1);
    expect(stderr).toContain(says);
    expect(stderr).toContain(`--> ${file}:`);
    expect(stdout + stderr).not.toMatch(/hidden-secret|31415926535/);
  });

  it('ANYHOOK_APPS that is no JSON is said, and not shown', async () => {
    const apps = '{"hubspot":{"clientSecret":"hidden-secret" "x"}}';
    const child = start(['serve', '--data', 'hidden', '--port', '0'], { ANYHOOK_APPS: apps });
    const { code, stderr } = await ended(child);
    expect(code).toBe(1);
    expect(stderr).toContain('ANYHOOK_APPS: Something else stands where a comma');
    expect(stderr).not.toContain('hidden-secret');
  });

  it('a secret of digits alone in an instance file has to be text', async () => {
    await writeFile(path.join(folder, 'digits.yaml'), 'credentials: { accessToken: 0031415926535 }');
    const { code, stderr } = await run('poll', 'hubspot', 'contact', '--instance', 'digits.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain('The credential "accessToken" is no text.');
    expect(stderr).not.toContain('31415926535');
  });
});

describe('explain', () => {
  it('prints the documented JSON, and only that, on stdout', async () => {
    const where = "SystemModstamp > :since AND (Email LIKE '%@acme.com' OR NOT LastName = 'O''Brien')";
    const param = 'since=2026-01-01T00:00:00Z';
    const { code, stdout } = await run(
      'explain',
      'salesforce',
      'contact',
      '--where',
      where,
      '--param',
      param,
      '--json',
    );
    expect(code).toBe(0);
    const { request, predicates, residual } = JSON.parse(stdout);
    expect(Object.keys(request)).toEqual(['method', 'url', 'headers', 'body']);
    expect(new URL(request.url).searchParams.get('q')).toMatch(
      /^SELECT [\w.,]+ FROM Contact WHERE SystemModstamp > 2026-01-01T00:00:00Z ORDER BY SystemModstamp ASC, Id ASC$/,
    );
    expect(predicates.map(({ pushed }: { pushed: string }) => pushed)).toEqual(['exact', 'no', 'no']);
    expect(predicates.every(({ reason }: { reason: string }) => reason.length > 10)).toBe(true);
    expect(residual).toBe("Email LIKE '%@acme.com' OR LastName != 'O''Brien'");
  });
});

describe.each(vendors)('poll %s', (vendor) => {
  it('goes on from the workspace: each change once, as NDJSON', async () => {
    const connector = (await loadConnectors()).connectors.get(vendor);
    if (connector === undefined) throw new Error(`no connector ${vendor}`);
    const { name: object } = mainObject(connector);
    const sandbox = await startSandbox({ vendor, port: 0 });
    try {
      const workspace = path.join(folder, vendor, 'workspace.json');
      const poll = () =>
        run(
          'poll',
          vendor,
          object,
          '--sandbox',
          sandbox.origin,
          '--workspace',
          workspace,
          '--since',
          '2000-01-01T00:00:00Z',
        );
      const first = await poll();
      expect(first.code, first.stderr).toBe(0);
      const events = first.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(events.length).toBeGreaterThan(10);
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
      expect(events.map(({ sequence }) => Number(sequence))).toEqual(events.map((_, index) => index + 1));
      const second = await poll();
      expect(second.code).toBe(0);
      expect(second.stdout.length).toBe(0);
    } finally {
      await sandbox.close();
    }
  });
});

describe('poll of what only an account knows', () => {
  it('takes any object by its name, and fields of the account in a where', async () => {
    const sandbox = await startSandbox({ vendor: 'salesforce', port: 0 });
    const poll = (where: string) => {
      const files = ['--sandbox', sandbox.origin, '--workspace', path.join(folder, 'account.json')];
      return run('poll', 'salesforce', 'Invoice__c', ...files, '--since', '2000-01-01T00:00:00Z', '--where', where);
    };
    try {
      const wrong = await poll('Totl__c > 500');
      expect(wrong.code, wrong.stderr).toBe(1);
      expect(wrong.stderr).toContain('Did you mean Total__c?');
      const right = await poll('Total__c > 500');
      expect(right.code, right.stderr).toBe(0);
      const events = right.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(events.length).toBeGreaterThan(0);
      for (const { data } of events) expect(data.record.fields.Total__c).toBeGreaterThan(500);
    } finally {
      await sandbox.close();
    }
  });
});

describe('listen', () => {
  it('verifies signatures and stops after --count', async () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const child = start(['listen', '--port', '0', '--secret', secret, '--count', '2', '--json']);
    const body = JSON.stringify({ hello: 'world' });
    let asked = false;
    const result = await ended(child, async (_stdout, stderr) => {
      const url = /Listening at (\S+)/.exec(stderr)?.[1];
      if (url === undefined || asked) return;
      asked = true;
      const at = new Date();
      const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)) };
      const signature = new Webhook(secret).sign('msg_1', at, body);
      const good = await fetch(url, { method: 'POST', body, headers: { ...headers, 'webhook-signature': signature } });
      const bad = await fetch(url, {
        method: 'POST',
        body: `${body} `,
        headers: { ...headers, 'webhook-signature': signature },
      });
      expect([good.status, bad.status]).toEqual([204, 401]);
    });
    const lines = result.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ signature }) => signature)).toEqual(['valid', 'signature-wrong']);
    expect(result.code).toBe(0);
  });
});

describe('serve', () => {
  it('says what to do when the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    const { code, stderr } = await run('serve', '--data', 'taken', '--port', String(port));
    taken.close();
    expect(code).toBe(3);
    expect(stderr).toMatch(/failure\[listen-failed\].*\n.*help: /);
    // The start that failed has used up no key: the one that works shows the first.
    const child = start(['serve', '--data', 'taken', '--port', '0']);
    const next = await ended(child, (stdout) => {
      if (stdout.includes('Listening at')) child.kill('SIGTERM');
    });
    expect(next.stdout).toMatch(/API key \(shown once\): ahk_/);
  });

  it('makes another API key where the first is lost', async () => {
    const keys: string[] = [];
    for (const more of [[], ['--new-api-key']]) {
      const child = start(['serve', '--data', 'lost', '--port', '0', ...more]);
      const statuses: Promise<number[]>[] = [];
      await ended(child, (stdout) => {
        const [, key] = /(ahk_\S+)\n/.exec(stdout) ?? [];
        const [, url] = /Listening at (\S+)\n/.exec(stdout) ?? [];
        if (key === undefined || url === undefined || statuses.length > 0) return;
        keys.push(key);
        const ask = (each: string) =>
          fetch(`${url}/v1/connectors`, { headers: { authorization: `Bearer ${each}` } }).then(({ status }) => status);
        statuses.push(Promise.all(keys.map(ask)));
        void statuses[0]?.finally(() => child.kill('SIGTERM'));
      });
      expect(await statuses[0]).toEqual(keys.map(() => 200));
    }
    expect(new Set(keys).size).toBe(2);
  });

  it('tells of an app that cannot be used, and serves on', async () => {
    const apps = { hubspt: { clientId: 'an id', clientSecret: 'hidden-secret' } };
    const child = start(['serve', '--data', 'apps', '--port', '0'], { ANYHOOK_APPS: JSON.stringify(apps) });
    const { code, stderr } = await ended(child, (stdout) => {
      if (stdout.includes('Listening at')) child.kill('SIGTERM');
    });
    expect(code).toBe(0);
    expect(stderr).toContain('There is no connector "hubspt".');
    expect(stderr).toContain('Did you mean "hubspot"?');
    expect(stderr).not.toContain('hidden-secret');
  });

  it('shows the API key once, stops cleanly on SIGTERM, and refuses a second process on its data', async () => {
    const child = start(['serve', '--data', 'twice', '--port', '0']);
    let second: Promise<Ended> | undefined;
    const first = await ended(child, (stdout) => {
      if (!stdout.includes('Listening at') || second !== undefined) return;
      second = run('serve', '--data', 'twice', '--port', '0');
      void second.then(() => child.kill('SIGTERM'));
    });
    const refused = await second;
    expect(refused?.code).toBe(3);
    expect(refused?.stderr).toContain('failure[store-locked]');
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toMatch(/API key \(shown once\): ahk_/);
    const again = start(['serve', '--data', 'twice', '--port', '0']);
    const third = await ended(again, (stdout) => {
      if (stdout.includes('Listening at')) again.kill('SIGTERM');
    });
    expect(third.stdout).not.toContain('ahk_');
  });
});

describe('demo', () => {
  it('shows events arriving, verified, and stops by itself', { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await run('demo', '--every', '1', '--events', '4');
    expect(code, stderr).toBe(0);
    const arrived = stdout.split('\n').filter((line) => line.endsWith('(signature ok)'));
    expect(arrived.length).toBeGreaterThanOrEqual(4);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
