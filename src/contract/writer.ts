/** People at the vendor: they write through its API, and each write is entered in the journal. */
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Happened, Journal } from './journal.ts';
import { markOf } from './mark.ts';
import type { SandboxControl } from './sandbox-control.ts';
import type { Write } from './script.ts';
import type { Stage } from './stage.ts';
import type { TrialDesk } from './trial.ts';

export interface WriterOptions {
  readonly desk: TrialDesk;
  readonly control: SandboxControl;
  readonly journal: Journal;
  readonly vendorNow: () => number;
  readonly sandbox: Sandbox;
  readonly stage: Pick<Stage, 'object' | 'sandboxObject'>;
}

export class Writer {
  readonly #options: WriterOptions;
  #marks = 0;
  #late = 0;
  readonly #purged = new Set<string>();

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** Writes, where there is a record that it can be done to, and answers what was done in words. */
  async write({ do: kind, pick, late }: Write): Promise<string> {
    await this.#setLate(late);
    const lateness = late === 0 ? '' : `, seen ${Math.round(this.#lagMs / 1_000)} s late`;
    return `${await this.#apply(kind, pick)}${lateness}`;
  }

  async #apply(kind: Write['do'], pick: Write['pick']): Promise<string> {
    const { desk, control, stage } = this.#options;
    const isNeverDeleted = stage.object.isNeverDeleted;
    const id = kind === 'create' ? undefined : this.#find(kind, pick);
    if (kind === 'create') return this.#create();
    if (id === undefined) return `nothing to ${kind}`;
    if (kind === 'update') {
      const mark = this.#nextMark();
      await desk.update(id, markOf('law', mark));
      this.#enter(id, 'updated', mark);
    } else if (kind === 'delete') {
      await desk.remove(id);
      if (isNeverDeleted) this.#enter(id, 'updated');
      else this.#enter(id, 'deleted');
    } else if (kind === 'purge') {
      await control.purge(stage.sandboxObject, id);
      this.#purged.add(id);
      if (this.#isAlive(id)) this.#enter(id, 'deleted');
    } else if (kind === 'restore') {
      await control.restore(stage.sandboxObject, id);
      this.#enter(id, 'restored');
    } else return this.#merge(id, pick);
    return `${kind} ${id}`;
  }

  async #create(): Promise<string> {
    const mark = this.#nextMark();
    const id = await this.#options.desk.create(markOf('law', mark));
    this.#enter(id, 'created', mark);
    return `create ${id}`;
  }

  async #merge(id: string, pick: Write['pick']): Promise<string> {
    const others = this.#alive().filter((one) => one !== id);
    const other = others[pick === 'last' ? 0 : pick % others.length];
    const { merge } = this.#options.desk;
    if (other === undefined || merge === null) return 'nothing to merge';
    await merge(id, other);
    this.#enter(other, 'deleted');
    this.#enter(id, 'merged');
    return `merge ${other} into ${id}`;
  }

  #find(kind: Write['do'], pick: Write['pick']): string | undefined {
    const { journal } = this.#options;
    const found = this.#those(kind);
    const last = journal.entries.at(-1)?.recordId;
    if (pick === 'last') return found.find((id) => id === last);
    return found[pick % found.length];
  }

  /** Records that it can be done to: any that is not gone for good can be deleted so. */
  #those(kind: Write['do']): readonly string[] {
    const { journal, vendorNow } = this.#options;
    if (kind === 'purge') return journal.those(() => true, vendorNow()).filter((id) => !this.#purged.has(id));
    if (kind !== 'restore') return this.#alive();
    return journal.those(({ kind: last }) => last === 'deleted', vendorNow()).filter((id) => !this.#purged.has(id));
  }

  #alive(): readonly string[] {
    const { journal, vendorNow } = this.#options;
    return journal.those(({ kind }) => kind !== 'deleted', vendorNow());
  }

  #isAlive(id: string): boolean {
    return this.#options.journal.of(id).at(-1)?.kind !== 'deleted';
  }

  #nextMark(): number {
    this.#marks += 1;
    return this.#marks;
  }

  get #lagMs(): number {
    const { commitLagMs, indexLagMs } = this.#options.sandbox.habits;
    return Math.round(commitLagMs * this.#late) + Math.round(indexLagMs * this.#late);
  }

  async #setLate(late: number): Promise<void> {
    if (late === this.#late) return;
    this.#late = late;
    const { commitLagMs, indexLagMs } = this.#options.sandbox.habits;
    await this.#options.control.disturb({
      commitLagMs: Math.round(commitLagMs * late),
      indexLagMs: Math.round(indexLagMs * late),
    });
  }

  #enter(recordId: string, kind: Happened['kind'], mark?: number): void {
    const { journal, vendorNow } = this.#options;
    const atMs = vendorNow();
    const last = journal.of(recordId).at(-1)?.mark ?? 0;
    journal.add({ recordId, kind, mark: mark ?? last, atMs, visibleAtMs: atMs + this.#lagMs });
  }
}
