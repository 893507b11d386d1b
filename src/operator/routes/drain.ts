import { ApiError } from '../api-error.ts';
import { route, type OperatorDesk, type Route } from '../route.ts';

export const drain: Route = route({
  method: 'POST',
  path: '/v1/drain',
  parameters: {},
  answer: async (desk): Promise<object> => {
    refuseClosing(desk);
    const sentAway = await desk.gateway.drain();
    return { phase: desk.gateway.phase, sent_away: sentAway };
  },
});

export const accept: Route = route({
  method: 'POST',
  path: '/v1/accept',
  parameters: {},
  answer: (desk): object => {
    refuseClosing(desk);
    desk.gateway.accept();
    return { phase: desk.gateway.phase };
  },
});

function refuseClosing({ gateway }: OperatorDesk): void {
  if (gateway.phase === 'closing') throw new ApiError('wrong_phase', 'it is stopping');
}
