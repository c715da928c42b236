/**
 * Every diagnostic code with its meaning in a line. Append-only: a code keeps its meaning for ever,
 * because people search for it and programs match on it. `test/diagnostic/codes.test.ts` counts them.
 */
export const diagnosticCodes = {
  // where: the text itself
  'where-syntax': 'The where text breaks the grammar at the marked place.',
  'where-too-long': 'The where text is longer than the limit.',
  'where-too-deep': 'The where text nests deeper than the limit.',
  'where-unknown-field': 'The object has no field of this name.',
  'where-wrong-type': 'The value is not of the field’s type.',
  'where-operator-unfit': 'The operator does not fit the field’s type.',
  'where-time-bound-misplaced': 'The window parameters :since and :until may stand only in top-level AND parts.',
  'where-always-true': 'This part is true for every record.',
  'where-always-false': 'This part is true for no record.',
  'where-unknown-parameter': 'No parameter of this name is given here.',
  'where-legacy-form': 'A form of the older language is read, and has a clearer spelling.',
  // dialect
  'dialect-schema': 'The dialect file does not follow its schema.',
  'dialect-unknown': 'No dialect has this name.',
  'dialect-contradiction': 'Two parts of the dialect contradict each other.',
  'dialect-operator-missing': 'The dialect cannot express this operator; it is evaluated here.',
  // connector files
  'file-unreadable': 'The file or folder cannot be read.',
  'file-syntax': 'The file is not well-formed JSON or YAML.',
  'connector-schema': 'The definition does not follow its schema.',
  'connector-unknown': 'No connector has this key.',
  'connector-key-mismatch': 'The connector’s key is not the name of its folder.',
  'connector-template': 'A template names a placeholder that nothing fills.',
  'connector-path': 'A path into an answer or a record cannot be read.',
  'connector-field-missing': 'A part of the object names a field that the object does not declare.',
  'connector-credential-missing': 'A part of the connector names a credential that it does not declare.',
  'connector-resource-unknown': 'No common resource has this name.',
  'connector-window-unbound': 'The where of a watermark does not bound its cursor field by :since.',
  'connector-read-missing': 'Records must be read one by one, and the object does not say how.',
  'connector-deletes-undetected': 'The object has no way to see deletes.',
  'connector-cursor-contradiction':
    'Parts of a cursor contradict each other, its field or its pages: events would be lost.',
  'connector-unverified': 'The connector has no request that proves credentials.',
  'inbound-contradiction': 'Two parts of an inbound way contradict each other, or one that is needed is missing.',
  'inbound-message': 'A signed message names a part that a request does not have.',
  'inbound-unsigned': 'Something that a request says is not covered by what it proves.',
  'inbound-unsupported': 'This way of proving where a request is from is not verified here.',
  'inbound-unread': 'An inbound event only names a record, and the object has no way to read one.',
  'mapping-syntax': 'The JSONata expression is not well formed.',
  'mapping-unknown-property': 'The common resource has no such property.',
  'case-schema': 'The case file does not follow its schema.',
  'case-failed': 'The case does not hold.',
  // instances and requests
  'instance-schema': 'The instance does not have the right shape.',
  'setting-missing': 'A setting without a default is missing.',
  'setting-invalid': 'The value does not fit the setting.',
  'setting-unknown': 'The connector has no setting of this name.',
  'credentials-missing': 'The credentials fit none of the ways to authenticate.',
  'object-unknown': 'The connector has no object of this name.',
  'callback-invalid': 'The callback is no usable URL.',
  'callback-address-forbidden': 'The callback points to an address that deliveries may not reach.',
  'callback-secret-invalid': 'The callback secret is not whsec_ and the base64 of 24 to 64 bytes.',
  'connect-failed': 'An account could not be connected; the message says at which step.',
  'config-schema': 'The configuration does not follow its schema.',
  usage: 'The command was not used as its help says.',
} as const;

export type DiagnosticCode = keyof typeof diagnosticCodes;
