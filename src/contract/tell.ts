/** A run in words: what was done, what came out, what is wrong with it. Pure. */
import type { AnyhookEvent } from '../event/event.ts';
import { latestMark } from './mark.ts';
import type { ExpireTokens, Poll, Setting, Wait } from './script.ts';

export function tellStep(step: Wait | Poll | ExpireTokens): string {
  if (step.do === 'wait') return `wait ${duration(step.ms)}`;
  if (step.do === 'expire-tokens') return 'all access tokens expire';
  const { feed, trouble, crash } = step;
  const troubled =
    trouble === null
      ? ''
      : ` while ${Object.entries(trouble)
          .map(([name, value]) => `${name} ${value}`)
          .join(', ')}`;
  const crashed = crash === null ? '' : `, crash ${crash.at.replace('-', ' ')} ${crash.count}`;
  return `poll ${feed}${troubled}${crashed}`;
}

export function tellSetting({ skewMs, pageSize, resultCap, before }: Setting): string {
  return [
    `${before} records were there before`,
    `pages of ${pageSize ?? 'the usual size'}`,
    ...(resultCap === null ? [] : [`at most ${resultCap} records to a query`]),
    ...(skewMs === 0 ? [] : [`the vendor’s clock is ${duration(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead' : 'behind'}`]),
  ].join('; ');
}

export function tellEvent({ subject, time, data }: AnyhookEvent): string {
  const mark = latestMark(data.native);
  return `${data.change} ${subject} at ${time}${mark === null ? '' : `, with the mark of write ${mark}`}`;
}

function duration(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 3_600_000) return `${ms / 1_000} s`;
  return ms < 86_400_000 ? `${Math.round(ms / 360_000) / 10} h` : `${Math.round(ms / 8_640_000) / 10} days`;
}
