/** Shows the request that a where becomes, and why, without sending it. */
import type { Connector, ConnectorObject } from '../connector/connector.ts';
import { checkInstance } from '../connector/instance.ts';
import { renderRequest } from '../connector/render-request.ts';
import { type Diagnostic, isUsable } from '../diagnostic/diagnostic.ts';
import { explainQuery } from '../dialect/explain.ts';
import { compileTemplate } from '../template/compile.ts';
import type { Bindings, FieldType } from '../where/ast.ts';
import { checkWhere } from '../where/check.ts';
import type { ExplainInput, Explanation, Outcome } from './api.ts';
