/** Where a sandbox says what a person should know; pino's loggers fit. */
export interface SandboxLogger {
  info(detail: object, message: string): void;
  warn(detail: object, message: string): void;
}

export const silentLogger: SandboxLogger = { info: () => undefined, warn: () => undefined };
