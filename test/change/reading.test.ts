import { describe, expect, it } from 'vitest';
import { readRecord } from '../../src/change/reading.ts';
import { loadConnectors } from '../../src/connector/load.ts';

const connectors = [...(await loadConnectors()).connectors.values()];
const objects = connectors.flatMap((connector) => [...connector.objects.values()]);

describe.each(objects.map((object) => [object.title, object] as const))('a record of %s', (_, object) => {
  const { timeField } = object.changes;

  it('without an id stops the poll', () => {
    expect(() => readRecord({}, object, timeField)).toThrow(
      expect.objectContaining({ code: 'record-without-id', retryable: true }),
    );
  });

  it('with a time that is none stops the poll, and the message shows little of it', () => {
    const native = { [String(object.id[0])]: '1', [String(timeField.path[0])]: 'x'.repeat(1_000_000) };
    expect(() => readRecord(native, object, timeField)).toThrow(
      expect.objectContaining({ code: 'record-time-unreadable', message: expect.stringMatching(/^.{1,300}$/) }),
    );
  });
});
