/** Explains a where, of an instance with what its account has. */
import type { Connector } from '../connector/connector.ts';
import { withObjects } from '../connector/described.ts';
import { narrowDetection, queryOf } from '../connector/narrow.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { Store } from '../store/port.ts';
import type { ExplainInput, Explanation, Outcome } from './api.ts';
import { explain } from './explain.ts';
import type { FeedLines } from './feed-lines.ts';

export interface ExplainOptions {
  readonly store: Store;
  readonly connectors: ReadonlyMap<string, Connector>;
  readonly lines: Pick<FeedLines, 'object'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export async function explainFor(input: ExplainInput, options: ExplainOptions): Promise<Outcome<Explanation>> {
  const { store, connectors, lines, now } = options;
  const { instanceId } = input;
  if (instanceId === undefined) return explain(input, connectors, now());
  const instance = await store.getInstance(instanceId);
  const connector = connectors.get(input.connector);
  if (connector === undefined) return explain(input, connectors, now());
  if (instance?.connector !== connector.key) {
    const message = `${connector.key} has no instance ${JSON.stringify(instanceId)}.`;
    return refused({ code: 'instance-schema', severity: 'error', message, pointer: '/instanceId' });
  }
  try {
    const object = await lines.object(connector, instance, input.object);
    const own = object === null ? connector : withObjects(connector, [object]);
    const { where = null, scope } = instance.objects[input.object] ?? {};
    const { detection, diagnostics } = narrowDetection(own, input.object, 'changes', where, scope);
    if (input.where === undefined && detection === null && diagnostics.length > 0) return { ok: false, diagnostics };
    const asked = input.where ?? (detection && queryOf(detection)?.where.text) ?? undefined;
    const settings = { ...instance.settings, ...input.settings };
    return explain(
      { ...input, settings, ...(asked !== undefined && { where: asked }) },
      new Map([[connector.key, own]]),
      now(),
    );
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { message, help } = error;
    return refused({
      code: 'describe-failed',
      severity: 'error',
      message,
      ...(help !== undefined && { help }),
      pointer: '/object',
    });
  }
}

function refused(diagnostic: Diagnostic): Outcome<Explanation> {
  return { ok: false, diagnostics: [diagnostic] };
}
