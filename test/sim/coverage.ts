import type { Awaitable, Missing, Operation, OperationKind, OutcomeOf } from '../../src/core/index.ts';
import type { Action } from './schedule.ts';

/** What can go wrong, or at least differently, around an operation. */
export const FAULTS = [
  'none',
  'cut',
  'half_open',
  'freeze',
  'flood',
  'reload',
  'front_door',
  'two_clients',
  'late',
  'crash',
  'restart',
  'slow_disk',
  'fail_disk',
  'store_errors',
  'world',
] as const;
export type Fault = (typeof FAULTS)[number];

/** Counts of each outcome of each operation, by the faults that had struck shortly before it. */
export type CoverageTable = Record<string, number[]>;

/** How long a fault colours what comes after it, in ms. */
const AFTERMATH_MS = 3000;

/** Which outcomes of which operations were met, under which faults. */
export class Coverage {
  readonly table: CoverageTable = {};
  #until: number[] = [];
  #now: () => number = () => 0;

  /** Another run begins. */
  begin(now: () => number): void {
    this.#now = now;
    this.#until = FAULTS.map(() => -1);
  }

  struck(fault: Fault): void {
    this.#until[FAULTS.indexOf(fault)] = this.#now() + AFTERMATH_MS;
  }

  count(operation: Operation, outcome: Awaitable<OutcomeOf<Operation> | Missing>): void {
    Promise.resolve(outcome).then(
      (answer) => this.#add(`${operation.kind}: ${detailOf(operation.kind, answer)}`),
      () => this.#add(`${operation.kind}: failed`),
    );
  }

  #add(name: string): void {
    const row = (this.table[name] ??= FAULTS.map(() => 0));
    const now = this.#now();
    let any = false;
    for (const [index, until] of this.#until.entries()) {
      if (until < now) continue;
      any = true;
      row[index] = (row[index] ?? 0) + 1;
    }
    if (!any) row[0] = (row[0] ?? 0) + 1;
  }
}

function detailOf(kind: OperationKind, answer: OutcomeOf<Operation> | Missing): string {
  if (answer.kind === 'refused') return answer.reason;
  if (kind === 'attach' && answer.kind === 'attached' && answer.takeover) return 'takeover';
  if (answer.kind === 'accepted' && answer.refused.length > 0) return 'accepted, queue full';
  return answer.kind;
}

/** The fault that a step is. */
export function faultOf(action: Action): Fault | undefined {
  switch (action.kind) {
    case 'cut':
    case 'cut_at':
      return action.how === 'both' ? 'cut' : 'half_open';
    case 'freeze':
    case 'stop_acks':
      return 'freeze';
    case 'say':
    case 'print':
      return action.count > 5 ? 'flood' : undefined;
    case 'reload':
      return 'reload';
    case 'forget':
      return 'front_door';
    case 'copy':
    case 'use_link':
      return 'two_clients';
    case 'late':
      return 'late';
    case 'crash':
      return 'crash';
    case 'restart':
      return 'restart';
    case 'slow_disk':
      return 'slow_disk';
    case 'fail_disk':
      return 'fail_disk';
    case 'store_errors':
      return 'store_errors';
    case 'window':
    case 'end_session':
    case 'lose':
    case 'world_down':
      return 'world';
    default:
      return undefined;
  }
}

/** Adds one table to another. */
export function merge(into: CoverageTable, from: CoverageTable): void {
  for (const [name, counts] of Object.entries(from)) {
    const row = (into[name] ??= FAULTS.map(() => 0));
    for (const [index, count] of counts.entries()) row[index] = (row[index] ?? 0) + count;
  }
}

/** The table as text. */
export function coverageText(table: CoverageTable): string {
  const names = Object.keys(table).toSorted();
  const width = Math.max(...names.map((name) => name.length));
  const head = `${' '.repeat(width)} ${FAULTS.map((fault) => fault.padStart(12)).join('')}`;
  const rows = names.map((name) => {
    const cells = FAULTS.map((_, index) => short(table[name]?.[index] ?? 0).padStart(12));
    return `${name.padEnd(width)} ${cells.join('')}`;
  });
  return [head, ...rows].join('\n');
}

function short(count: number): string {
  if (count === 0) return '.';
  if (count < 10_000) return String(count);
  return count < 10_000_000 ? `${Math.round(count / 1000)}k` : `${Math.round(count / 1_000_000)}M`;
}
