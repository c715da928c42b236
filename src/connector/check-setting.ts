/** Whether a value fits a setting. */
import type { SettingDefinition } from '../definition/connector.ts';

export interface SettingProblem {
  readonly message: string;
  readonly help: string;
}

const jsonTypes = { text: 'string', url: 'string', number: 'number', boolean: 'boolean' } as const;

/** What is wrong with a value, or null. The value is shown: settings are no secrets. */
export function checkSetting(value: unknown, setting: SettingDefinition): SettingProblem | null {
  const help = [
    setting.description,
    ...(setting.example === undefined ? [] : [`For example ${setting.example}.`]),
  ].join(' ');
  const problem = (what: string): SettingProblem => ({
    message: `${JSON.stringify(value) ?? 'nothing'} ${what}.`,
    help,
  });
  if (typeof value !== jsonTypes[setting.type]) return problem(`is no ${setting.type}`);
  if (setting.type === 'url' && !isHttpUrl(String(value))) return problem('is no http or https URL');
  if (setting.pattern !== undefined && typeof value === 'string' && !matchesWhole(value, setting.pattern)) {
    return problem(`does not match ${setting.pattern}`);
  }
  return null;
}

/** Absolute, http or https, with no credentials in it: those would end in logs. */
function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}

/** A pattern that is no regular expression is reported where the connector is linked; it refuses nothing here. */
function matchesWhole(value: string, pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u').test(value);
  } catch {
    return true;
  }
}
