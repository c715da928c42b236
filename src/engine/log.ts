/** The log: JSON lines by pino, with everything that might hold a secret cut out whatever its caller passes. */
import { type Logger, pino } from 'pino';

export type Log = Pick<Logger, 'trace' | 'debug' | 'info' | 'warn' | 'error'>;

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Names under which a secret may stand in what is logged. */
const secretPaths = ['credentials', 'secret', 'apiKey', 'authorization', 'Authorization', 'headers', 'body'];

/** A log that writes to a stream (stderr unless said: stdout belongs to results). */
export function createLog(level: LogLevel, destination: NodeJS.WritableStream = process.stderr): Logger {
  return pino(
    { level, base: null, redact: { paths: secretPaths.flatMap((name) => [name, `*.${name}`]), censor: '[secret]' } },
    destination,
  );
}
