export * from './backoff.ts';
export * from './client-end.ts';
export * from './outbox.ts';
