/** Asks the vendor about the objects of an instance before it is made or changed: what it names must be there. */
import type { Connector, ConnectorObject } from '../connector/connector.ts';
import { describedObject } from '../connector/described.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { Clock } from '../http/clock.ts';
import type { Instance, StoredDescription } from '../store/port.ts';
import { askObject } from './account-objects.ts';
import type { InstanceClients } from './instance-clients.ts';

export interface DescribedDraft {
  readonly objects: readonly ConnectorObject[];
  readonly descriptions: readonly StoredDescription[];
  /** Credentials that the vendor replaced meanwhile, which nobody has stored. */
  readonly rotated: Readonly<Record<string, string>>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * @param names objects that can be described.
 * @param options `isStored`: the draft has the credentials of a stored instance, where replaced ones go at once.
 */
export type DescribeDraft = (
  connector: Connector,
  draft: Instance,
  names: readonly string[],
  options: { readonly isStored: boolean },
) => Promise<DescribedDraft>;

/** A person waits for the answer. */
const patienceMs = 30_000;

export function createDraftDescriber(clients: InstanceClients, clock: Clock): DescribeDraft {
  return async (connector, draft, names, options) => {
    const line = clients.draft(connector, draft, options);
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(tooSlow()), patienceMs);
    try {
      const told = { objects: [] as ConnectorObject[], descriptions: [] as StoredDescription[] };
      const diagnostics: Diagnostic[] = [];
      for (const name of names) {
        try {
          const { client } = line;
          const description = await askObject(client, connector, name, draft.settings, patience.signal);
          const found = describedObject(connector, name, description, wishesOf(draft, name));
          diagnostics.push(...found.diagnostics);
          if (found.object === null) continue;
          const dueAt = clock.now() + (found.object.describe?.everyMs ?? 0);
          told.objects.push(found.object);
          told.descriptions.push({ instanceId: draft.id, object: name, description, dueAt });
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          diagnostics.push(untold(error, name));
        }
      }
      return { ...told, rotated: line.rotated(), diagnostics };
    } finally {
      clearTimeout(timer);
      await line.client.close();
    }
  };
}

function wishesOf({ objects }: Instance, name: string): { where: string | null; fields: readonly string[] | null } {
  const { where = null, fields = null } = objects[name] ?? {};
  return { where, fields };
}

function untold({ code, message, help }: Failure, name: string): Diagnostic {
  return {
    code: code === 'field-missing' ? 'object-unknown' : 'describe-failed',
    severity: 'error',
    message: code === 'field-missing' ? message : `The vendor could not be asked about ${name}. ${message}`,
    ...(help !== undefined && { help }),
    pointer: `/objects/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
  };
}

function tooSlow(): Failure {
  return new Failure('vendor-unreachable', `The vendor has not answered within ${patienceMs / 1_000} seconds.`, {
    retryable: true,
    help: 'Try again, or name only what the connector declares.',
  });
}
