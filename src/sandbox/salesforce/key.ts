import { createPublicKey } from 'node:crypto';

/** The private key of the connected app's certificate: invented, and good in every sandbox, like all its credentials. */
export const privateKey: string = [
  '-----BEGIN PRIVATE KEY-----',
  'MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDWLg9urf8drXKX',
  'YH7SBUfPhtHcA85ex9cmuKsBej7OBCFBWflpn6oWrMrH/LWOODb7Wp/cgL6jB7Xg',
  'xB3bVHfvRup4bBdpoRBPv8I/CVcVj2VMHPTwHh1hPGL+tO823NShhu3nG72BosxQ',
  'eBhVpEkDOvo6AhBWpOPC7O5/k1A3Sc500FceB9A6t3VyW3wZGWOP6FrP4WEhC4/5',
  'YOI3UCKS3eQ5fTntgBP3Vt5hniGpn6BiHopP5vQqARrY+jl1tZHyZqtUt/p+yyE9',
  'QhMPOdhbWPRFRQNR1JgRCeUHRZjq5vNdAzY11wZ52E+ggMsitJlWph/plbrqvwHe',
  'n9hb2y+DAgMBAAECggEADHPUcoiWlZYjscjAIYaBvKodAiANMUDd3Hgje8wst0j8',
  'L1LY3RrrBl3OKGnOmyc04yZLYcRGe9oTPq8zATExtpgL7SvJAgYwREK6O3StOylW',
  '0rcNnUxS7vgA1XLq7uil9YI6dhO3JUC0L6rb11bcO94uSuMbKhPKKOd3nQk77Qri',
  'lcChjRaM47l27fns/bNFGt4KMBGyARJEXRGAOKfPdEcbBFG8LWwoJ/ZbmK2V7Ey4',
  'qiwJSbkIrbNhtltOpC/mgJCgYQqS+ZEvwmOjlpvZMmMMZfcqvk2uCNIVhkgMTxiK',
  '+15BfB9DKFKzmKSdVbyq61+CkGDUHaj+39+UTRpmSQKBgQDzn5yHESM7A7rgHmL2',
  'iskKeaNO1fIsMUgnJ1GClBXwmuP8Sl2C52YMggbvNueBi7QL7w8PWCkmq4+RyZ1k',
  'WlGW2GVUMdpKSz/OUINFHfLOrCu7QP0OPiu1AlsXk2nQVOqcRWCrL86eOQOcAg0y',
  'GEXHg0Sx/CMa3zeTexqDo1/abQKBgQDhD4cJEKu+yMc9Gx52INnM+R+wFNEJFHkp',
  'k4Tt2/mIYs8FjozEzwgebYGua3fbItOHn8gNrDm2BOaF1I0pWNn62KtvnTbdc9/6',
  'eD2szaPEZmXlqSOm3Qgcd6+nHBkP4fXXIcOV/oZoDqFVFn+O8HRI5gHIl0oOfOic',
  '71ODH1z7rwKBgQDUeN7l+W9Vd9JSxo2e4bmmliF0jykPm8eGxkbTcF2WIzA1B5J4',
  'qWGaBQkRNjxAAlx7j/n9cvEo1bV3+3N2Y0MHISF2hagQ5YH3aMaj0BPEZeoZ/Pr2',
  'oggybKSPcjR1yql2sxc1FZPI8IaSWEOz7fFlqLmP1Qu00vrAeDvOlPzzHQKBgQDU',
  'gIzICm2fnoRBNjH059++ohtBbuZQ5Hvivd9tl55tIJ7IaGiSC8lmsY8Y2XA6ARAp',
  'pryF7HAxZT8kbiU7PSHUsHBu2srLHnYFUTMqzqAq+WSNDL8U9u6Jspiv+N/RF1HA',
  '56h9H+5YojfC15Npq7CghEx60h6iv14DkBYSYLKzEQKBgAcrNLs+4i+Unjazo6Ri',
  'cNym3AFCPdX3g+gIMRF15XFkeW9ewpQBnY73/JmMaWH7Wz1++7iw3H1zoqUquoAx',
  '38bvETrfBJaXJGYGUkzMPR+/B3UKrDgY7AJjiuPB0gs2JFij4lZf4Dqf0Uo7SdXB',
  'EiERxacy/L+i536v74BJo3px',
  '-----END PRIVATE KEY-----',
].join('\n');

export const publicKey = createPublicKey(privateKey);
