import type { JSX } from 'preact';
import type { DeviceStatus } from '../../state/device.js';
import { Badge, type Tone } from '../../ui/badge.js';
import { deviceWords } from './words.js';

const TONES: Readonly<Record<DeviceStatus, Tone>> = {
  online: 'good',
  offline: 'warn',
  inactive: 'quiet',
  disabled: 'bad',
};

export function DeviceStatusBadge({ status }: { status: DeviceStatus }): JSX.Element {
  return <Badge tone={TONES[status]} text={deviceWords().statuses[status]} />;
}
