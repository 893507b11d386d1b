import type { UserConfig } from 'vite';
import { page } from '../page.ts';

const config: UserConfig = page('terminal');
export default config;
