/** Every object of every shipped connector keeps the laws at its vendor's sandbox. LAW_RUNS and LAW_SEED make it a long proof. */
import { describe, expect, it } from 'vitest';
import { loadConnectors } from '../../src/connector/load.ts';
import { tellBroken } from '../../src/contract/broken-law.ts';
import { runLaws } from '../../src/contract/laws.ts';
import { namedObjects } from '../../src/contract/named-objects.ts';
import { anyStageOf } from './stage.ts';

const runs = Number(process.env['LAW_RUNS'] ?? 2);
const seed = Number(process.env['LAW_SEED']);
const { connectors } = await loadConnectors();

describe.each([...connectors.values()].map((connector) => [connector.key, connector] as const))(
  '%s',
  (key, connector) => {
    it.each([...connector.objects.keys(), ...namedObjects(connector)])(
      '%s: nothing lost, nothing twice, no false delete, in order',
      async (name) => {
        const broken = await runLaws(await anyStageOf(connector, name), { seed, runs });
        if (broken !== null) throw new Error(`${key} ${name}, seed ${broken.seed}\n${tellBroken(broken)}`);
        expect(broken).toBeNull();
      },
      60_000 + runs * 15_000,
    );
  },
);
