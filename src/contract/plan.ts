/** What a live cycle writes, in words, before it is written. Pure. */
import type { ConnectorObject, Trial, TrialRequest } from '../connector/connector.ts';
import type { Settings } from '../connector/instance.ts';
import { markOf } from './mark.ts';

/** Each request that changes something at the vendor, in order; what is known only later stands in braces. */
export function tellPlan(
  { name, isNeverDeleted }: ConnectorObject,
  trial: Trial,
  settings: Settings,
  run: string,
): string {
  const request = (step: TrialRequest, write: number): string => tellRequest(step, settings, markOf(run, write));
  return [
    `${name}: one record, marked ${markOf(run, 1)}`,
    `  create  ${request(trial.create, 1)}`,
    `  update  ${request(trial.update, 2)}`,
    `  update  ${request(trial.update, 3)}`,
    `  delete  ${request(trial.delete, 4)}`,
    ...(isNeverDeleted ? ['  and there it stays, out of use: the vendor deletes none of these for good'] : []),
  ].join('\n');
}

/** The request that removes a record, for a person who has to. */
export function tellRemoval(trial: Trial, settings: Settings, id: string): string {
  return tellRequest(trial.delete, settings, '{mark}', { id });
}

function tellRequest(
  { method, path, query, body }: TrialRequest,
  settings: Settings,
  mark: string,
  known: Values = {},
): string {
  const templates = [path, ...Object.values(query), ...(body === null ? [] : [body])];
  const later = templates
    .flatMap(({ names }) => names)
    .filter((name) => !name.startsWith('settings.') && name !== 'mark' && !Object.hasOwn(known, name));
  const values = later.reduce((all, name) => withValue(all, name.split('.'), `{${name}}`), {
    settings,
    mark,
    ...known,
  } as Values);
  const asked = Object.entries(query).map(([name, template]) => `${name}=${template.renderText(values)}`);
  const url = [path.renderText(values), ...(asked.length === 0 ? [] : [asked.join('&')])].join('?');
  return body === null ? `${method} ${url}` : `${method} ${url} ${JSON.stringify(body.render(values))}`;
}

type Values = Readonly<Record<string, unknown>>;

function withValue(values: Values, [step = '', ...rest]: readonly string[], value: string): Values {
  if (rest.length === 0) return { ...values, [step]: value };
  const inner = values[step];
  const place: Values = typeof inner === 'object' && inner !== null ? { ...inner } : {};
  return { ...values, [step]: withValue(place, rest, value) };
}
