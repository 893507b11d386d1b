import type { EventView } from '../../src/operator/api.ts';
import { bytes, duration } from '../../src/operator/quantity.ts';
import { make } from './dom.ts';
import { clockTime, eventWord, reasonWords, toneOf, transportWord } from './words.ts';

/** An event as one line of a list. */
export function eventItem(
  event: EventView,
  { withSession }: { readonly withSession: boolean },
): HTMLLIElement {
  const { session } = event;
  return make(
    'li',
    { 'data-tone': toneOf(event) },
    make('time', { datetime: event.at, title: event.at }, clockTime(event.at)),
    make('span', { class: 'kind' }, eventWord(event)),
    withSession &&
      make(
        'span',
        { class: 'of' },
        session !== undefined && make('a', { href: `#/sessions/${session}` }, session.slice(0, 8)),
      ),
    make('span', { class: 'details' }, detailsOf(event)),
  );
}

function detailsOf(event: EventView): string {
  const parts = [
    event.reason === undefined ? undefined : reasonWords(event.reason),
    event.transport === undefined ? undefined : transportWord(event.transport),
    event.away_ms === undefined || event.takeover === true ? undefined : `away ${duration(event.away_ms)}`,
    event.took_ms === undefined ? undefined : `in ${duration(event.took_ms)}`,
    event.held === undefined || event.held === 0 ? undefined : `${event.held} held`,
    event.entries === undefined ? undefined : `${event.entries} entries`,
    event.bytes === undefined ? undefined : bytes(event.bytes),
    event.token === undefined ? undefined : `token ${event.token}`,
    event.where,
    event.error,
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}
