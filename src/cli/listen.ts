/** `anyhook listen`: a callback receiver that verifies signatures and prints what arrives. */
import type { StreamEvent } from '../event/event.ts';
import { exitCodes, type RegisterCommand } from './command.ts';
import { eventLine } from './event-line.ts';
import { collectText, parseCount, parsePort } from './option-values.ts';
import { type Received, startReceiver } from './receiver.ts';
import { untilAborted } from './until-aborted.ts';

interface ListenOptions {
  readonly port: number;
  readonly host: string;
  readonly secret: readonly string[];
  readonly count?: number;
  readonly json?: boolean;
}

export const registerListen: RegisterCommand = (program, { terminal, signal, env }, end) => {
  program
    .command('listen')
    .summary('receive events and print them')
    .description(
      'Receives events at a callback URL, verifies their Standard Webhooks signature and prints one line each.\n' +
        'Without a secret (--secret or ANYHOOK_CALLBACK_SECRET) nothing is verified, and every line says so.',
    )
    .option('--port <port>', 'port to listen on; 0 takes a free one', parsePort, 4242)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--secret <whsec>', 'secret of the callback; repeat it while one is rotated', collectText, [])
    .option('--count <n>', 'stop after so many events', parseCount)
    .option('--json', 'print each event as one line of JSON')
    .addHelpText('after', '\nExample:\n  $ anyhook listen --port 4242 --secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
    .action(async (options: ListenOptions) => {
      const fromEnv = env['ANYHOOK_CALLBACK_SECRET'];
      const secrets = [...options.secret, ...(fromEnv === undefined ? [] : [fromEnv])];
      const enough = new AbortController();
      let count = 0;
      const receiver = await startReceiver({
        host: options.host,
        port: options.port,
        secrets: () => secrets,
        now: Date.now,
        onEvent: (received) => {
          terminal.print(options.json === true ? JSON.stringify(received) : receivedLines(received));
          count += 1;
          if (count === options.count) enough.abort();
        },
      });
      terminal.note(`Listening at ${receiver.url} (Ctrl-C stops)`);
      await untilAborted(signal, enough.signal);
      await receiver.close();
      end(exitCodes.done);
    });
};

/** One line for each event of a body; other bodies as they are. */
export function receivedLines(received: Received): string {
  const events = (Array.isArray(received.body) ? received.body : [received.body]).filter(isEvent);
  const marks = `${received.signature === 'valid' ? 'signature ok' : `signature ${received.signature}`}${received.repeated ? ', repeated' : ''}`;
  if (events.length === 0) return `${received.id ?? 'no webhook-id'}  ${JSON.stringify(received.body)}  (${marks})`;
  return events.map((event) => `${eventLine(event)}  (${marks})`).join('\n');
}

function isEvent(value: unknown): value is StreamEvent {
  return typeof value === 'object' && value !== null && 'specversion' in value && 'data' in value;
}
