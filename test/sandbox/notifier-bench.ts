import { onTestFinished } from 'vitest';
import { FaultBox, type Faults } from '../../src/sandbox/faults.ts';
import type { JsonObject } from '../../src/sandbox/json.ts';
import { silentLogger } from '../../src/sandbox/logger.ts';
import { Notifier } from '../../src/sandbox/notifier.ts';
import type { VendorWebhooks } from '../../src/sandbox/vendor-webhooks.ts';
import { startMs } from './sandbox-client.ts';

/** A notifier without a sandbox around it, on a clock that stands still until `clock.ms` is set. */
export function openNotifier(
  webhooks: VendorWebhooks,
  faults: Partial<Faults> = {},
  record: (object: string, id: string) => JsonObject | undefined = () => undefined,
) {
  const clock = { ms: startMs, now: () => clock.ms };
  const notifier = new Notifier({
    webhooks,
    clock,
    faults: new FaultBox(faults),
    logger: silentLogger,
    record,
    origin: () => 'http://127.0.0.1:1',
  });
  onTestFinished(() => notifier.close());
  return { notifier, clock };
}
