import type { Connector, ConnectorObject, Trial } from '../connector/connector.ts';
import type { SandboxPlace } from './enter-sandbox.ts';

/** A connector's object at the sandbox of its vendor. */
export interface Stage {
  readonly connector: Connector;
  readonly object: ConnectorObject;
  readonly trial: Trial;
  readonly place: SandboxPlace;
  /** What the sandbox calls the object. */
  readonly sandboxObject: string;
  readonly userAgent: string;
  readonly signal: AbortSignal;
}
