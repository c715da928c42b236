/** The real process: `anyhook serve`, started, killed with SIGKILL, started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface RuntimeOptions {
  /** What node runs: the built command line, or its source with a loader before it. */
  readonly program: readonly string[];
  readonly data: string;
  /** postgres://…; null for SQLite in the data folder. */
  readonly storeUrl: string | null;
  /** Base64 of 32 bytes: processes that share a store share its key. */
  readonly secretKey: string;
  /** The port, and the URL that vendors call; any free port, and none, when left out. */
  readonly publicUrl?: string;
}

/** Long: on a busy machine a start takes its time, and only one that hangs must be told. */
const startDeadlineMs = 180_000;

/** Loaded before the program: a process whose harness is gone must not go on. The end of the pipe tells it. */
const endWithParent = `data:text/javascript,process.stdin.on('close',()=>process.kill(process.pid,'SIGKILL')).resume().unref()`;

export class RuntimeProcess {
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  readonly #listening: Promise<void>;
  url = '';
  /** Shown only by the first start on a store. */
  apiKey: string | null = null;
  /** What it wrote to its standard error, its log; the end of it. */
  log = '';

  constructor({ program, data, storeUrl, secretKey, publicUrl }: RuntimeOptions) {
    const place =
      publicUrl === undefined ? ['--port', '0'] : ['--port', new URL(publicUrl).port, '--public-url', publicUrl];
    const flags = ['--data', data, ...place, '--allow-address', '127.0.0.0/8', '--log-level', 'error'];
    const env = {
      ...process.env,
      ANYHOOK_SECRET_KEY: secretKey,
      ...(storeUrl !== null && { ANYHOOK_STORE: storeUrl }),
    };
    this.#child = spawn(process.execPath, ['--import', endWithParent, ...program, 'serve', ...flags], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env,
    });
    this.#gone = once(this.#child, 'close');
    this.#child.stdin?.on('error', () => {});
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.log = (this.log + text).slice(-20_000);
    });
    this.#listening = this.#readStart();
    // Whoever waits for it is told; one that is killed at its start has nobody who waits.
    this.#listening.catch(() => {});
  }

  /** Resolves when its API listens. Rejects when it ends before. */
  async ready(): Promise<void> {
    const deadline = AbortSignal.timeout(startDeadlineMs);
    const late = once(deadline, 'abort').then(() => {
      throw new Error(`the runtime did not listen within ${startDeadlineMs / 1_000} s: ${this.log}`);
    });
    await Promise.race([this.#listening, late]);
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** SIGKILL, and waits until it is gone. False when it had ended by itself, which it never should. */
  async kill(): Promise<boolean> {
    const wasRunning = this.running;
    this.#child.kill('SIGKILL');
    await this.#gone;
    return wasRunning;
  }

  /** Asks it to stop. Answers its exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    await this.#gone;
    return this.#child.exitCode;
  }

  async #readStart(): Promise<void> {
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('no standard output');
    for await (const line of createInterface({ input: stdout })) {
      this.apiKey = /ahk_\S+/.exec(line)?.[0] ?? this.apiKey;
      const url = /Listening at (\S+)/.exec(line)?.[1];
      if (url === undefined) continue;
      this.url = url;
      stdout.resume();
      return;
    }
    throw new Error(`the runtime ended before it listened: ${this.log}`);
  }
}
