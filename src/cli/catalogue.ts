/** The connectors that a command works with: those that come with anyhook and those of the person. */

import type { Connector, ConnectorObject } from '../connector/connector.ts';
import { type LoadedConnectors, loadConnectors, packagedConnectors } from '../connector/load.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
