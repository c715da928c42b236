/** The processes that share one store: one on SQLite, two on PostgreSQL. */
import { type RuntimeOptions, RuntimeProcess } from './runtime-process.ts';
import type { Access } from './vendor-site.ts';

export class Cluster {
  readonly #options: RuntimeOptions;
  readonly #nodes: RuntimeProcess[] = [];
  #apiKey = '';
  #next = 0;

  private constructor(options: RuntimeOptions) {
    this.#options = options;
  }

  /** Starts the first process, which makes the store, then the others. */
  static async start(options: RuntimeOptions, size: number): Promise<Cluster> {
    const cluster = new Cluster(options);
    try {
      for (let index = 0; index < size; index += 1) {
        const node = new RuntimeProcess(options);
        cluster.#nodes.push(node);
        await node.ready();
        cluster.#apiKey ||= node.apiKey ?? '';
      }
    } catch (error) {
      await cluster.kill();
      throw error;
    }
    return cluster;
  }

  get size(): number {
    return this.#nodes.length;
  }

  /** One that listens; each in turn, for all must tell the same. */
  async access(): Promise<Access> {
    this.#next += 1;
    const node = this.#node(this.#next % this.size);
    await node.ready();
    return { url: node.url, apiKey: this.#apiKey };
  }

  /** One that has not been killed. */
  survivor(): Access {
    const node = this.#nodes.find(({ running }) => running);
    if (node === undefined) throw new Error('no process is left');
    return { url: node.url, apiKey: this.#apiKey };
  }

  /** Starts a process anew in place of one that is gone. */
  restart(index: number): RuntimeProcess {
    const node = new RuntimeProcess(this.#options);
    this.#nodes[index] = node;
    return node;
  }

  /** SIGKILL for one. */
  async killOne(index: number): Promise<void> {
    const node = this.#node(index);
    if (!(await node.kill())) throw new Error(`the runtime ended by itself: ${node.log}`);
  }

  async ready(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.ready()));
  }

  /** SIGKILL for all that still run. */
  async kill(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.kill()));
  }

  /** Asks all to stop; answers their exit codes. */
  stop(): Promise<readonly (number | null)[]> {
    return Promise.all(this.#nodes.map((node) => node.stop()));
  }

  #node(index: number): RuntimeProcess {
    const node = this.#nodes[index];
    if (node === undefined) throw new RangeError(`no process ${index}`);
    return node;
  }
}
