import type { PollKey } from '../port.ts';

/** A poll's key by columns, to find it by and to write it. */
export const pollKey = ({ instanceId, object, feed }: PollKey) => ({ instance_id: instanceId, object, feed });
