export * from './faulty-link.ts';
export * from './test-gateway.ts';
