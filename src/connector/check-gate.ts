import type { Detection } from '../definition/connector.ts';
import type { Findings } from './findings.ts';

/**
 * An ETag stands for one answer. That answer shows every change only where it is the list as it always stands: all of it,
 * or its newest end. A window is another question each time, and a 304 to it says nothing of what came after.
 */
export function checkGate({ strategy, gate }: Detection, pointer: string, findings: Findings): void {
  if (gate?.kind !== 'etag' || strategy === 'snapshot' || strategy === 'newest-first') return;
  findings.add({
    code: 'connector-cursor-contradiction',
    message: `With the strategy ${strategy} a 304 does not say that nothing has changed: each poll asks for something else.`,
    help: 'Take the gate away, or use one of the kind probe; an ETag is for a snapshot or a list that comes newest first.',
    pointer: `${pointer}/gate/kind`,
  });
}
