export * from './api.ts';
export * from './api-error.ts';
export { keepCredential, readCredential } from './credential.ts';
export * from './operator.ts';
