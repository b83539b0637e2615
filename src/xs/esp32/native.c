/*
 * What the adapters need of ESP-IDF and the Moddable SDK does not offer, here of the chip itself. Called through `mc/ffi`
 * (manifest.json, "ffi"), like wifi.c, serial.c and ble.c always from the task that runs XS.
 */

#include <stdint.h>

#include "esp_attr.h"
#include "esp_system.h"

/* Bit 1: a serial line, which a debug build leaves to the debugger. Bit 2: an access point. Bit 4: Bluetooth. */
int32_t smartlink_ports(void)
{
#ifdef mxDebug
	return 2 | 4;
#else
	return 1 | 2 | 4;
#endif
}

/* An abort of XS (an uncaught exception, no memory) restarts the chip by esp_restart() as a wanted restart does. This
 * word, in memory that a reset leaves alone, tells them apart. */
#define WANTED 0x534c5253u
static RTC_NOINIT_ATTR uint32_t gWanted;

/* esp_reset_reason_t, or 103 for a software reset that nobody asked for. To be called once. */
int32_t smartlink_boot_reason(void)
{
	int32_t reason = esp_reset_reason();
	uint32_t wanted = gWanted;

	gWanted = 0;
	if ((ESP_RST_SW == reason) && (WANTED != wanted))
		return 103;
	return reason;
}

void smartlink_restart(void)
{
	gWanted = WANTED;
	esp_restart();
}
