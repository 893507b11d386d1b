export { openEmbeddedStore, type EmbeddedStoreOptions } from './embedded/embedded-store.ts';
export { memoryStore } from './memory.ts';
