import { report } from 'bench-native';
import Base from 'lin-ffi';

const SERIAL_AND_SLOTS = 1 | 8;

/** `mc/ffi` of the bench's program: that of the Linux program, and a second slot for firmware. */
export default class FFI extends Base {
  override smartlink_ports(): number {
    return SERIAL_AND_SLOTS;
  }

  /** There is another slot, and nothing is on trial. */
  override smartlink_ota_state(): number {
    return 0;
  }

  override smartlink_restart(): void {
    report('restart');
    super.smartlink_restart();
  }
}
