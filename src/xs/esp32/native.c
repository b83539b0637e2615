/*
 * What the adapters need of ESP-IDF and the Moddable SDK does not offer. Called through `mc/ffi`
 * (manifest.json, "ffi"), always from the task that runs XS.
 */

#include <stdint.h>

#include "esp_attr.h"
#include "esp_event.h"
#include "esp_system.h"
#include "esp_wifi.h"

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

static volatile uint8_t gReason;

static void onDisconnected(void *arg, esp_event_base_t base, int32_t id, void *data)
{
	gReason = ((wifi_event_sta_disconnected_t *)data)->reason;
}

/* Why the station was disconnected (wifi_err_reason_t) since this was called last; 0: it was not. The first call begins
 * to listen; the default event loop must be there, as it is once the SDK's WiFi has been constructed. */
int32_t smartlink_wifi_reason(void)
{
	static uint8_t listening;
	uint8_t reason = gReason;

	if (!listening)
		listening = ESP_OK == esp_event_handler_register(WIFI_EVENT, WIFI_EVENT_STA_DISCONNECTED, onDisconnected, NULL);
	gReason = 0;
	return reason;
}
