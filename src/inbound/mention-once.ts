/** A post that names one record many times asks for one read: all of it was said at once, and the read comes after. Pure. */
import { createHash } from 'node:crypto';
import type { InboundChange } from './split.ts';

/**
 * The changes, of each record's mentions between two deletes only the first. A delete, and what brings its record along, is
 * told for itself.
 */
export function mentionOnce(changes: readonly InboundChange[]): readonly InboundChange[] {
  const groups: InboundChange[][] = [];
  const open = new Map<string, InboundChange[]>();
  for (const change of changes) {
    const { object, named, account, objectId } = change;
    const name = JSON.stringify([object, named, account, objectId]);
    const isMention = change.record === null && change.change !== 'deleted';
    const begun = isMention ? open.get(name) : undefined;
    if (begun === undefined) {
      const group = [change];
      groups.push(group);
      if (isMention) open.set(name, group);
      else open.delete(name);
    } else begun.push(change);
  }
  return groups.flatMap(asOne);
}

/**
 * A mention that was heard before makes none of those beside it a repeat, so the mark of several is a new one, and the same
 * when all of them are sent again.
 */
function asOne(mentions: readonly InboundChange[]): readonly InboundChange[] {
  const [first] = mentions;
  if (first === undefined) return [];
  const marks = [...new Set(mentions.map(({ change, dedupe }) => JSON.stringify([change, dedupe])))].sort();
  if (marks.length === 1) return [first];
  const isMarked = mentions.every(({ dedupe }) => dedupe !== null);
  return [{ ...first, dedupe: isMarked ? createHash('sha256').update(marks.join()).digest('base64url') : null }];
}
