/** Settings that an instance leaves at their default and that the vendor tells itself, in its answer to `http.verify`. */
import { checkSetting } from '../connector/check-setting.ts';
import type { Connector } from '../connector/connector.ts';
import type { Settings } from '../connector/instance.ts';
import { renderRequest } from '../connector/render-request.ts';
import type { SettingDefinition } from '../definition/connector.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { VendorClient } from '../http/client.ts';
import type { Clock } from '../http/clock.ts';
import type { Instance } from '../store/port.ts';
import { parsePath, readPath } from '../template/path.ts';

export interface ToldSettings {
  /**
   * The settings of an instance as a mapping of the object sees them. A vendor that does not answer keeps nobody from
   * polling: they are the instance's own then.
   */
  of(
    connector: Connector,
    instance: Pick<Instance, 'id' | 'settings'>,
    object: string,
    client: () => Promise<VendorClient>,
    signal?: AbortSignal,
  ): Promise<Settings>;
  forget(instanceId: string): void;
}

interface Kept {
  readonly untilMs: number;
  /** Of which it is the completion. */
  readonly given: Settings;
  readonly settings: Settings;
}

const dayMs = 86_400_000;
/** After a vendor did not answer. */
const retryMs = 3_600_000;

export function createToldSettings(clock: Pick<Clock, 'now'>): ToldSettings {
  const kept = new Map<string, Kept>();
  return {
    async of(connector, { id, settings: given }, object, client, signal) {
      const names = openNames(connector, given, object);
      if (connector.verify === null || names.length === 0) return given;
      const known = kept.get(id);
      const isOfThese = known !== undefined && JSON.stringify(known.given) === JSON.stringify(given);
      if (isOfThese && known.untilMs > clock.now()) return known.settings;
      const keep = (settings: Settings, afterMs: number): Settings => {
        kept.set(id, { given, settings, untilMs: clock.now() + afterMs });
        return settings;
      };
      try {
        const { body } = await (await client()).send(renderRequest(connector.verify, { settings: given }), signal);
        return keep(toldSettings(connector.definition.settings, given, body), dayMs);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return keep(isOfThese ? known.settings : given, retryMs);
      }
    },
    forget: (instanceId) => kept.delete(instanceId),
  };
}

/** The settings with those that are at their default and that the answer tells; what fits no such setting is passed over. */
export function toldSettings(
  definitions: Readonly<Record<string, SettingDefinition>>,
  given: Settings,
  answer: unknown,
): Settings {
  const told = Object.entries(definitions).flatMap(([name, setting]) => {
    if (setting.told === undefined || !isOpen(setting, given[name])) return [];
    const value = readPath(answer, parsePath(setting.told));
    return checkSetting(value, setting) === null ? [[name, value as Settings[string]] as const] : [];
  });
  return { ...given, ...Object.fromEntries(told) };
}

/** Those that the object's mapping names. */
function openNames({ definition }: Connector, given: Settings, object: string): readonly string[] {
  const open = Object.entries(definition.settings).filter(
    ([name, setting]) => setting.told !== undefined && isOpen(setting, given[name]),
  );
  if (open.length === 0) return [];
  const mapping = JSON.stringify(definition.objects[object]?.mapping ?? {});
  return open.map(([name]) => name).filter((name) => mapping.includes(`$settings.${name}`));
}

const isOpen = (setting: SettingDefinition, given: unknown): boolean =>
  given === undefined || given === setting.default;
