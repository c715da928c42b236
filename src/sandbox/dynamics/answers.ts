import { type Answer, Refusal } from '../answer.ts';
import type { VendorAnswers } from '../vendor.ts';

/** An error as the Web API words it. */
export function apiError(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}

/**
 * An error with the annotations that `odata.include-annotations="*"` asks for
 * (https://learn.microsoft.com/power-apps/developer/data-platform/webapi/compose-http-requests-handle-errors).
 */
export function explainError(payload: string): string {
  if (!payload.startsWith('{"error":')) return payload;
  const { error }: { error: { code: string; message: string } } = JSON.parse(payload);
  const annotations = {
    '@Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus': '0',
    '@Microsoft.PowerApps.CDS.ErrorDetails.SubErrorCode': '2',
    '@Microsoft.PowerApps.CDS.HelpLink': `http://go.microsoft.com/fwlink/?LinkID=398563&error=Microsoft.Crm.CrmException%3a${error.code}`,
    '@Microsoft.PowerApps.CDS.TraceText': `\n[no trace: ${error.message}]`,
    '@Microsoft.PowerApps.CDS.InnerError.Message': error.message,
  };
  return JSON.stringify({ error: { ...error, ...annotations } });
}

/** Throws an API error. */
export function refuse(status: number, code: string, message: string): never {
  throw new Refusal(apiError(status, code, message));
}

/** Throws the error of a query that cannot be understood. */
export const refuseQuery = (message: string): never => refuse(400, '0x80060888', message);

/** A service protection limit was reached: https://learn.microsoft.com/power-apps/developer/data-platform/api-limits */
export function limitReached(code: string, message: string, retryAfterSeconds: number): Answer {
  return { ...apiError(429, code, message), headers: { 'retry-after': String(retryAfterSeconds) } };
}

export const requestsExceeded = (max: number, retryAfterSeconds: number): Answer =>
  limitReached(
    '0x80072322',
    `Number of requests exceeded the limit of ${max} over time window of 300 seconds.`,
    retryAfterSeconds,
  );

const usualWaitSeconds = 30;

export const answers: VendorAnswers = {
  throttled: (retryAfterSeconds) => requestsExceeded(6000, retryAfterSeconds ?? usualWaitSeconds),
  forbidden: () =>
    apiError(
      403,
      '0x80040220',
      'Principal user (Id=1fe28920-5936-43fd-b611-58223892c7a8, type=8) is missing prvReadContact privilege.',
    ),
  broken: (status) =>
    status === 503
      ? apiError(503, '0x80044150', 'The service is unavailable.')
      : apiError(status, '0x80040216', 'An unexpected error occurred.'),
  missing: (path) => {
    const segment = (path.split('?')[0] ?? '').split('/').findLast((part) => part !== '') ?? '';
    return apiError(404, '0x8006088a', `Resource not found for the segment '${segment.replace(/\(.*$/, '')}'.`);
  },
  unreadable: (reason) =>
    apiError(400, '0x80048d19', `Error identified in Payload provided by the user for Entity :'', ${reason}`),
};
