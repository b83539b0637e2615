export type { Text } from '../core/text.js';
