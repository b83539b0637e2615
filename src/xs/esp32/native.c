/*
 * What the adapters need of ESP-IDF and the Moddable SDK does not offer, here of the chip itself. Called through `mc/ffi`
 * (manifest.json, "ffi"), like wifi.c, serial.c and ble.c always from the task that runs XS.
 */

#include <stdint.h>

#include "esp_private/system_internal.h"
#include "esp_system.h"

/* Bit 1: a serial line, which a debug build leaves to the debugger. Bit 2: an access point. Bit 4: Bluetooth. Bit 8: two slots
 * for images. */
int32_t smartlink_ports(void)
{
#ifdef mxDebug
	return 2 | 4 | 8;
#else
	return 1 | 2 | 4 | 8;
#endif
}

/* esp_reset_reason_t. An abort of XS (an uncaught exception, no memory) restarts the chip by esp_restart() as a wanted restart
 * does, so from here on every software reset is a panic until somebody wants one. The hint is in a register of the chip: unlike a
 * variable it is where it was after an update, too. */
int32_t smartlink_boot_reason(void)
{
	esp_reset_reason_set_hint(ESP_RST_PANIC);
	return esp_reset_reason();
}

void smartlink_restart(void)
{
	esp_reset_reason_set_hint(ESP_RST_SW);
	esp_restart();
}
