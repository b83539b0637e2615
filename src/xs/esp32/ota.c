/* What ESP-IDF's boot loader says of the running image; firmware.ts writes the other one. See docs/adr/0010-ota-on-esp32.md. */

#include <stdint.h>

#include "app_update/include/esp_ota_ops.h"

void smartlink_restart(void);

/* 1: the running image has yet to be confirmed (not so one that was flashed by cable). -1: there is no slot but its own.
 * 0 otherwise. */
int32_t smartlink_ota_state(void)
{
	const esp_partition_t *running = esp_ota_get_running_partition();
	esp_ota_img_states_t state;

	if (running == esp_ota_get_next_update_partition(NULL))
		return -1;
	if (ESP_OK != esp_ota_get_state_partition(running, &state))
		return 0;
	return ESP_OTA_IMG_PENDING_VERIFY == state;
}

/* Takes the running image out of the boot loader's choice, and restarts. Where ESP-IDF finds no other that would start, it
 * refuses: the restart ends the trial all the same, and the boot loader starts what it can. */
void smartlink_ota_roll_back(void)
{
	esp_ota_mark_app_invalid_rollback();
	smartlink_restart();
}
