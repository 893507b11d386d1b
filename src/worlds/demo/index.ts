export { demoWorld, type DemoWorldOptions } from './demo-world.ts';
