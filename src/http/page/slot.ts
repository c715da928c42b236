import type { PageSlot } from '../../definition/connector.ts';
import { parsePath, writePath } from '../../template/path.ts';
import type { VendorRequest } from '../client.ts';

/** The request with a value in a slot, in place of what stood there; as text in a query, as it is in a body. */
export function fillSlot(request: VendorRequest, slot: PageSlot, value: string | number): VendorRequest {
  if (slot.in === 'body') return { ...request, body: writePath(request.body, parsePath(slot.name), value) };
  const others = request.query.filter(([name]) => name !== slot.name);
  return { ...request, query: [...others, [slot.name, String(value)]] };
}
