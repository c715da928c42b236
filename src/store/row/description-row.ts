import type { StoredDescription } from '../port.ts';
import { parseStored } from './stored-json.ts';

export interface DescriptionRow {
  description: string;
  due_at: number;
}

export function descriptionOf(instanceId: string, object: string, row: DescriptionRow): StoredDescription {
  const description = parseStored(row.description, `description of ${object} of instance “${instanceId}”`);
  return { instanceId, object, description, dueAt: row.due_at };
}
