/** One request whose answer is read as one page. */
import type { Page, VendorRequest } from '../http/client.ts';
import { pages } from '../http/page/pages.ts';
import type { Path } from '../template/path.ts';
import type { PollPorts } from './feed.ts';

/** @throws Failure of the vendor. */
export async function onePage(ports: PollPorts, request: VendorRequest, recordsPath: Path): Promise<Page> {
  const paging = { page: { kind: 'none' }, recordsPath } as const;
  for await (const page of pages(ports.client, request, paging, ports.signal)) return page;
  throw new Error('a query without a page');
}
