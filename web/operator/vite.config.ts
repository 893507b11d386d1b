import type { UserConfig } from 'vite';
import { page } from '../page.ts';

const config: UserConfig = page('operator');
export default config;
