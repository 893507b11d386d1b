export * from './demo/index.ts';
export * from './upstream/index.ts';
