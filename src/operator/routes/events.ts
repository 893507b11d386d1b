import { choice, whole, words } from '../parameter.ts';
import { route, type Route } from '../route.ts';

const EVENT_KINDS = [
  'opened',
  'resumed',
  'detached',
  'refused',
  'postponed',
  'revoked',
  'gap',
  'closed',
  'failed',
] as const;

export const events: Route = route({
  method: 'GET',
  path: '/v1/events',
  parameters: {
    kind: choice(...EVENT_KINDS),
    reason: words(64),
    session: words(64),
    transport: words(32),
    after: whole(0, Number.MAX_SAFE_INTEGER),
    before: whole(1, Number.MAX_SAFE_INTEGER),
    limit: whole(1, 200),
  },
  answer: ({ telemetry }, _parts, values) => telemetry.events({ limit: 50, ...values }),
});
