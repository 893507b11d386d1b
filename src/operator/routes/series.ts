import { choice } from '../parameter.ts';
import { route, type Route } from '../route.ts';

export const series: Route = route({
  method: 'GET',
  path: '/v1/series',
  parameters: { range: choice('hour', 'day') },
  answer: ({ telemetry, clock }, _parts, { range = 'hour' }) => telemetry.series(range, clock.now()),
});
